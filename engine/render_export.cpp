// SPDX-License-Identifier: GPL-3.0-or-later
#include "render_export.h"

#include "base/thread_name.h"

#include <chrono>

namespace lipsync {

namespace {

constexpr const char* kSource = "export";

ExportReport reportOf(const render::RenderReport& report)
{
    return {report.frames,
            report.seconds,
            report.openSeconds,
            report.framesPerSecond,
            report.networkFramesPerSecond,
            report.realtimeFactor,
            report.peakMemoryMb};
}

void run(session::FrameService& service, const render::RenderRequest& request, const Export::Events& events,
         EventLog& log, std::stop_token stop)
{
    using Clock = std::chrono::steady_clock;
    constexpr auto kProgressInterval = std::chrono::milliseconds(100);
    Clock::time_point lastTold{};
    const auto progress = [&](const render::RenderProgress& state) {
        const auto now = Clock::now();
        if (state.framesDone < state.frames && now - lastTold < kProgressInterval)
            return;
        lastTold = now;
        const auto left = static_cast<double>(state.frames - state.framesDone);
        events.progress({state.framesDone, state.frames, state.framesPerSecond,
                         state.framesPerSecond > 0 ? left / state.framesPerSecond : 0});
    };
    log.info(kSource, fmt::format("The export of {} has begun.", request.output.string()));
    const auto report = render::render(service, request, progress, stop);
    if (!report) {
        if (report.error().code == ErrorCode::Interrupted)
            log.info(kSource, fmt::format("The export of {} was cancelled.", request.output.string()));
        else
            log.error(kSource,
                      fmt::format("The export of {} failed: {}", request.output.string(), report.error().text()));
        return events.finished(failure(report));
    }
    log.info(kSource,
             fmt::format("The export of {} is done: {} frames in {:.1f} s, {:.1f} a second.", request.output.string(),
                         report->frames, report->seconds, report->framesPerSecond));
    events.finished(reportOf(*report));
}

media::VideoFormat videoFormat(ExportFormat format)
{
    switch (format) {
    case ExportFormat::WebM:
        return media::VideoFormat::WebM;
    case ExportFormat::ProRes:
        return media::VideoFormat::ProRes;
    case ExportFormat::Mp4:
    case ExportFormat::PngSequence:
        break;
    }
    return media::VideoFormat::Mp4;
}

} // namespace

RenderExport::RenderExport(session::FrameService& service, render::RenderRequest request, Events events,
                           std::shared_ptr<EventLog> log)
    : m_thread([&service, request = std::move(request), events = std::move(events),
                log = std::move(log)](std::stop_token stop) {
        setThreadName("export");
        run(service, request, events, *log, stop);
    })
{
}

JobRunner renderRunner(session::FrameService& service)
{
    return [&service](const ExportRequest& request, double earlierSeconds, const render::ResumableEvents& events,
                      std::stop_token stop) -> Result<ExportReport> {
        const auto report =
            render::renderResumable(service, renderRequest(request), earlierSeconds, events, std::move(stop));
        if (!report)
            return failure(report);
        return reportOf(*report);
    };
}

std::vector<ExportFormatInfo> exportFormats()
{
    using media::VideoFormat;
    return {{ExportFormat::Mp4, "MP4 (H.264, AAC)", ".mp4", media::problemOf(VideoFormat::Mp4)},
            {ExportFormat::WebM, "WebM (VP9, Opus)", ".webm", media::problemOf(VideoFormat::WebM)},
            {ExportFormat::ProRes, "ProRes 422 HQ (MOV, PCM)", ".mov", media::problemOf(VideoFormat::ProRes)},
            {ExportFormat::PngSequence, "PNG sequence (with WAV)", {}, {}}};
}

render::RenderRequest renderRequest(const ExportRequest& request)
{
    render::RenderRequest job;
    job.avatar = request.avatar;
    job.voice = request.voice;
    job.features = request.features;
    job.output = request.output;
    job.pictureSequence = request.format == ExportFormat::PngSequence;
    job.videoFormat = videoFormat(request.format);
    job.overwrite = request.overwrite;
    job.markSynthetic = request.markSynthetic;
    job.paste = request.paste == PasteStyle::Exact ? avatar::PasteMode::Exact : avatar::PasteMode::Feathered;
    job.quality = request.quality;
    job.measureNetwork = request.measureNetwork;
    return job;
}

} // namespace lipsync
