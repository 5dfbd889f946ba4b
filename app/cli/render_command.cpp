// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "concurrency_options.h"
#include "engine.h"
#include "export_options.h"
#include "options.h"
#include "output.h"
#include "terminal.h"

#include "base/file_system.h"

#include <future>
#include <memory>

#include <nlohmann/json.hpp>

namespace lipsync::cli {

namespace {

struct RenderOptions {
    ExportRequest request;
    ConcurrencyOptions concurrency;
    std::filesystem::path trace; ///< where to write what happened to the frames; empty: nowhere
    bool json = false;
};

std::string reportText(const ExportReport& report, const std::filesystem::path& output)
{
    return fmt::format(
        "{}: {} frames in {:.1f} s, {:.1f} frames/s ({:.2f} × real time); the network alone makes {:.1f} "
        "frames/s; peak memory {:.0f} MB\n",
        output.string(), report.frames, report.seconds, report.framesPerSecond, report.realtimeFactor,
        report.networkFramesPerSecond, report.peakMemoryMb);
}

nlohmann::ordered_json toJson(const ExportReport& report)
{
    return {{"frames", report.frames},
            {"seconds", report.seconds},
            {"open_seconds", report.openSeconds},
            {"fps", report.framesPerSecond},
            {"network_fps", report.networkFramesPerSecond},
            {"realtime_factor", report.realtimeFactor},
            {"peak_rss_mb", report.peakMemoryMb}};
}

/// Exports and waits for the end; a stop is passed on.
Result<ExportReport> exportAndWait(Engine& engine, const ExportRequest& request, ProgressLine& line,
                                   const std::stop_token& stop)
{
    std::promise<Result<ExportReport>> promise;
    auto finished = promise.get_future();
    Export::Events events;
    events.progress = [&](const ExportProgress& state) {
        line.show("rendering", static_cast<double>(state.framesDone) / static_cast<double>(state.frames),
                  fmt::format("{}/{} frames  {:.1f} fps  {} left", state.framesDone, state.frames,
                              state.framesPerSecond, durationText(state.secondsLeft)));
    };
    events.finished = [&](Result<ExportReport> report) { promise.set_value(std::move(report)); };
    const auto task = engine.startExport(request, std::move(events));
    const std::stop_callback interrupted(stop, [&] { task->cancel(); });
    return finished.get();
}

Status renderVoice(const RenderOptions& options, const std::stop_token& stop)
{
    auto plan = planOf(options.concurrency, tunedPlan(options.request.avatar));
    if (!plan)
        return failure(plan);
    auto engine = createEngine({.plan = std::move(*plan), .workerProgram = {}});
    if (!engine)
        return failure(engine);
    ProgressLine line;
    const auto report = exportAndWait(**engine, options.request, line, stop);
    line.finish();
    if (!report)
        return failure(report);
    if (!options.trace.empty()) {
        if (auto written = writeFile(options.trace, (*engine)->traceJson()); !written)
            return written;
    }
    return options.json ? printJson(toJson(*report)) : printText(reportText(*report, options.request.output));
}

} // namespace

void addRenderCommand(CommandLine& line)
{
    auto options = std::make_shared<RenderOptions>();
    auto& request = options->request;
    request.measureNetwork = true;
    auto* command = line.app.add_subcommand("render", "Make an avatar speak a voice and write the video");
    addExportOptions(*command, request);
    addConcurrencyOptions(*command, options->concurrency);
    command
        ->add_option("--trace", options->trace,
                     "Write what happened to the last frames, for Perfetto or chrome://tracing")
        ->type_name("FILE");
    addJsonOption(*command, options->json);
    command->footer(
        "Examples:\n"
        "  lipsync render --avatar demo.avatar --voice speech.wav --out speech.mp4\n"
        "  lipsync render --avatar demo.avatar --voice speech.flac --out frames/ --png --paste exact\n"
        "  lipsync render --avatar demo.avatar --voice speech.wav --out speech.webm --format webm\n"
        "  lipsync render --avatar demo.avatar --voice speech.wav --out speech.mp4 --isolation process\n"
        "  lipsync render --avatar hubert.avatar --voice speech.wav --features aud_hu.npy --out speech.mp4");
    command->callback(
        [&line, options] { line.chosen = [&line, options]() -> Status { return renderVoice(*options, line.stop); }; });
}

} // namespace lipsync::cli
