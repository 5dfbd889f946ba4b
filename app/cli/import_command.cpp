// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "options.h"
#include "output.h"
#include "terminal.h"

#include "importing/avatar_import.h"
#include "nn/checkpoint/torchscript.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <string_view>
#include <thread>

#include <nlohmann/json.hpp>

namespace lipsync::cli {

namespace {

struct ImportCommand {
    importing::ImportOptions request;
    std::string mode;
    std::string frames;
    std::vector<int> face;
    std::vector<int> pads;
    bool json = false;
};

/// "21-522" as a stretch of frames.
std::optional<importing::FrameRange> parseFrames(std::string_view text)
{
    importing::FrameRange range;
    const char* end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, range.first);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-')
        return {};
    const auto last = std::from_chars(first.ptr + 1, end, range.last);
    const bool isRange = last.ec == std::errc() && last.ptr == end && range.first >= 0 && range.last > range.first;
    return isRange ? std::optional(range) : std::nullopt;
}

/// Turns what was typed into a request.
Status complete(ImportCommand& command)
{
    auto& request = command.request;
    if (!command.mode.empty())
        request.network.mode = nn::parseAudioMode(command.mode);
    if (!command.frames.empty()) {
        request.frames = parseFrames(command.frames);
        if (!request.frames)
            return failure(ErrorCode::Usage,
                           fmt::format("--frames takes a stretch such as 0-522, not '{}'.", command.frames));
    }
    if (!command.face.empty())
        request.face = cv::Rect(command.face[0], command.face[1], command.face[2], command.face[3]);
    if (!command.pads.empty())
        std::copy(command.pads.begin(), command.pads.end(), request.pads.begin());
    return {};
}

nlohmann::ordered_json toJson(const importing::ImportReport& report)
{
    return {{"source", report.source},         {"network", report.network}, {"checkpoint", report.checkpoint.string()},
            {"frames", report.frames},         {"width", report.width},     {"height", report.height},
            {"source_fps", report.sourceRate}, {"sound", report.hasSound},  {"warnings", report.warnings}};
}

std::string reportText(const importing::ImportReport& report, const std::filesystem::path& output)
{
    std::string text = fmt::format("{}: {} frames of {} × {} pixels{}, network {}\n", output.string(), report.frames,
                                   report.width, report.height, report.hasSound ? ", with sound" : "", report.network);
    for (const auto& warning : report.warnings)
        text += "  note: " + warning + "\n";
    return text;
}

Status importSource(ImportCommand& command, const std::stop_token& stop)
{
    if (auto sensible = complete(command); !sensible)
        return sensible;
    ProgressLine line;
    importing::ImportEvents events;
    events.recognised = [&](const std::string& sentence) { line.say(sentence); };
    events.progress = [&](const char* stage, double share) { line.show(stage, share, ""); };
    const auto report = importing::importAvatar(command.request, events, stop);
    line.finish();
    if (!report)
        return failure(report);
    return command.json ? printJson(toJson(*report)) : printText(reportText(*report, command.request.output));
}

void addNetworkOptions(CLI::App& command, ImportCommand& options)
{
    auto& network = options.request.network;
    command
        .add_option("--checkpoint", network.checkpoint,
                    "Its network: a weights file, or a folder of numbered ones; default: looked for in the source")
        ->type_name("FILE");
    command
        .add_option("--audio-encoder", network.audioEncoder,
                    "AVE audio encoder of the network: audio_visual_encoder.pth or audio_encoder.pth")
        ->type_name("FILE");
    command.add_option("--mode", options.mode, "What the network listens to, where its weights do not tell")
        ->check(CLI::IsMember({"ave", "hubert", "wenet", "mel"}));
    command
        .add_option("--features", network.features,
                    "hubert or wenet features of the source's sound, as the tools write them")
        ->type_name("FILE.npy");
    command.add_option("--manifest", network.manifest, "JSON that declares what a TorchScript network takes")
        ->type_name("FILE");
    command.add_flag(nn::kScriptConsentOption, network.allowTorchScript,
                     "Run a TorchScript network's code, which can do whatever you can");
}

void addPictureOptions(CLI::App& command, ImportCommand& options)
{
    constexpr double kLongest = 24.0 * 60 * 60;
    auto& request = options.request;
    command.add_option("--frames", options.frames, "Part of a data set or package, by frame numbers")->type_name("A-B");
    command
        .add_option("--picture-rate", request.pictureRate,
                    "Pictures a second of a data set; default: told by its sound")
        ->check(CLI::Range(1.0, 240.0));
    command.add_option("--start", request.startSeconds, "Where to begin in a video, in seconds")
        ->check(CLI::Range(0.0, kLongest));
    command.add_option("--seconds", request.seconds, "How much of a video to take")->check(CLI::Range(0.04, kLongest));
    command.add_option("--face", options.face, "Where the face is in a video, in pixels of the upright picture")
        ->delimiter(',')
        ->expected(4)
        ->type_name("X,Y,WIDTH,HEIGHT");
    command.add_option("--pads", options.pads, "Pixels around a face that is found: top, bottom, left, right")
        ->delimiter(',')
        ->expected(4)
        ->default_str("0,10,0,0")
        ->type_name("N,N,N,N");
}

} // namespace

void addImportCommand(CommandLine& line)
{
    constexpr int kMostThreads = 256;
    auto options = std::make_shared<ImportCommand>();
    auto& request = options->request;
    request.threads = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 16u));
    auto* command = line.app.add_subcommand("import", "Make an avatar of what other tools have prepared and trained");
    command
        ->add_option("source", request.source,
                     "SyncTalk_2D or Ultralight data set, package (folder or .zip), or a video for a Wav2Lip network")
        ->required()
        ->type_name("SRC");
    command->add_option("--out", request.output, "Avatar folder to write")->required()->type_name("NAME.avatar");
    addNetworkOptions(*command, *options);
    addPictureOptions(*command, *options);
    command->add_option("--title", request.title, "Name for people");
    command->add_option("--attribution", request.attribution, "Whom to thank");
    command->add_option("--licence", request.licence, "Licence of pictures and weights");
    command->add_flag("--overwrite", request.overwrite, "Replace the avatar if it exists");
    command->add_option("--threads", request.threads, "Threads of decoder and encoder")
        ->check(CLI::Range(1, kMostThreads))
        ->capture_default_str();
    addJsonOption(*command, options->json);
    command->footer(
        "Examples:\n"
        "  lipsync import dataset/anna --checkpoint checkpoint/anna --audio-encoder audio_visual_encoder.pth"
        " --out anna.avatar\n"
        "  lipsync import sanders.zip --audio-encoder audio_visual_encoder.pth --out sanders.avatar\n"
        "  lipsync import anna.mp4 --checkpoint wav2lip.pth --face 210,80,160,200 --out anna.avatar");
    command->callback(
        [&line, options] { line.chosen = [&line, options]() -> Status { return importSource(*options, line.stop); }; });
}

} // namespace lipsync::cli
