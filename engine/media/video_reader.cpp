// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/video_reader.h"

#include "media/colour_conversion.h"
#include "media/ffmpeg_log.h"
#include "media/frame_index.h"
#include "media/input_file.h"
#include "media/picture_decoder.h"

#include <algorithm>
#include <utility>

#include <opencv2/core.hpp>

namespace lipsync::media {
namespace {

VideoInfo describe(InputFile& input)
{
    VideoInfo info;
    AVStream& stream = *input.stream;
    info.width = stream.codecpar->width;
    info.height = stream.codecpar->height;
    const AVRational rate = av_guess_frame_rate(input.format.get(), &stream, nullptr);
    if (rate.num > 0 && rate.den > 0) {
        info.frameRateNumerator = rate.num;
        info.frameRateDenominator = rate.den;
        info.frameRate = av_q2d(rate);
    }
    info.codec = avcodec_get_name(stream.codecpar->codec_id);
    info.hasAudio = findStream(*input.format, AVMEDIA_TYPE_AUDIO) != nullptr;
    info.rotationDegrees = rotationOf(stream);
    return info;
}

// Frame count and length: listed by QuickTime files, counted in a reading of its own for the others.
Status measure(const std::filesystem::path& file, InputFile& input, VideoInfo& info)
{
    if (input.isQuickTime())
        info.frameCount = listedFrames(*input.stream);
    if (info.frameCount == 0) {
        auto second = openInput(file, AVMEDIA_TYPE_VIDEO);
        if (!second)
            return failure(second);
        info.frameCount = scanFrames(*second->format, *second->stream).frames;
    }
    if (input.stream->duration > 0 && input.isQuickTime())
        info.seconds = static_cast<double>(input.stream->duration) * av_q2d(input.stream->time_base);
    else if (info.frameRate > 0.0)
        info.seconds = static_cast<double>(info.frameCount) / info.frameRate;
    if (info.frameCount == 0 || info.width <= 0 || info.height <= 0)
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{} has a video stream without a single picture. Copy or record it again.", quoted(file)));
    return {};
}

} // namespace

class VideoReader::Impl {
public:
    Impl(std::filesystem::path file, int threads, InputFile input, VideoInfo info)
        : m_file(std::move(file))
        , m_threads(threads)
        , m_input(std::move(input))
        , m_info(std::move(info))
    {
        m_decoder.readFrom(m_input);
    }

    const VideoInfo& info() const { return m_info; }
    Result<std::optional<cv::Mat>> next();
    Status seekToFrame(std::int64_t index);

private:
    Result<bool> decodeNext();
    Result<bool> checkEnd() const;
    Status checkFrame() const;
    Status restart();
    Status skipTo(std::int64_t index);
    Status jumpNear(std::int64_t index);
    Status loadIndex();
    tl::unexpected<Error> damaged(const char* how, int code) const;

