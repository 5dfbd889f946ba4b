// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/picture_sequence_writer.h"

#include "media/colour_conversion.h"
#include "media/ffmpeg_handles.h"
#include "media/ffmpeg_log.h"
#include "media/input_file.h"
#include "media/part_file.h"
#include "media/synthetic_mark.h"
#include "media/wav_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>

extern "C" {
#include <libavutil/opt.h>
}

namespace lipsync::media {
namespace {

// Size of PNG's signature and of its first chunk, IHDR (PNG specification, sections 5.2 and 11.2.2).
constexpr std::size_t kPngSignatureSize = 8;
constexpr std::size_t kPngHeaderSize = 4 + 4 + 13 + 4;
constexpr int kCompressionLevel = 3; // a third of the time of zlib's default for a few percent of size

// How every whole PNG file ends: its last chunk, IEND, is always the same (section 11.2.5).
constexpr std::string_view kPngEnd("\0\0\0\0IEND\xAE\x42\x60\x82", 12);

bool isWholePng(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    std::array<char, kPngEnd.size()> end{};
    stream.seekg(-static_cast<std::streamoff>(end.size()), std::ios::end);
    stream.read(end.data(), static_cast<std::streamsize>(end.size()));
    return stream && std::string_view(end.data(), end.size()) == kPngEnd;
}

// 0, or the errno of what failed.
int writeParts(const std::filesystem::path& file, std::initializer_list<std::string_view> parts)
{
    std::FILE* stream = std::fopen(file.c_str(), "wb");
    if (stream == nullptr)
        return errno;
    int code = 0;
    for (const std::string_view part : parts)
        if (code == 0 && std::fwrite(part.data(), 1, part.size(), stream) != part.size())
            code = errno;
    if (std::fclose(stream) != 0 && code == 0)
        code = errno;
    return code;
}

} // namespace

class PictureSequenceWriter::Impl {
public:
    Impl(PartFile folder, bool markSynthetic)
        : m_folder(std::move(folder))
        , m_chunk(markSynthetic ? syntheticPngChunk() : std::string())
        , m_frame(av_frame_alloc())
        , m_packet(av_packet_alloc())
    {
    }

    Status write(const cv::Mat& bgr);
    Status writeSound(const PcmAudio& sound);
    Status finish();
    /// Looks what an earlier run has left.
    void resume();

    std::int64_t pictures() const { return m_pictures; }
    const std::filesystem::path& part() const { return m_folder.part(); }

private:
    std::filesystem::path nameOf(std::int64_t picture) const
    {
        return m_folder.part() / fmt::format("frame-{:06}.png", picture);
    }
    int openEncoder(int width, int height);
    int encode(const cv::Mat& bgr);
    Status checkOpen() const;
    Status fail(const std::string& cause);

