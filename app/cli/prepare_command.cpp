// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "options.h"
#include "output.h"
#include "terminal.h"

#include "preparation/preparation.h"

#include <charconv>
#include <chrono>
#include <memory>
#include <vector>

#include <nlohmann/json.hpp>

namespace lipsync::cli {

namespace {

struct PrepareOptions {
    preparation::PreparationRequest request;
    std::string face;
    int network = 160;
    std::optional<double> seconds;
    bool json = false;
};

std::optional<float> numberOf(std::string_view text)
{
    float value = 0.0F;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size())
        return {};
    return value;
}

/// "2" chooses the second largest face, "x,y,w,h" the one in that box.
Status readFace(const std::string& text, preparation::PreparationRequest& request)
{
    if (text.empty())
        return {};
    std::vector<float> numbers;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find(',', at), text.size());
        const auto number = numberOf(std::string_view(text).substr(at, end - at));
        if (!number)
            break;
        numbers.push_back(*number);
        at = end + 1;
        if (end == text.size() && numbers.size() == 1 && *number >= 1 && *number <= 100) {
            request.faceNumber = static_cast<int>(*number);
            if (static_cast<float>(request.faceNumber) == *number)
                return {};
        }
        if (end == text.size() && numbers.size() == 4 && numbers[2] > 0 && numbers[3] > 0) {
            request.faceBox = cv::Rect2f(numbers[0], numbers[1], numbers[2], numbers[3]);
            return {};
        }
    }
    return failure(ErrorCode::Usage,
                   fmt::format("--face takes a number (1 the largest face, 2 the next) or a box x,y,w,h in pixels, not "
                               "'{}'.",
                               text));
}

std::string reportText(const preparation::QualityReport& report, const std::filesystem::path& output)
{
    auto text = fmt::format("{}: {} frames, a face in {} of them ({} detected, {} tracked); square of {} pixels, "
                            "jitter {:.2f}\n",
                            output.string(), report.frames, report.framesWithFace, report.framesDetected,
                            report.framesWithFace - report.framesDetected, report.cropSide, report.cropJitter);
    for (const auto& warning : report.warnings)
        text += "- " + warning + "\n";
    return text + fmt::format("Train it with: lipsync train {}\n", output.string());
}

Status prepareAvatar(PrepareOptions& options, const std::stop_token& stop)
{
    auto& request = options.request;
    if (auto read = readFace(options.face, request); !read)
        return read;
    request.seconds = options.seconds;
    request.network.kind = options.network == 328 ? nn::GeneratorKind::SyncTalk2D328 : nn::GeneratorKind::SyncTalk2D160;
    const auto started = std::chrono::steady_clock::now();
    ProgressLine line;
    const auto report = preparation::prepare(
        request,
        [&](const preparation::PreparationProgress& state) {
            line.show(state.stage, state.share, state.frames > 0 ? fmt::format("frame {}", state.frames) : "");
        },
        stop);
    line.finish();
    if (!report)
        return failure(report);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
    if (!options.json)
        return printText(reportText(*report, request.output));
    auto facts = nlohmann::ordered_json::parse(preparation::toJson(*report));
    facts["took_seconds"] = taken.count();
    facts["frames_per_second"] = static_cast<double>(report->frames) / taken.count();
    return printJson(facts);
}

} // namespace

void addPrepareCommand(CommandLine& line)
{
    auto options = std::make_shared<PrepareOptions>();
    auto& request = options->request;
    auto* command =
        line.app.add_subcommand("prepare", "Make an avatar, still to be trained, of a talking person's video");
    command->add_option("video", request.video, "Video of one person who talks")->required()->type_name("VIDEO");
    command->add_option("--out", request.output, "Avatar folder to write, NAME.avatar")->required()->type_name("DIR");
    command->add_option("--face", options->face,
                        "Which face: 1 the largest (default), 2 the next, or a box x,y,w,h in the first frame");
    command->add_option("--network", options->network, "Network it is meant for: 160 or 328")
        ->check(CLI::IsMember({160, 328}))
        ->capture_default_str();
    command->add_option("--start", request.startSeconds, "Where to begin in the video, in seconds")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--seconds", options->seconds, "How much of it to take")->check(CLI::PositiveNumber);
    command->add_option("--landmarks", request.landmarkData, "dlib's model of 68 landmarks, if not the system's")
        ->type_name("FILE");
    command->add_option("--title", request.title, "Title for people");
    command->add_option("--licence", request.licence, "Licence of the pictures");
    command->add_option("--attribution", request.attribution, "Whom to thank");
    command->add_option("--pictures", request.pictures, "Folder for pictures of the frames that warnings are about")
        ->type_name("DIR");
    command->add_flag("--overwrite,--force", request.overwrite, "Replace the avatar if it exists");
    addJsonOption(*command, options->json);
    command->footer("Examples:\n"
                    "  lipsync prepare anna.mp4 --out anna.avatar\n"
                    "  lipsync prepare panel.mov --out guest.avatar --face 2 --start 12 --seconds 90\n"
                    "  lipsync prepare cartoon.mp4 --out toon.avatar --face 120,40,180,180 --pictures look/");
    command->callback([&line, options] {
        line.chosen = [&line, options]() -> Status { return prepareAvatar(*options, line.stop); };
    });
}

} // namespace lipsync::cli
