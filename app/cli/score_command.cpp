// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "concurrency_options.h"
#include "engine.h"
#include "options.h"
#include "output.h"
#include "score_report.h"
#include "terminal.h"

#include "scoring/avatar_score.h"
#include "scoring/face_landmarks.h"
#include "scoring/sync_meter.h"
#include "scoring/video_score.h"

#include <array>
#include <charconv>
#include <memory>

#include <nlohmann/json.hpp>

namespace lipsync::cli {

namespace {

namespace fs = std::filesystem;

struct ScoreOptions {
    fs::path subject; ///< a video or an avatar
    fs::path voice, ownVoice;
    fs::path features; ///< of the voice, for avatars that need them
    fs::path against;
    fs::path syncWeights;
    int syncReach = scoring::kWav2LipReach;
    bool syncOfWholeFrame = false;
    int firstFrame = 0;
    int frames = 0;
    std::optional<int> referenceOffset;
    std::optional<cv::Rect> face;
    avatar::PasteMode paste = avatar::PasteMode::Feathered;
    ConcurrencyOptions concurrency;
    bool json = false;
};

bool isFolder(const fs::path& path)
{
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

/// Reads "x,y,w,h" in pixels.
std::optional<cv::Rect> parseFace(std::string_view text)
{
    std::array<int, 4> numbers{};
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (i > 0 && (at == end || *at++ != ','))
            return {};
        const auto [stop, problem] = std::from_chars(at, end, numbers[i]);
        if (problem != std::errc())
            return {};
        at = stop;
    }
    const auto [x, y, width, height] = numbers;
    if (at != end || x < 0 || y < 0 || width < 1 || height < 1)
        return {};
    return cv::Rect(x, y, width, height);
}

/// Options that belong to the other kind of subject.
Status checkOptions(const ScoreOptions& options)
{
    const bool isAvatar = isFolder(options.subject);
    const auto refuse = [&](const char* option, const char* kind) {
        return failure(ErrorCode::Usage,
                       fmt::format("{} is for {}, and '{}' is {}.", option, kind, options.subject.string(),
                                   isAvatar ? "a folder" : "no folder"));
    };
    if (isAvatar) {
        if (!options.against.empty())
            return refuse("--against", "videos");
        if (options.face)
            return refuse("--face", "videos");
        if (options.syncOfWholeFrame)
            return refuse("--sync-crop frame", "videos");
    } else {
        if (!options.ownVoice.empty())
            return refuse("--own-voice", "avatars");
        if (options.referenceOffset)
            return refuse("--reference-offset", "avatars");
    }
    if (!options.voice.empty() && !options.ownVoice.empty())
        return failure(ErrorCode::Usage, "--voice and --own-voice exclude each other: an avatar speaks one voice.");
    return {};
}

Result<scoring::ScoreReport> scoreOfAvatar(const ScoreOptions& options, nn::SyncNet* syncNet,
                                           const scoring::LandmarkFinders& finders,
                                           const scoring::ScoreProgress& progress, const std::stop_token& stop)
{
    const auto plan = planOf(options.concurrency, tunedPlan(options.subject));
    if (!plan)
        return failure(plan);
    session::FrameServiceOptions serviceOptions;
    serviceOptions.plan = *plan;
    auto service = session::FrameService::create(serviceOptions);
    if (!service)
        return failure(service);
    scoring::AvatarScoreRequest request;
    request.avatar = options.subject;
    request.voice = options.ownVoice.empty() ? options.voice : options.ownVoice;
    request.voiceIsOwn = !options.ownVoice.empty();
    request.features = options.features;
    request.firstFrame = options.firstFrame;
    request.frames = options.frames;
    request.referenceOffset = options.referenceOffset;
    request.paste = options.paste;
    request.syncNet = syncNet;
    request.syncReach = options.syncReach;
    return scoring::scoreAvatar(**service, request, finders, progress, stop);
}

Result<scoring::ScoreReport> scoreOfVideo(const ScoreOptions& options, nn::SyncNet* syncNet,
                                          const scoring::LandmarkFinders& finders,
                                          const scoring::ScoreProgress& progress, const std::stop_token& stop)
{
    scoring::VideoScoreRequest request;
    request.video = options.subject;
    request.voice = options.voice;
    request.truth = options.against;
    request.firstFrame = options.firstFrame;
    request.frames = options.frames;
    request.face = options.face;
    request.syncOfWholeFrame = options.syncOfWholeFrame;
    request.syncNet = syncNet;
    request.syncReach = options.syncReach;
    return scoring::scoreVideo(request, finders, progress, stop);
}

Status score(const ScoreOptions& options, const std::stop_token& stop)
{
    if (auto sound = checkOptions(options); !sound)
        return sound;
    std::unique_ptr<nn::SyncNet> syncNet;
    if (!options.syncWeights.empty()) {
        nn::RunOptions run;
        run.threads = options.concurrency.threads.value_or(0);
        auto opened = scoring::openSyncNet(options.syncWeights, run);
        if (!opened)
            return failure(opened);
        syncNet = std::move(*opened);
    }
    ProgressLine line;
    const scoring::ScoreProgress progress = [&](std::string_view doing, double share) { line.show(doing, share, ""); };
    const auto tracked = scoring::trackedLandmarks();
    const auto finders = tracked.value_or(scoring::LandmarkFinders());
    auto report = isFolder(options.subject) ? scoreOfAvatar(options, syncNet.get(), finders, progress, stop)
                                            : scoreOfVideo(options, syncNet.get(), finders, progress, stop);
    line.finish();
    if (!report)
        return failure(report);
    if (!tracked)
        report->notes.push_back(tracked.error().text());
    return options.json ? printJson(scoreJson(*report)) : printText(scoreText(*report, options.subject.string()));
}

void addSubjectOptions(CLI::App& command, ScoreOptions& options)
{
    command.add_option("subject", options.subject, "Talking video, or the folder of a trained avatar")
        ->required()
        ->type_name("VIDEO|AVATAR");
    command
        .add_option(
            "--voice", options.voice,
            "A video's sound instead of its own; for an avatar another voice than its own, to see how the mouth "
            "follows it")
        ->type_name("FILE");
    command
        .add_option("--own-voice", options.ownVoice,
                    "The sound the avatar's template was recorded with, where the avatar does not hold it")
        ->type_name("FILE");
    command
        .add_option("--features", options.features,
                    "The voice's features, for avatars that listen to hubert or wenet features")
        ->type_name("FILE.npy");
    command.add_option("--against", options.against, "Video of the same frames as they really were")
        ->type_name("VIDEO");
    command.add_option("--first", options.firstFrame, "First frame that is measured")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command.add_option("--frames", options.frames, "Most frames that are measured; 0 = all")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command
        .add_option_function<int>(
            "--reference-offset", [&options](int offset) { options.referenceOffset = offset; },
            "Frames from each frame to the one whose mouth the network is shown; default: half of the clip")
        ->type_name("N");
    command
        .add_option_function<std::string>(
            "--face", [&options](const std::string& given) { options.face = parseFace(given); },
            "Where the face is in the first measured frame, in pixels")
        ->check([](const std::string& given) {
            return parseFace(given) ? std::string() : "'" + given + "' is no rectangle such as 120,80,200,200";
        })
        ->type_name("X,Y,W,H");
}

} // namespace

void addScoreCommand(CommandLine& line)
{
    auto options = std::make_shared<ScoreOptions>();
    auto* command = line.app.add_subcommand("score", "Measure how well an avatar or a video speaks");
    addSubjectOptions(*command, *options);
    command
        ->add_option("--sync-weights", options->syncWeights,
                     "SyncNet's weights (syncnet_v2.model of syncnet_python), for LSE-D and LSE-C")
        ->type_name("FILE");
    addChoice(*command, "--sync-reach", options->syncReach,
              {{"15", scoring::kWav2LipReach}, {"10", scoring::kSyncNetReach}},
              "Shifts of sound against lips that are tried: 15 frames as Wav2Lip's evaluation, 10 as SyncNet itself");
    addChoice(*command, "--sync-crop", options->syncOfWholeFrame, {{"face", false}, {"frame", true}},
              "What SyncNet sees of a video: the tracked face, or the whole frame as Wav2Lip's evaluation");
    addChoice(*command, "--paste", options->paste,
              {{"feathered", avatar::PasteMode::Feathered}, {"exact", avatar::PasteMode::Exact}},
              "feathered: soft, colour-true border; exact: as SyncTalk_2D");
    addConcurrencyOptions(*command, options->concurrency);
    addJsonOption(*command, options->json);
    command->footer("An avatar is made to speak its own sound and compared with its template's true frames.\n"
                    "Examples:\n"
                    "  lipsync score anna.avatar\n"
                    "  lipsync score anna.avatar --first 1200 --frames 250 --json\n"
                    "  lipsync score speech.mp4 --sync-weights syncnet_v2.model\n"
                    "  lipsync score rendered.mp4 --against recorded.mp4");
    command->callback([&line, options] { line.chosen = [&line, options] { return score(*options, line.stop); }; });
}

} // namespace lipsync::cli
