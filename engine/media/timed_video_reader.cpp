// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/timed_video_reader.h"

#include "media/colour_conversion.h"
#include "media/ffmpeg_log.h"
#include "media/frame_index.h"
#include "media/input_file.h"
#include "media/picture_decoder.h"
#include "media/picture_filter.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>
#include <optional>
#include <utility>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

extern "C" {
#include <libavutil/dovi_meta.h>
}

namespace lipsync::media {
namespace {

constexpr double kSeekWorthSeconds = 2.0; // below it decoding is quicker than looking for a place
constexpr double kPixelAspectTolerance = 0.01; // nobody sees less; some encoders write such ratios by rounding
constexpr double kWidestPixel = 8.0;
constexpr double kUsualPictureSeconds = 0.04;
constexpr double kLongestLastPicture = 10.0;
constexpr int kDolbyOwnColours = 5; // Dolby Vision profile without a picture that others can show

double pixelAspect(AVFormatContext& format, AVStream& stream, AVFrame& frame)
{
    const AVRational ratio = av_guess_sample_aspect_ratio(&format, &stream, &frame);
    const double aspect = ratio.num > 0 && ratio.den > 0 ? av_q2d(ratio) : 1.0;
    const bool isStretched = std::abs(aspect - 1.0) > kPixelAspectTolerance;
    return isStretched && aspect < kWidestPixel && aspect > 1.0 / kWidestPixel ? aspect : 1.0;
}

// The side that is too short grows, so that no detail is lost.
cv::Size withSquarePixels(int width, int height, double aspect)
{
    if (aspect > 1.0)
        return {static_cast<int>(std::lround(width * aspect)), height};
    return {width, static_cast<int>(std::lround(height / aspect))};
}

bool hasDolbyOwnColours(const AVStream& stream)
{
    std::size_t size = 0;
    const std::uint8_t* data = av_stream_get_side_data(&stream, AV_PKT_DATA_DOVI_CONF, &size);
    if (data == nullptr || size < sizeof(AVDOVIDecoderConfigurationRecord))
        return false;
    return reinterpret_cast<const AVDOVIDecoderConfigurationRecord*>(data)->dv_profile == kDolbyOwnColours;
}

bool canSeekByTime(const InputFile& input)
{
    return input.isQuickTime() || std::strstr(input.format->iformat->name, "matroska") != nullptr;
}

// Decoding time of the last picture that a QuickTime file lists; nothing where no list is.
std::optional<std::int64_t> lastListedTime(AVStream& stream)
{
    for (int i = avformat_index_get_entries_count(&stream) - 1; i >= 0; --i) {
        const AVIndexEntry* entry = avformat_index_get_entry(&stream, i);
        if (entry != nullptr && (entry->flags & AVINDEX_DISCARD_FRAME) == 0)
            return entry->timestamp;
    }
    return std::nullopt;
}

FramePointer makeFrame()
{
    FramePointer frame(av_frame_alloc());
    if (!frame)
        throw std::bad_alloc();
    return frame;
}

} // namespace

class TimedVideoReader::Impl {
public:
    Impl(std::filesystem::path file, int threads)
        : m_file(std::move(file))
        , m_threads(threads)
    {
    }

    Status start(double fromSeconds);
    const ShownVideo& info() const { return m_info; }
    Result<bool> advance();
    double shownAt() const { return m_shownAt; }
    double shownUntil() const { return m_shownUntil; }
    Result<cv::Mat> picture();

private:
    Status openFile();
    Status describe();
    Result<bool> jumpTo(double seconds);
    Status openFilter();
    Result<bool> readAhead();
    Result<bool> nextShown(AVFrame& frame);
    Result<bool> nextDecoded();
    Status checkEnd() const;
    Status checkSize() const;
    void noteTime();
    double secondsOf(std::int64_t time) const;
    tl::unexpected<Error> damaged(const char* how, int code) const;