    const std::filesystem::path m_file;
    const int m_threads;
    InputFile m_input;
    VideoInfo m_info;
    PictureDecoder m_decoder; ///< of m_input
    FrameToBgr m_converter;
    std::optional<FrameIndex> m_index;
    std::int64_t m_next = 0; ///< index of the frame that decodeNext() yields
    std::optional<Error> m_failure; ///< what stopped next()
};

Result<std::optional<cv::Mat>> VideoReader::Impl::next()
{
    // What follows a damaged frame could not be numbered: the error stays until somebody seeks.
    if (m_failure)
        return tl::unexpected<Error>(*m_failure);
    const auto more = decodeNext();
    if (!more) {
        m_failure = more.error();
        return failure(more);
    }
    if (!*more)
        return std::optional<cv::Mat>();
    cv::Mat picture;
    const int code = m_converter.convert(m_decoder.frame(), picture);
    av_frame_unref(&m_decoder.frame());
    if (code < 0)
        return damaged("cannot be converted to RGB", code);
    ++m_next;
    return std::optional<cv::Mat>(std::move(picture));
}

// Leaves frame m_next in the decoder's frame(); false at the end.
Result<bool> VideoReader::Impl::decodeNext()
{
    const auto more = m_decoder.next();
    if (!more)
        return damaged(more.error().how, more.error().code);
    if (!*more)
        return checkEnd();
    if (const Status whole = checkFrame(); !whole)
        return failure(whole);
    return true;
}

Result<bool> VideoReader::Impl::checkEnd() const
{
    // Only a QuickTime file knows how many pictures it should hold; elsewhere some packets are none.
    if (m_input.isQuickTime() && m_next < m_info.frameCount)
        return damaged("ends early", AVERROR_EOF);
    return false;
}

Status VideoReader::Impl::checkFrame() const
{
    const auto& frame = m_decoder.frame();
    if (frame.width == m_info.width && frame.height == m_info.height)
        return {};
    return failure(ErrorCode::InvalidInput,
                   fmt::format("{} changes from {} × {} to {} × {} pixels at frame {}. Convert it to one size first.",
                               quoted(m_file), m_info.width, m_info.height, frame.width, frame.height, m_next));
}

Status VideoReader::Impl::seekToFrame(std::int64_t index)
{
    if (index < 0 || index >= m_info.frameCount)
        return failure(ErrorCode::Usage,
                       fmt::format("{} has frames 0 to {}, not {}.", quoted(m_file), m_info.frameCount - 1, index));
    if (std::exchange(m_failure, std::nullopt)) {
        if (const Status restarted = restart(); !restarted)
            return restarted;
    }
    if (index == m_next)
        return {};
    if (const Status loaded = loadIndex(); !loaded)
        return loaded;
    if (const Status near = jumpNear(index); !near)
        return near;
    return skipTo(index);
}

// Brings the decoder to a frame not behind `index`: where it stands, the last key frame before, or the start.
Status VideoReader::Impl::jumpNear(std::int64_t index)
{
    const auto point = m_index->seekPointBefore(index);
    const bool isAhead = index > m_next;
    if (!point)
        return isAhead ? Status{} : restart();
    const auto& times = m_index->shownAt;
    const bool isCloserHere = isAhead && times[static_cast<std::size_t>(m_next)] >= point->shownAt;
    if (isCloserHere)
        return {};
    const int sought =
        av_seek_frame(m_input.format.get(), m_input.stream->index, point->decodedAt, AVSEEK_FLAG_BACKWARD);
    m_decoder.flush();
    if (sought < 0)
        return restart();
    const auto decoded = decodeNext();
    if (!decoded || !*decoded)
        return restart();
    const auto shownAt = m_decoder.frame().best_effort_timestamp;
    const auto found = std::lower_bound(times.begin(), times.end(), shownAt);
    const std::int64_t reached = found - times.begin();
    const bool isExact = found != times.end() && *found == shownAt;
    if (!isExact || reached > index)
        return restart();
    m_next = reached;
    m_decoder.putBack();
    return {};
}

Status VideoReader::Impl::skipTo(std::int64_t index)
{
    while (m_next < index) {
        const auto more = decodeNext();
        if (!more)
            return failure(more);
        if (!*more)
            return damaged("ends early", AVERROR_EOF);
        av_frame_unref(&m_decoder.frame());
        ++m_next;
    }
    return {};
}

Status VideoReader::Impl::restart()
{
    auto again = openInput(m_file, AVMEDIA_TYPE_VIDEO, m_threads);
    if (!again)
        return failure(again);
    m_input = std::move(*again);
    m_decoder.readFrom(m_input);
    m_next = 0;
    return {};
}

Status VideoReader::Impl::loadIndex()
{
    if (m_index)
        return {};
    m_index.emplace();
    // Elsewhere some packets are no pictures, and times of packets could not name the frames.
    if (!m_input.isQuickTime())
        return {};
    auto input = openInput(m_file, AVMEDIA_TYPE_VIDEO);
    if (!input)
        return failure(input);
    FrameIndex scanned = scanFrames(*input->format, *input->stream);
    if (static_cast<std::int64_t>(scanned.shownAt.size()) == m_info.frameCount)
        m_index = std::move(scanned);
    return {};
}

tl::unexpected<Error> VideoReader::Impl::damaged(const char* how, int code) const
{
    return failure(ErrorCode::InvalidInput,
                   fmt::format("The video {} {}: {} of {} frames could be read. Copy or convert it again.",
                               quoted(m_file), how, m_next, m_info.frameCount),
                   ffmpegCause(code));
}

VideoReader::VideoReader(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

VideoReader::~VideoReader() = default;

Result<std::unique_ptr<VideoReader>> VideoReader::open(const std::filesystem::path& file, int threads)
{
    if (threads < 1)
        return failure(ErrorCode::Usage, fmt::format("A video decoder needs at least 1 thread, not {}.", threads));
    auto input = openInput(file, AVMEDIA_TYPE_VIDEO, threads);
    if (!input)
        return failure(input);
    VideoInfo info = describe(*input);
    if (const Status measured = measure(file, *input, info); !measured)
        return failure(measured);
    return std::unique_ptr<VideoReader>(
        new VideoReader(std::make_unique<Impl>(file, threads, std::move(*input), std::move(info))));
}

const VideoInfo& VideoReader::info() const
{
    return m_impl->info();
}

Result<std::optional<cv::Mat>> VideoReader::next()
try {
    return m_impl->next();
} catch (const cv::Exception& exception) {
    return failure(ErrorCode::Resource, "Not enough memory for a picture of the video.", exception.what());
}

Status VideoReader::seekToFrame(std::int64_t index)
{
    return m_impl->seekToFrame(index);
}

Result<VideoInfo> probeVideo(const std::filesystem::path& file)
{
    auto input = openInput(file, AVMEDIA_TYPE_VIDEO);
    if (!input)
        return failure(input);
    VideoInfo info = describe(*input);
    if (const Status measured = measure(file, *input, info); !measured)
        return failure(measured);
    return info;
}

} // namespace lipsync::media
