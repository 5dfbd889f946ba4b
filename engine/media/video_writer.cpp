// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/video_writer.h"

#include "media/encoded_stream.h"
#include "media/ffmpeg_log.h"
#include "media/input_file.h"
#include "media/part_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <numeric>
#include <utility>

extern "C" {
#include <libavutil/dict.h>
}

namespace lipsync::media {
namespace {

constexpr int kLargestSide = 16384; // of H.264 level 6.2 pictures, rounded up
constexpr int kWorstQuality = 51; // of H.264's quantiser
constexpr std::array kAacRates{8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000};

Status checkOptions(const VideoOptions& options)
{
    const auto usage = [](std::string sentence) { return failure(ErrorCode::Usage, std::move(sentence)); };
    if (options.width < 1 || options.height < 1 || options.width > kLargestSide || options.height > kLargestSide)
        return usage(fmt::format("A video of {} × {} pixels cannot be encoded; each side may be 1 to {}.",
                                 options.width, options.height, kLargestSide));
    if (options.frameRateNumerator < 1 || options.frameRateDenominator < 1)
        return usage(fmt::format("A frame rate of {}/{} makes no sense; give for example 25/1.",
                                 options.frameRateNumerator, options.frameRateDenominator));
    if (options.quality < 0 || options.quality > kWorstQuality)
        return usage(fmt::format("Quality {} is outside 0 (lossless) to {}.", options.quality, kWorstQuality));
    if (options.threads < 1 || options.keyframeInterval < 1)
        return usage("Encoder threads and keyframe interval must be at least 1.");
    if (!options.audioSampleRate)
        return {};
    if (encodableSampleRate(*options.audioSampleRate) != *options.audioSampleRate)
        return usage(fmt::format("AAC cannot carry {} samples a second; resample to {} first.",
                                 *options.audioSampleRate, encodableSampleRate(*options.audioSampleRate)));
    if (options.audioChannels < 1 || options.audioChannels > 2)
        return usage(fmt::format("Sound is written in 1 or 2 channels, not in {}.", options.audioChannels));
    return {};
}

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

int encodableSampleRate(int sampleRate)
{
    for (const int rate : kAacRates)
        if (rate >= sampleRate)
            return rate;
    return 48000;
}

class VideoWriter::Impl {
public:
    Impl(PartFile file, VideoOptions options)
        : m_file(std::move(file))
        , m_options(std::move(options))
    {
    }

    Status open();
    Status write(const cv::Mat& bgr);
    Status writeAudio(std::span<const float> interleaved);
    Status finish();

private:
    Status openStreams();
    Status writeHeader();
    void mark();
    Status checkOpen() const;
    Status check(int code);
    int closeContainer();

