// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/output_container.h"

#include "media/ffmpeg_log.h"
#include "media/format_codecs.h"
#include "media/input_file.h"

#include <cerrno>
#include <cstdio>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

extern "C" {
#include <libavutil/dict.h>
}

namespace lipsync::media {
namespace {

// Durations in the file's header count in this unit: it divides both a frame and a sample, so that both are exact.
int movieTimescale(const VideoOptions& options)
{
    const std::int64_t sound = options.audioSampleRate.value_or(1);
    const std::int64_t common = std::lcm(static_cast<std::int64_t>(options.frameRateNumerator), sound);
    return common <= std::numeric_limits<int>::max() ? static_cast<int>(common) : options.frameRateNumerator;
}

// Appends the XMP packet as a box of its own, where readers of the standard look for it.
bool appendXmp(const std::filesystem::path& file)
{
    const std::string box = syntheticMp4Box();
    std::FILE* stream = std::fopen(file.c_str(), "ab");
    if (stream == nullptr)
        return false;
    const bool isWritten = std::fwrite(box.data(), 1, box.size(), stream) == box.size();
    return (std::fclose(stream) == 0) && isWritten;
}

} // namespace

int OutputContainer::Track::begin(const AVCodecContext& codec)
{
    m_stream = avformat_new_stream(m_container.m_container.get(), nullptr);
    if (m_stream == nullptr)
        return AVERROR(ENOMEM);
    m_stream->time_base = codec.time_base;
    if (codec.codec_type == AVMEDIA_TYPE_VIDEO)
        m_stream->avg_frame_rate = codec.framerate;
    return avcodec_parameters_from_context(m_stream->codecpar, &codec);
}

int OutputContainer::Track::take(AVPacket& packet, const AVCodecContext& codec)
{
    packet.stream_index = m_stream->index;
    av_packet_rescale_ts(&packet, codec.time_base, m_stream->time_base);
    AVFormatContext& container = *m_container.m_container;
    const int code = av_interleaved_write_frame(&container, &packet);
    // A full disk shows first in the file's buffer, not in the packet's result.
    return code >= 0 && container.pb->error < 0 ? container.pb->error : code;
}

OutputContainer::OutputContainer(PartFile file, const VideoOptions& options)
    : m_file(std::move(file))
    , m_options(options)
{
}

Status OutputContainer::open()
{
    listenToFfmpeg();
    AVFormatContext* made = nullptr;
    const std::string url = localUrl(m_file.part());
    const auto& codecs = codecsOf(m_options.format);
    const int allocated = avformat_alloc_output_context2(&made, nullptr, codecs.container, url.c_str());
    m_container.reset(made);
    if (allocated < 0)
        return failure(ErrorCode::Internal, fmt::format("This FFmpeg cannot write {} files.", codecs.container),
                       ffmpegCause(allocated));
    return {};
}

Status openPictures(PictureStream& pictures, const VideoOptions& options)
{
    const auto& codecs = codecsOf(options.format);
    const std::string name = options.format == VideoFormat::Mp4 ? options.codec : codecs.pictureEncoder;
    const AVCodec* encoder = avcodec_find_encoder_by_name(name.c_str());
    if (encoder == nullptr && options.format != VideoFormat::Mp4)
        return failure(ErrorCode::Resource, problemOf(options.format));
    if (encoder == nullptr || encoder->id != codecs.pictures)
        return failure(ErrorCode::Usage,
                       fmt::format("'{}' is no H.264 encoder of this FFmpeg; libx264 is the usual one.", name));
    if (const int code = pictures.open(encoder, options); code < 0)
        return failure(ErrorCode::Resource,
                       fmt::format("The encoder {} does not start for {} × {} pixels. Try {}, or a smaller picture.",
                                   name, options.width, options.height, codecs.pictureEncoder),
                       ffmpegCause(code));
    return {};
}

Status OutputContainer::openSound(SoundStream& sound) const
{
    const auto& codecs = codecsOf(m_options.format);
    const AVCodec* encoder = avcodec_find_encoder_by_name(codecs.soundEncoder);
    if (encoder == nullptr)
        return failure(ErrorCode::Resource,
                       fmt::format("This FFmpeg has no {} encoder; install one that has.", codecs.soundName));
    if (const int code = sound.open(encoder, *m_options.audioSampleRate, m_options.audioChannels); code < 0)
        return failure(ErrorCode::Internal,
                       fmt::format("The {} encoder does not start for {} samples a second in {} channels.",
                                   codecs.soundName, *m_options.audioSampleRate, m_options.audioChannels),
                       ffmpegCause(code));
    return {};
}

Status OutputContainer::writeHeader()
{
    mark();
    int code = avio_open(&m_container->pb, m_container->url, AVIO_FLAG_WRITE);
    if (code >= 0) {
        AVDictionary* options = nullptr;
        if (m_options.format != VideoFormat::WebM) {
            av_dict_set(&options, "movflags", "+faststart+use_metadata_tags", 0);
            av_dict_set_int(&options, "movie_timescale", movieTimescale(m_options), 0);
        } else {
            m_container->flags |= AVFMT_FLAG_BITEXACT; // no random numbers: the same pictures make the same file
        }
        code = avformat_write_header(m_container.get(), &options);
        av_dict_free(&options);
    }
    return check(code);
}

void OutputContainer::mark()
{
    AVDictionary** metadata = &m_container->metadata;
    if (!m_options.title.empty())
        av_dict_set(metadata, "title", m_options.title.c_str(), 0);
    if (!m_options.markSynthetic)
        return;
    av_dict_set(metadata, "comment", kSyntheticSentence, 0);
    av_dict_set(metadata, "DigitalSourceType", kSyntheticSourceType, 0);
}

Status OutputContainer::complete()
{
    int code = av_write_trailer(m_container.get());
    const int closed = close();
    code = code < 0 ? code : closed;
    if (code >= 0 && m_options.markSynthetic && m_options.format == VideoFormat::Mp4 && !appendXmp(m_file.part()))
        code = AVERROR(errno);
    return check(code);
}

Status OutputContainer::publish()
{
    Status published = m_file.publish();
    if (!published)
        m_file.discard();
    return published;
}

Status OutputContainer::check(int code)
{
    if (code >= 0)
        return {};
    const std::string cause = ffmpegCause(code);
    discard();
    return failure(ErrorCode::Resource,
                   fmt::format("{} cannot be written. Check that the folder is writable and the disk has room.",
                               quoted(m_file.target())),
                   cause);
}

void OutputContainer::discard()
{
    close();
    m_file.discard();
}

int OutputContainer::close()
{
    if (!m_container)
        return 0;
    const int code = avio_closep(&m_container->pb);
    m_container.reset();
    return code;
}

} // namespace lipsync::media