    const std::filesystem::path m_file;
    const int m_threads;
    InputFile m_input;
    ShownVideo m_info;
    double m_pixelAspect = 1.0;
    cv::Size m_codedSize;
    std::int64_t m_origin = 0; ///< time of the first picture in the stream's time base
    PictureDecoder m_decoder; ///< of m_input; its frame is as the decoder gave it
    FramePointer m_ahead = makeFrame(); ///< the picture after the current one
    FramePointer m_current = makeFrame();
    std::optional<PictureFilter> m_filter;
    FrameToBgr m_converter;
    bool m_hasAhead = false;
    bool m_hasJumped = false;
    std::int64_t m_frames = 0; ///< decoded so far
    std::int64_t m_lastTime = AV_NOPTS_VALUE; ///< of the last decoded picture, in the stream's time base
    double m_lastSeconds = kUsualPictureSeconds; ///< how long it is shown
    double m_aheadAt = 0.0;
    double m_shownAt = 0.0;
    double m_shownUntil = 0.0;
};

Status TimedVideoReader::Impl::start(double fromSeconds)
{
    listenToFfmpeg();
    if (const Status opened = openFile(); !opened)
        return opened;
    if (const Status described = describe(); !described)
        return described;
    if (fromSeconds > kSeekWorthSeconds && canSeekByTime(m_input)) {
        const auto jumped = jumpTo(fromSeconds);
        if (!jumped)
            return failure(jumped);
        if (!*jumped) { // read it from its start then
            if (const Status opened = openFile(); !opened)
                return opened;
            if (const Status described = describe(); !described)
                return described;
        }
    }
    if (const Status opened = openFilter(); !opened)
        return opened;
    const auto more = readAhead();
    return more ? Status{} : failure(more);
}

Status TimedVideoReader::Impl::openFile()
{
    auto input = openInput(m_file, AVMEDIA_TYPE_VIDEO, m_threads);
    if (!input)
        return failure(input);
    m_input = std::move(*input);
    m_decoder.readFrom(m_input);
    m_hasJumped = false;
    m_frames = 0;
    m_lastTime = AV_NOPTS_VALUE;
    if (hasDolbyOwnColours(*m_input.stream))
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} is in Dolby Vision's own colours (profile 5), which only its players can show. "
                                   "Export it as SDR or HLG first.",
                                   quoted(m_file)));
    return {};
}

// Looks at the first picture, which stays in the decoder.
Status TimedVideoReader::Impl::describe()
{
    const auto more = nextDecoded();
    if (!more)
        return failure(more);
    if (!*more)
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{} has a video stream without a single picture. Copy or record it again.", quoted(m_file)));
    m_decoder.putBack();
    AVFrame& first = m_decoder.frame();
    m_origin = m_lastTime;
    m_codedSize = {first.width, first.height};
    m_pixelAspect = pixelAspect(*m_input.format, *m_input.stream, first);
    const auto needs = PictureFilter::needsOf(first, *m_input.stream->codecpar);
    const double tick = av_q2d(m_input.stream->time_base);
    cv::Size shown = withSquarePixels(first.width, first.height, m_pixelAspect);
    m_info.rotationDegrees = rotationOf(*m_input.stream);
    if (m_info.rotationDegrees % 180 != 0)
        std::swap(shown.width, shown.height);
    m_info.width = shown.width;
    m_info.height = shown.height;
    m_info.codec = avcodec_get_name(m_input.stream->codecpar->codec_id);
    m_info.hasAudio = findStream(*m_input.format, AVMEDIA_TYPE_AUDIO) != nullptr;
    m_info.hasSquarePixels = m_pixelAspect == 1.0;
    m_info.isInterlaced = needs.deinterlacing;
    m_info.isHighRange = needs.toneMapping;
    m_info.originSeconds = static_cast<double>(m_origin) * tick;
    const AVFormatContext& format = *m_input.format;
    if (m_input.stream->duration > 0)
        m_info.seconds = static_cast<double>(m_input.stream->duration) * tick;
    else if (format.duration > 0)
        m_info.seconds = static_cast<double>(format.duration) / AV_TIME_BASE;
    return {};
}