    PartFile m_file;
    const VideoOptions m_options;
    OutputPointer m_container; ///< outlives the streams
    std::unique_ptr<PictureStream> m_pictures;
    std::unique_ptr<SoundStream> m_sound;
};

Status VideoWriter::Impl::open()
{
    listenToFfmpeg();
    AVFormatContext* made = nullptr;
    const std::string url = localUrl(m_file.part());
    const int allocated = avformat_alloc_output_context2(&made, nullptr, "mp4", url.c_str());
    m_container.reset(made);
    if (allocated < 0)
        return failure(ErrorCode::Internal, "This FFmpeg cannot write MP4.", ffmpegCause(allocated));
    if (Status opened = openStreams(); !opened)
        return opened;
    return writeHeader();
}

Status VideoWriter::Impl::openStreams()
{
    const AVCodec* encoder = avcodec_find_encoder_by_name(m_options.codec.c_str());
    if (encoder == nullptr || encoder->id != AV_CODEC_ID_H264)
        return failure(
            ErrorCode::Usage,
            fmt::format("'{}' is no H.264 encoder of this FFmpeg; libx264 is the usual one.", m_options.codec));
    m_pictures = std::make_unique<PictureStream>(*m_container);
    if (const int code = m_pictures->open(encoder, m_options); code < 0)
        return failure(
            ErrorCode::Resource,
            fmt::format("The encoder {} does not start for {} × {} pixels. Try libx264, or a smaller picture.",
                        m_options.codec, m_options.width, m_options.height),
            ffmpegCause(code));
    if (!m_options.audioSampleRate)
        return {};
    const AVCodec* aac = avcodec_find_encoder(AV_CODEC_ID_AAC);
    if (aac == nullptr)
        return failure(ErrorCode::Resource, "This FFmpeg has no AAC encoder; install one that has.");
    m_sound = std::make_unique<SoundStream>(*m_container);
    if (const int code = m_sound->open(aac, *m_options.audioSampleRate, m_options.audioChannels); code < 0)
        return failure(ErrorCode::Internal,
                       fmt::format("The AAC encoder does not start for {} samples a second in {} channels.",
                                   *m_options.audioSampleRate, m_options.audioChannels),
                       ffmpegCause(code));
    return {};
}

Status VideoWriter::Impl::writeHeader()
{
    mark();
    int code = avio_open(&m_container->pb, m_container->url, AVIO_FLAG_WRITE);
    if (code >= 0) {
        AVDictionary* options = nullptr;
        av_dict_set(&options, "movflags", "+faststart+use_metadata_tags", 0);
        av_dict_set_int(&options, "movie_timescale", movieTimescale(m_options), 0);
        code = avformat_write_header(m_container.get(), &options);
        av_dict_free(&options);
    }
    return check(code);
}

void VideoWriter::Impl::mark()
{
    AVDictionary** metadata = &m_container->metadata;
    if (!m_options.title.empty())
        av_dict_set(metadata, "title", m_options.title.c_str(), 0);
    if (!m_options.markSynthetic)
        return;
    av_dict_set(metadata, "comment", kSyntheticSentence, 0);
    av_dict_set(metadata, "DigitalSourceType", kSyntheticSourceType, 0);
}

Status VideoWriter::Impl::write(const cv::Mat& bgr)
{
    if (const Status usable = checkOpen(); !usable)
        return usable;
    if (bgr.type() != CV_8UC3 || bgr.cols != m_options.width || bgr.rows != m_options.height)
        return failure(
            ErrorCode::Usage,
            fmt::format("A picture of {} × {} was given for {}, which is written at {} × {} in 3 bytes a pixel.",
                        bgr.cols, bgr.rows, quoted(m_file.target()), m_options.width, m_options.height));
    listenToFfmpeg();
    return check(m_pictures->write(bgr));
}

Status VideoWriter::Impl::writeAudio(std::span<const float> interleaved)
{
    if (const Status usable = checkOpen(); !usable)
        return usable;
    if (!m_sound)
        return failure(
            ErrorCode::Usage,
            fmt::format("{} is written without sound, but sound was given for it.", quoted(m_file.target())));
    if (interleaved.size() % static_cast<std::size_t>(m_options.audioChannels) != 0)
        return failure(ErrorCode::Usage,
                       fmt::format("{} samples are no whole number of frames of {} channels.", interleaved.size(),
                                   m_options.audioChannels));
    listenToFfmpeg();
    return check(m_sound->write(interleaved));
}

Status VideoWriter::Impl::finish()
{
    if (const Status usable = checkOpen(); !usable)
        return usable;
    if (m_pictures->frames() == 0) {
        closeContainer();
        m_file.discard();
        return failure(ErrorCode::Usage,
                       fmt::format("No picture was given, so {} is not written.", quoted(m_file.target())));
    }
    listenToFfmpeg();
    int code = m_pictures->flush();
    if (code >= 0 && m_sound)
        code = m_sound->flush();
    if (code >= 0)
        code = av_write_trailer(m_container.get());
    const int closed = closeContainer();
    code = code < 0 ? code : closed;
    if (code >= 0 && m_options.markSynthetic && !appendXmp(m_file.part()))
        code = AVERROR(errno);
    if (const Status whole = check(code); !whole)
        return whole;
    Status published = m_file.publish();
    if (!published)
        m_file.discard();
    return published;
}

Status VideoWriter::Impl::checkOpen() const
{
    if (m_container)
        return {};
    return failure(ErrorCode::Usage,
                   fmt::format("{} is closed: it was finished, or writing it failed before.", quoted(m_file.target())));
}

// Turns a failed step into the end of the file: nothing of it stays behind.
Status VideoWriter::Impl::check(int code)
{
    if (code >= 0)
        return {};
    const std::string cause = ffmpegCause(code);
    closeContainer();
    m_file.discard();
    return failure(ErrorCode::Resource,
                   fmt::format("{} cannot be written. Check that the folder is writable and the disk has room.",
                               quoted(m_file.target())),
                   cause);
}

int VideoWriter::Impl::closeContainer()
{
    if (!m_container)
        return 0;
    const int code = avio_closep(&m_container->pb);
    m_pictures.reset();
    m_sound.reset();
    m_container.reset();
    return code;
}

VideoWriter::VideoWriter(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

VideoWriter::~VideoWriter() = default;

Result<std::unique_ptr<VideoWriter>> VideoWriter::create(const std::filesystem::path& file, VideoOptions options)
{
    if (const Status sensible = checkOptions(options); !sensible)
        return failure(sensible);
    auto part = PartFile::forFile(file, options.overwrite);
    if (!part)
        return failure(part);
    auto impl = std::make_unique<Impl>(std::move(*part), std::move(options));
    if (const Status opened = impl->open(); !opened)
        return failure(opened);
    return std::unique_ptr<VideoWriter>(new VideoWriter(std::move(impl)));
}

Status VideoWriter::write(const cv::Mat& bgr)
{
    return m_impl->write(bgr);
}

Status VideoWriter::writeAudio(std::span<const float> interleaved)
{
    return m_impl->writeAudio(interleaved);
}

Status VideoWriter::finish()
{
    return m_impl->finish();
}

} // namespace lipsync::media
