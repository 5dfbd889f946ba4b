// SPDX-License-Identifier: GPL-3.0-or-later
#include "avatar/template_video.h"

#include "avatar/avatar_manifest.h"
#include "avatar/template_frames.h"
#include "base/file_system.h"
#include "media/audio_decoder.h"
#include "media/timed_video_reader.h"
#include "media/wav_file.h"

#include <algorithm>
#include <cmath>
#include <system_error>
#include <utility>

namespace lipsync::avatar {
namespace fs = std::filesystem;

namespace {

constexpr int kTemplateQuality = 13; ///< H.264 constant rate factor: nobody sees a difference, and training does not
constexpr double kTimeTolerance = 1e-6; ///< of a second: time stamps are fractions, ours are not
constexpr double kLongHoldSeconds = 1.0; ///< one picture for so long deserves a word
constexpr double kHighestRate = 240.0;

std::string clockText(double seconds)
{
    const int tenths = static_cast<int>(std::lround(seconds * 10));
    return fmt::format("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10);
}

/// One conversion: pictures first, then the sound of exactly their length.
class TemplateMaking {
public:
    TemplateMaking(fs::path source, fs::path output, TemplateVideoOptions options, std::stop_token stop)
        : m_source(std::move(source))
        , m_output(std::move(output))
        , m_options(std::move(options))
        , m_stop(std::move(stop))
        , m_rate(static_cast<double>(m_options.frameRateNumerator) / m_options.frameRateDenominator)
    {
    }

    Result<TemplateVideoReport> run(const std::function<void(const TemplateVideoProgress&)>& progress);

private:
    Status checkOptions() const;
    Status open();
    Status convert(const std::function<void(const TemplateVideoProgress&)>& progress);
    Status show(int sourceFrame);
    Status writeSound();
    void finishReport();
    double middleOf(int frame) const { return m_options.startSeconds + (frame + 0.5) / m_rate; }
    bool isComplete() const;
    TemplateVideoProgress state() const;

    const fs::path m_source;
    const fs::path m_output;
    const TemplateVideoOptions m_options;
    const std::stop_token m_stop;
    const double m_rate; ///< frames a second of the template
    std::unique_ptr<media::TimedVideoReader> m_reader;
    std::unique_ptr<media::VideoWriter> m_writer;
    TemplateVideoReport m_report;
    double m_longestHold = 0.0; ///< seconds
    double m_longestHoldAt = 0.0; ///< seconds of the source
    double m_firstShownAt = 0.0; ///< of the first picture that is used
    double m_lastShownUntil = 0.0; ///< of the last one
};

Status TemplateMaking::checkOptions() const
{
    const auto usage = [](std::string sentence) { return failure(ErrorCode::Usage, std::move(sentence)); };
    if (m_options.frameRateNumerator < 1 || m_options.frameRateDenominator < 1 || m_rate > kHighestRate)
        return usage(fmt::format("A template of {}/{} frames a second makes no sense; give for example 25/1.",
                                 m_options.frameRateNumerator, m_options.frameRateDenominator));
    if (!(m_options.startSeconds >= 0.0) || !std::isfinite(m_options.startSeconds))
        return usage("A clip cannot begin before its video.");
    if (m_options.seconds && !(*m_options.seconds > 0.5 / m_rate && std::isfinite(*m_options.seconds)))
        return usage(fmt::format("A clip of {:.3f} s holds no frame.", *m_options.seconds));
    if (auto kept = checkKeepsInputs(m_output, {m_source}); !kept)
        return kept;
    if (m_options.soundFile.empty())
        return {};
    if (auto kept = checkKeepsInputs(m_options.soundFile, {m_source}); !kept)
        return kept;
    std::error_code ignored;
    if (!m_options.overwrite && fs::exists(m_options.soundFile, ignored))
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{} exists already. Choose another name or ask to replace it.", m_options.soundFile.string()));
    return {};
}

Status TemplateMaking::open()
{
    auto reader = media::TimedVideoReader::open(m_source, m_options.threads, m_options.startSeconds);
    if (!reader)
        return failure(reader);
    m_reader = std::move(*reader);
    const auto& shown = m_reader->info();
    if (shown.width > kMaxFrameSide || shown.height > kMaxFrameSide)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} is {} × {} pixels; a template may be at most {} on a side. Scale it down first.",
                                   m_source.string(), shown.width, shown.height, kMaxFrameSide));
    media::VideoOptions encoding = templateEncoding(shown.width, shown.height, m_options.frameRateNumerator,
                                                    m_options.frameRateDenominator, m_options.threads);
    encoding.overwrite = m_options.overwrite;
    auto writer = media::VideoWriter::create(m_output, encoding);
    if (!writer)
        return failure(writer);
    m_writer = std::move(*writer);
    m_report.width = shown.width + shown.width % 2;
    m_report.height = shown.height + shown.height % 2;
    m_report.sourceCodec = shown.codec;
    m_report.rotationDegrees = shown.rotationDegrees;
    m_report.wasDeinterlaced = shown.isInterlaced;
    m_report.wasToneMapped = shown.isHighRange;
    return {};
}

bool TemplateMaking::isComplete() const
{
    return m_options.seconds &&
        middleOf(m_report.frames) >= m_options.startSeconds + *m_options.seconds - kTimeTolerance;
}