// False when the file has no picture at hand that is shown before `seconds`.
Result<bool> TimedVideoReader::Impl::jumpTo(double seconds)
{
    const auto target = m_origin + static_cast<std::int64_t>(seconds / av_q2d(m_input.stream->time_base));
    if (av_seek_frame(m_input.format.get(), m_input.stream->index, target, AVSEEK_FLAG_BACKWARD) < 0)
        return false;
    m_decoder.flush();
    m_hasJumped = true;
    m_lastTime = AV_NOPTS_VALUE;
    const auto more = nextDecoded();
    if (!more || !*more || m_decoder.frame().best_effort_timestamp == AV_NOPTS_VALUE || secondsOf(m_lastTime) > seconds)
        return false;
    m_decoder.putBack();
    return true;
}

Status TimedVideoReader::Impl::openFilter()
{
    const PictureFilter::Needs needs{m_info.isInterlaced, m_info.isHighRange};
    if (!needs.any())
        return {};
    m_filter.emplace();
    if (const int code = m_filter->open(m_decoder.frame(), m_input.stream->time_base, needs); code < 0)
        return failure(
            ErrorCode::Resource,
            fmt::format("This FFmpeg cannot make {} what screens show: its filters {} are missing or failed.",
                        quoted(m_file), needs.toneMapping ? "zscale and tonemap" : "bwdif"),
            ffmpegCause(code));
    return {};
}

Result<bool> TimedVideoReader::Impl::advance()
{
    if (!m_hasAhead)
        return false;
    std::swap(m_current, m_ahead);
    m_shownAt = m_aheadAt;
    const auto more = readAhead();
    if (!more)
        return failure(more);
    m_shownUntil = m_hasAhead ? m_aheadAt : m_shownAt + m_lastSeconds;
    return true;
}

Result<bool> TimedVideoReader::Impl::readAhead()
{
    av_frame_unref(m_ahead.get());
    const auto more = nextShown(*m_ahead);
    if (!more)
        return failure(more);
    m_hasAhead = *more;
    if (m_hasAhead) // never backwards, whatever the file says
        m_aheadAt = std::max(secondsOf(m_ahead->pts), m_shownAt);
    return m_hasAhead;
}

Result<bool> TimedVideoReader::Impl::nextShown(AVFrame& frame)
{
    if (!m_filter) {
        const auto more = nextDecoded();
        if (more && *more)
            av_frame_move_ref(&frame, &m_decoder.frame());
        return more;
    }
    while (true) {
        int code = m_filter->pull(frame);
        if (code == 0)
            return true;
        if (code == AVERROR_EOF)
            return false;
        if (code == AVERROR(EAGAIN)) {
            const auto more = nextDecoded();
            if (!more)
                return failure(more);
            code = m_filter->push(*more ? &m_decoder.frame() : nullptr);
        }
        if (code < 0)
            return damaged("cannot be converted", code);
    }
}

// Leaves the next picture in the decoder's frame(), its time in `pts`; false at the end.
Result<bool> TimedVideoReader::Impl::nextDecoded()
{
    const bool isNew = !m_decoder.isWaiting();
    const auto more = m_decoder.next();
    if (!more)
        return damaged(more.error().how, more.error().code);
    if (!isNew)
        return true;
    if (const Status whole = *more ? checkSize() : checkEnd(); !whole)
        return failure(whole);
    if (*more)
        noteTime();
    return *more;
}

Status TimedVideoReader::Impl::checkEnd() const
{
    if (!m_input.isQuickTime())
        return {};
    const auto last = lastListedTime(*m_input.stream);
    const bool lacksPictures = !m_hasJumped && m_frames < listedFrames(*m_input.stream);
    const bool lacksTime = last && m_lastTime != AV_NOPTS_VALUE && m_lastTime < *last;
    if (lacksPictures || lacksTime)
        return damaged("ends early", AVERROR_EOF);
    return {};
}