    PartFile m_folder;
    const std::string m_chunk;
    CodecContextPointer m_codec;
    FramePointer m_frame;
    PacketPointer m_packet;
    BgrToFrame m_converter;
    std::int64_t m_pictures = 0;
    bool m_isOpen = true;
};

int PictureSequenceWriter::Impl::openEncoder(int width, int height)
{
    const AVCodec* encoder = avcodec_find_encoder(AV_CODEC_ID_PNG);
    if (encoder == nullptr)
        return AVERROR_ENCODER_NOT_FOUND;
    m_codec.reset(avcodec_alloc_context3(encoder));
    if (!m_codec || !m_frame || !m_packet)
        return AVERROR(ENOMEM);
    m_codec->width = m_frame->width = width;
    m_codec->height = m_frame->height = height;
    m_codec->pix_fmt = AV_PIX_FMT_RGB24;
    m_frame->format = AV_PIX_FMT_RGB24;
    m_codec->time_base = {1, 25};
    m_codec->compression_level = kCompressionLevel;
    m_codec->thread_count = 1;
    (void)av_opt_set(m_codec->priv_data, "pred", "up", 0);
    int code = avcodec_open2(m_codec.get(), encoder, nullptr);
    if (code >= 0)
        code = av_frame_get_buffer(m_frame.get(), 0);
    return code < 0 ? code : m_converter.open(width, height, AV_PIX_FMT_RGB24);
}

int PictureSequenceWriter::Impl::encode(const cv::Mat& bgr)
{
    int code = m_codec ? 0 : openEncoder(bgr.cols, bgr.rows);
    if (code >= 0)
        code = av_frame_make_writable(m_frame.get());
    if (code >= 0)
        code = m_converter.convert(bgr, *m_frame);
    if (code >= 0) {
        m_frame->pts = m_pictures;
        code = avcodec_send_frame(m_codec.get(), m_frame.get());
    }
    return code < 0 ? code : avcodec_receive_packet(m_codec.get(), m_packet.get());
}

Status PictureSequenceWriter::Impl::write(const cv::Mat& bgr)
{
    if (const Status usable = checkOpen(); !usable)
        return usable;
    const bool isFirst = !m_codec;
    if (bgr.type() != CV_8UC3 || bgr.empty() ||
        (!isFirst && (bgr.cols != m_frame->width || bgr.rows != m_frame->height)))
        return failure(ErrorCode::Usage,
                       fmt::format("Picture {} for {} is {} × {}: pictures must be of one size and 3 bytes a pixel.",
                                   m_pictures, quoted(m_folder.target()), bgr.cols, bgr.rows));
    listenToFfmpeg();
    if (const int code = encode(bgr); code < 0)
        return fail(ffmpegCause(code));
    const std::string_view png(reinterpret_cast<const char*>(m_packet->data), static_cast<std::size_t>(m_packet->size));
    const std::size_t afterHeader = kPngSignatureSize + kPngHeaderSize;
    const int code = writeParts(nameOf(m_pictures), {png.substr(0, afterHeader), m_chunk, png.substr(afterHeader)});
    av_packet_unref(m_packet.get());
    if (code != 0)
        return fail(std::strerror(code));
    ++m_pictures;
    return {};
}

void PictureSequenceWriter::Impl::resume()
{
    m_folder.keep();
    while (isWholePng(nameOf(m_pictures)))
        ++m_pictures;
}

Status PictureSequenceWriter::Impl::writeSound(const PcmAudio& sound)
{
    if (const Status usable = checkOpen(); !usable)
        return usable;
    auto written = writeWav(m_folder.part() / kSequenceSoundFile, sound);
    if (written)
        return {};
    m_isOpen = false;
    m_folder.discard();
    return written;
}

Status PictureSequenceWriter::Impl::finish()
{
    if (const Status usable = checkOpen(); !usable)
        return usable;
    m_isOpen = false;
    Status published = m_pictures > 0
        ? m_folder.publish()
        : failure(ErrorCode::Usage,
                  fmt::format("No picture was given, so {} is not written.", quoted(m_folder.target())));
    if (!published)
        m_folder.discard();
    return published;
}

Status PictureSequenceWriter::Impl::checkOpen() const
{
    if (m_isOpen)
        return {};
    return failure(
        ErrorCode::Usage,
        fmt::format("{} is closed: it was finished, or writing it failed before.", quoted(m_folder.target())));
}

Status PictureSequenceWriter::Impl::fail(const std::string& cause)
{
    m_isOpen = false;
    m_folder.discard();
    return failure(ErrorCode::Resource,
                   fmt::format("Picture {} of {} cannot be written. Check that the folder is writable and the disk has "
                               "room.",
                               m_pictures, quoted(m_folder.target())),
                   cause);
}

PictureSequenceWriter::PictureSequenceWriter(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

PictureSequenceWriter::~PictureSequenceWriter() = default;

Result<std::unique_ptr<PictureSequenceWriter>> PictureSequenceWriter::create(const std::filesystem::path& folder,
                                                                             bool overwrite, bool markSynthetic)
{
    auto part = PartFile::forPictureFolder(folder, overwrite);
    if (!part)
        return failure(part);
    return std::unique_ptr<PictureSequenceWriter>(
        new PictureSequenceWriter(std::make_unique<Impl>(std::move(*part), markSynthetic)));
}

Result<std::unique_ptr<PictureSequenceWriter>> PictureSequenceWriter::resume(const std::filesystem::path& folder,
                                                                             bool overwrite, bool markSynthetic)
{
    auto part = PartFile::forPictureFolder(folder, overwrite, true);
    if (!part)
        return failure(part);
    auto impl = std::make_unique<Impl>(std::move(*part), markSynthetic);
    impl->resume();
    return std::unique_ptr<PictureSequenceWriter>(new PictureSequenceWriter(std::move(impl)));
}

std::int64_t PictureSequenceWriter::pictures() const
{
    return m_impl->pictures();
}

const std::filesystem::path& PictureSequenceWriter::part() const
{
    return m_impl->part();
}

Status PictureSequenceWriter::writeSound(const PcmAudio& sound)
{
    return m_impl->writeSound(sound);
}

Status PictureSequenceWriter::write(const cv::Mat& bgr)
{
    return m_impl->write(bgr);
}

Status PictureSequenceWriter::finish()
{
    return m_impl->finish();
}

} // namespace lipsync::media