TemplateVideoProgress TemplateMaking::state() const
{
    const double rest = m_reader->info().seconds - m_options.startSeconds;
    const double wanted = std::min(rest > 0.0 ? rest : 0.0, m_options.seconds.value_or(rest));
    const double share = wanted > 0.0 ? m_report.frames / (wanted * m_rate) : 0.0;
    return {m_report.frames, std::clamp(share, 0.0, 1.0)};
}

// Every picture of the source stands for the time until the next one appears; the frames whose middles lie in it
// show it.
Status TemplateMaking::convert(const std::function<void(const TemplateVideoProgress&)>& progress)
{
    int sourceFrame = -1;
    while (!isComplete()) {
        if (m_stop.stop_requested())
            return failure(ErrorCode::Interrupted, "Stopped; nothing was written.");
        const auto more = m_reader->advance();
        if (!more)
            return failure(more);
        if (!*more)
            break;
        if (m_reader->shownUntil() <= m_options.startSeconds + kTimeTolerance)
            continue;
        ++sourceFrame;
        if (middleOf(m_report.frames) >= m_reader->shownUntil() - kTimeTolerance)
            continue;
        if (const Status shown = show(sourceFrame); !shown)
            return shown;
        if (progress)
            progress(state());
    }
    if (m_report.frames == 0)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} has no pictures {:.2f} s after its start: it ends earlier.", m_source.string(),
                                   m_options.startSeconds));
    return m_writer->finish();
}

Status TemplateMaking::show(int sourceFrame)
{
    const auto picture = m_reader->picture();
    if (!picture)
        return failure(picture);
    if (m_report.frames == 0)
        m_firstShownAt = m_reader->shownAt();
    m_lastShownUntil = m_reader->shownUntil();
    const double hold = m_reader->shownUntil() - m_reader->shownAt();
    if (hold > m_longestHold) {
        m_longestHold = hold;
        m_longestHoldAt = m_reader->shownAt();
    }
    while (middleOf(m_report.frames) < m_reader->shownUntil() - kTimeTolerance && !isComplete()) {
        if (m_report.frames == kMaxFrameCount)
            return failure(ErrorCode::InvalidInput,
                           fmt::format("{} gives more than {} frames, the most a template may have. Take a part of it.",
                                       m_source.string(), kMaxFrameCount));
        if (m_stop.stop_requested())
            return failure(ErrorCode::Interrupted, "Stopped; nothing was written.");
        if (const Status written = m_writer->write(*picture); !written)
            return written;
        m_report.sourceFrames.push_back(sourceFrame);
        ++m_report.frames;
    }
    return {};
}

Status TemplateMaking::writeSound()
{
    if (m_options.soundFile.empty() || !m_reader->info().hasAudio)
        return {};
    const double from = m_reader->info().originSeconds + m_options.startSeconds;
    m_reader.reset(); // frees its pictures
    const auto sound = media::decodeSpeechAt(m_source, from, m_report.frames / m_rate, m_stop);
    if (!sound && sound.error().code == ErrorCode::InvalidInput) {
        m_report.warnings.push_back("Its sound cannot be used. " + sound.error().message);
        return {};
    }
    if (!sound)
        return failure(sound);
    m_report.hasSound = true;
    return media::writeWav(m_options.soundFile, sound->samples, sound->sampleRate);
}

void TemplateMaking::finishReport()
{
    const auto& shown = m_report.sourceFrames;
    for (std::size_t i = 1; i < shown.size(); ++i) {
        m_report.repeated += shown[i] == shown[i - 1] ? 1 : 0;
        m_report.dropped += std::max(0, shown[i] - shown[i - 1] - 1);
    }
    const double seconds = m_lastShownUntil - m_firstShownAt;
    m_report.sourceFrameRate = seconds > 0.0 ? (shown.back() - shown.front() + 1) / seconds : 0.0;
    if (m_longestHold > kLongHoldSeconds)
        m_report.warnings.push_back(fmt::format("The picture stands still for {:.1f} s at {} of the video.",
                                                m_longestHold, clockText(m_longestHoldAt)));
}

Result<TemplateVideoReport> TemplateMaking::run(const std::function<void(const TemplateVideoProgress&)>& progress)
{
    if (const Status sensible = checkOptions(); !sensible)
        return failure(sensible);
    if (const Status opened = open(); !opened)
        return failure(opened);
    if (const Status converted = convert(progress); !converted)
        return failure(converted);
    if (const Status written = writeSound(); !written) {
        std::error_code ignored;
        fs::remove(m_output, ignored);
        return failure(written);
    }
    finishReport();
    return std::move(m_report);
}

} // namespace

media::VideoOptions templateEncoding(int width, int height, int frameRateNumerator, int frameRateDenominator,
                                     int threads)
{
    media::VideoOptions options;
    options.width = width;
    options.height = height;
    options.frameRateNumerator = frameRateNumerator;
    options.frameRateDenominator = frameRateDenominator;
    options.preset = "fast";
    options.quality = kTemplateQuality;
    options.threads = threads;
    options.keyframeInterval = kTemplateBlockFrames;
    options.markSynthetic = false; // a recording; what is rendered from it is marked
    return options;
}

Result<TemplateVideoReport> makeTemplateVideo(const fs::path& source, const fs::path& output,
                                              const TemplateVideoOptions& options,
                                              const std::function<void(const TemplateVideoProgress&)>& progress,
                                              std::stop_token stop)
{
    return TemplateMaking(source, output, options, std::move(stop)).run(progress);
}

} // namespace lipsync::avatar
