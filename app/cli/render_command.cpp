// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "options.h"
#include "output.h"
#include "render/render_job.h"
#include "terminal.h"

#include <memory>

#include <nlohmann/json.hpp>

namespace lipsync::cli {

namespace {

std::string reportText(const render::RenderReport& report, const std::filesystem::path& output)
{
    return fmt::format(
        "{}: {} frames in {:.1f} s, {:.1f} frames/s ({:.2f} × real time); the network alone makes {:.1f} "
        "frames/s; peak memory {:.0f} MB\n",
        output.string(), report.frames, report.seconds, report.framesPerSecond, report.realtimeFactor,
        report.networkFramesPerSecond, report.peakMemoryMb);
}

nlohmann::ordered_json toJson(const render::RenderReport& report)
{
    return {{"frames", report.frames},
            {"seconds", report.seconds},
            {"open_seconds", report.openSeconds},
            {"fps", report.framesPerSecond},
            {"network_fps", report.networkFramesPerSecond},
            {"realtime_factor", report.realtimeFactor},
            {"peak_rss_mb", report.peakMemoryMb}};
}

Status renderVoice(const render::RenderRequest& request, bool json, std::stop_token stop)
{
    ProgressLine line;
    const auto report = render::render(
        request,
        [&](const render::RenderProgress& state) {
            const double left = static_cast<double>(state.frames - state.framesDone) / state.framesPerSecond;
            line.show("rendering", static_cast<double>(state.framesDone) / static_cast<double>(state.frames),
                      fmt::format("{}/{} frames  {:.1f} fps  {} left", state.framesDone, state.frames,
                                  state.framesPerSecond, durationText(left)));
        },
        stop);
    line.finish();
    if (!report)
        return failure(report);
    return json ? printJson(toJson(*report)) : printText(reportText(*report, request.output));
}

} // namespace

void addRenderCommand(CommandLine& line)
{
    struct Options {
        render::RenderRequest request;
        bool json = false;
    };
    auto options = std::make_shared<Options>();
    auto& request = options->request;
    auto* command = line.app.add_subcommand("render", "Make an avatar speak a voice and write the video");
    command->add_option("--avatar", request.avatar, "Avatar folder, NAME.avatar")->required()->type_name("DIR");
    command->add_option("--voice", request.voice, "Sound or video file with the voice")->required()->type_name("FILE");
    command->add_option("--out", request.output, "Video to write (.mp4), or with --png a folder")
        ->required()
        ->type_name("FILE");
    command->add_flag("--png", request.pictureSequence, "Write a PNG sequence instead of a video");
    command->add_flag("--force", request.overwrite, "Replace the output if it exists");
    command->add_option("--batch", request.batch, "Frames the network computes together")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    addThreadsOption(*command, request.network);
    addPrecisionOption(*command, request.network);
    command->add_option("--paste", request.paste, "feathered: soft, colour-true border; exact: as SyncTalk_2D")
        ->transform(CLI::CheckedTransformer(std::map<std::string, avatar::PasteMode>{
            {"feathered", avatar::PasteMode::Feathered}, {"exact", avatar::PasteMode::Exact}}))
        ->default_str("feathered");
    command->add_option("--quality", request.quality, "H.264 constant rate factor: 0 best, 51 smallest")
        ->check(CLI::Range(0, 51))
        ->capture_default_str();
    command->add_flag("!--no-synthetic-mark", request.markSynthetic,
                      "Leave out the metadata that says this is synthetic media");
    addJsonOption(*command, options->json);
    command->footer("Examples:\n"
                    "  lipsync render --avatar demo.avatar --voice speech.wav --out speech.mp4\n"
                    "  lipsync render --avatar demo.avatar --voice speech.flac --out frames/ --png --paste exact");
    command->callback([&line, options] {
        line.chosen = [&line, options]() -> Status {
            options->request.measureNetwork = true;
            return renderVoice(options->request, options->json, line.stop);
        };
    });
}

} // namespace lipsync::cli