Status TimedVideoReader::Impl::checkSize() const
{
    const AVFrame& frame = m_decoder.frame();
    if (m_frames > 0 && (frame.width != m_codedSize.width || frame.height != m_codedSize.height))
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} changes from {} × {} to {} × {} pixels after {:.2f} s. Convert it to one size "
                                   "first.",
                                   quoted(m_file), m_codedSize.width, m_codedSize.height, frame.width, frame.height,
                                   secondsOf(m_lastTime)));
    return {};
}

void TimedVideoReader::Impl::noteTime()
{
    AVFrame& frame = m_decoder.frame();
    const double tick = av_q2d(m_input.stream->time_base);
    std::int64_t time = frame.best_effort_timestamp;
    if (time == AV_NOPTS_VALUE) {
        const auto step = static_cast<std::int64_t>(std::llround(m_lastSeconds / tick));
        time = m_lastTime == AV_NOPTS_VALUE ? 0 : m_lastTime + step;
    }
    frame.pts = time;
    m_lastTime = time;
    ++m_frames;
    const AVRational rate = av_guess_frame_rate(m_input.format.get(), m_input.stream, &frame);
    const double said = static_cast<double>(durationOf(frame)) * tick;
    if (said > 0.0)
        m_lastSeconds = std::min(said, kLongestLastPicture);
    else if (rate.num > 0 && rate.den > 0)
        m_lastSeconds = 1.0 / av_q2d(rate);
}

double TimedVideoReader::Impl::secondsOf(std::int64_t time) const
{
    return static_cast<double>(time - m_origin) * av_q2d(m_input.stream->time_base);
}

Result<cv::Mat> TimedVideoReader::Impl::picture()
{
    cv::Mat bgr;
    if (const int code = m_converter.convert(*m_current, bgr); code < 0)
        return damaged("cannot be converted to RGB", code);
    cv::Mat square = bgr;
    if (m_pixelAspect != 1.0)
        cv::resize(bgr, square, withSquarePixels(bgr.cols, bgr.rows, m_pixelAspect), 0, 0, cv::INTER_CUBIC);
    if (m_info.rotationDegrees == 0)
        return square;
    cv::Mat upright;
    cv::rotate(square, upright,
               m_info.rotationDegrees == 90        ? cv::ROTATE_90_CLOCKWISE
                   : m_info.rotationDegrees == 180 ? cv::ROTATE_180
                                                   : cv::ROTATE_90_COUNTERCLOCKWISE);
    return upright;
}

tl::unexpected<Error> TimedVideoReader::Impl::damaged(const char* how, int code) const
{
    const double seconds = m_frames > 0 ? secondsOf(m_lastTime) + m_lastSeconds : 0.0;
    return failure(ErrorCode::InvalidInput,
                   fmt::format("The video {} {}: {} pictures, up to {:.2f} s, could be read. Copy or convert it again.",
                               quoted(m_file), how, m_frames, seconds),
                   ffmpegCause(code));
}

TimedVideoReader::TimedVideoReader(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

TimedVideoReader::~TimedVideoReader() = default;

Result<std::unique_ptr<TimedVideoReader>> TimedVideoReader::open(const std::filesystem::path& file, int threads,
                                                                 double fromSeconds)
{
    if (threads < 1)
        return failure(ErrorCode::Usage, fmt::format("A video decoder needs at least 1 thread, not {}.", threads));
    auto impl = std::make_unique<Impl>(file, threads);
    if (const Status started = impl->start(fromSeconds); !started)
        return failure(started);
    return std::unique_ptr<TimedVideoReader>(new TimedVideoReader(std::move(impl)));
}

const ShownVideo& TimedVideoReader::info() const
{
    return m_impl->info();
}

Result<bool> TimedVideoReader::advance()
{
    return m_impl->advance();
}

double TimedVideoReader::shownAt() const
{
    return m_impl->shownAt();
}

double TimedVideoReader::shownUntil() const
{
    return m_impl->shownUntil();
}

Result<cv::Mat> TimedVideoReader::picture()
try {
    return m_impl->picture();
} catch (const cv::Exception& exception) {
    return failure(ErrorCode::Resource, "Not enough memory for a picture of the video.", exception.what());
}

} // namespace lipsync::media
