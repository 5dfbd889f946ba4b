// SPDX-License-Identifier: GPL-3.0-or-later
#include "scoring/avatar_score.h"

#include "media/audio_decoder.h"
#include "scoring/avatar_scene.h"
#include "scoring/frame_meter.h"

#include <algorithm>

namespace lipsync::scoring {

namespace {

constexpr int kLagReach = 5; ///< frames

/// One way of speaking, measured.
struct Spoken {
    Likeness likeness, before;
    std::vector<double> openings, trueOpenings;
    std::int64_t framesWithFace = 0, trueFramesWithFace = 0, trueFramesFound = 0;
    Jitter jitter, trueJitter;
    std::optional<SyncScore> sync;
    bool syncOfFace = false;
};

/// SyncNet's meter for what is spoken, when it is wanted and can hear so.
std::optional<SyncMeter> syncMeterOf(const AvatarScene& scene)
{
    const double rate = scene.avatar->package().manifest().frameRate();
    if (!scene.request.syncNet || rate != kSyncFrameRate)
        return {};
    const auto from = static_cast<std::size_t>(scene.range.first * media::kSpeechSampleRate / kSyncFrameRate);
    return std::optional<SyncMeter>(std::in_place, *scene.request.syncNet,
                                    std::span(scene.speech).subspan(std::min(from, scene.speech.size())),
                                    scene.request.syncReach);
}

Result<Spoken> measure(const AvatarScene& scene, SpokenFrames& frames, bool withSync,
                       const std::function<void(double)>& progress, const std::stop_token& stop)
{
    auto finder = finderOf(scene.finders, scene.firstFace), trueFinder = finderOf(scene.finders, scene.firstFace);
    if (!finder)
        return failure(finder);
    if (!trueFinder)
        return failure(trueFinder);
    auto sync = withSync ? syncMeterOf(scene) : std::nullopt;
    SequenceMeter generated(std::move(*finder), sync ? &*sync : nullptr), truth(std::move(*trueFinder), nullptr);
    LikenessMeter likeness, before;
    std::int64_t done = 0;
    while (true) {
        auto frame = frames.next(stop);
        if (!frame)
            return failure(frame);
        if (!*frame)
            break;
        const auto& spoken = **frame;
        const auto rectangle = spoken.templateFrame->rectangle.rect();
        const auto& truePicture = spoken.templateFrame->picture;
        const auto at = static_cast<std::size_t>(done);
        if (auto added = truth.add(truePicture, rectangle, at < scene.known.size() ? scene.known[at] : std::nullopt);
            !added)
            return failure(added);
        if (auto added = generated.add(spoken.picture, rectangle); !added)
            return failure(added);
        const auto mouth = mouthOf(truth.landmarks(), rectangle, cv::Rect({}, truePicture.size()));
        likeness.add(truePicture, spoken.picture, rectangle, mouth, truth.landmarks(), generated.landmarks());
        if (!spoken.before.empty())
            before.add(truePicture, spoken.before, rectangle, mouth, {}, {});
        progress(static_cast<double>(++done) / static_cast<double>(scene.range.count));
    }
    Spoken result{likeness.likeness(),
                  before.likeness(),
                  generated.openings(),
                  truth.openings(),
                  generated.framesWithFace(),
                  truth.framesWithFace(),
                  truth.framesFound(),
                  generated.jitter(),
                  truth.jitter(),
                  {},
                  generated.framesWithFace() > 0};
    if (sync) {
        auto score = sync->finish();
        if (!score)
            return failure(score);
        result.sync = *score;
    }
    return result;
}

/// The network's options for frames that are made without workers: all the plan's threads, or its first device.
nn::RunOptions runOptionsOf(const ConcurrencyPlan& plan)
{
    nn::RunOptions options;
    options.threads = plan.threadsPerWorker * plan.workerCount();
    if (!plan.devices.empty() && plan.devices.front().device.starts_with("cuda"))
        options.device = plan.devices.front().device;
    return options;
}

void noteWhatIsMissing(ScoreReport& report, const AvatarScene& scene)
{
    if (!scene.finders) {
        report.notes.emplace_back("Landmarks could not be looked for, so mouth openings and landmark distances "
                                  "are not measured.");
    } else if (report.framesWithFace == 0) {
        report.notes.emplace_back("No face was found in what the avatar speaks, so mouth openings and landmark "
                                  "distances are not measured; the mouth's place is guessed from the crop.");
    } else if (report.framesWithFace < report.frames) {
        report.notes.push_back(fmt::format("A face was found in {} of {} frames; figures of landmarks are of those.",
                                           report.framesWithFace, report.frames));
    }
    if (scene.request.syncNet && report.frameRate != kSyncFrameRate) {
        report.notes.push_back(fmt::format("SyncNet knows {:g} frames a second only, and this avatar has {:g}.",
                                           kSyncFrameRate, report.frameRate));
    }
}

void takeVoice(ScoreReport& report, const AvatarScene& scene, const Spoken& spoken)
{
    const double samplesPerFrame = media::kSpeechSampleRate / report.frameRate;
    const auto all =
        speechEnvelope(scene.speech, static_cast<std::size_t>(scene.range.first + scene.range.count), samplesPerFrame);
    const auto envelope = std::span(all).subspan(static_cast<std::size_t>(scene.range.first));
    report.framesWithFace = spoken.framesWithFace;
    report.jitter = spoken.jitter;
    report.jitterOfTruth = spoken.trueJitter;
    report.sync = spoken.sync;
    report.syncReach = spoken.sync ? scene.request.syncReach : 0;
    report.syncOfFace = spoken.syncOfFace;
    if (spoken.framesWithFace > 0) {
        report.voice = bestLag(envelope, spoken.openings, kLagReach);
        report.meanOpening = mean(spoken.openings);
    }
    if (spoken.trueFramesWithFace == 0)
        return;
    report.landmarkSource = spoken.trueFramesFound > 0 ? "tracker" : "package";
    if (scene.ownVoice)
        report.voiceOfTruth = bestLag(envelope, spoken.trueOpenings, kLagReach);
}

Result<ScoreReport> scoreOwnVoice(AvatarScene& scene, const ScoreProgress& progress, const std::stop_token& stop)
{
    const int frameCount = scene.avatar->package().manifest().frameCount;
    const int offset = scene.request.referenceOffset.value_or(frameCount / 2);
    if (offset % frameCount == 0) {
        return failure(ErrorCode::Usage,
                       fmt::format("A reference offset of {} in a clip of {} frames shows the network "
                                   "the very mouth it shall make; choose another one.",
                                   offset, frameCount));
    }
    ScoreReport report;
    report.frames = scene.range.count;
    report.frameRate = scene.avatar->package().manifest().frameRate();
    report.firstFrame = static_cast<int>(scene.range.first);
    report.referenceOffset = offset;
    const double half = scene.request.withTruthShown ? 0.5 : 1.0;
    const auto mouthOf = [&](std::int64_t number) {
        const auto other = (number + offset) % frameCount;
        return static_cast<int>(other < 0 ? other + frameCount : other);
    };
    auto foreign = framesWithForeignMouth(*scene.avatar, scene.voice->session(), *scene.compositor, scene.range,
                                          mouthOf, runOptionsOf(scene.service.plan()));
    if (!foreign)
        return failure(foreign);
    auto spoken = measure(
        scene, **foreign, true, [&](double share) { progress("another mouth shown", share * half); }, stop);
    if (!spoken)
        return failure(spoken);
    report.likeness = spoken->likeness;
    report.likenessOfTemplate = spoken->before;
    takeVoice(report, scene, *spoken);
    if (scene.request.withTruthShown) {
        const auto frames = framesOfWorkers(scene.service, *scene.avatar, scene.voice->session(), *scene.compositor,
                                            scene.range, [](std::int64_t number) { return static_cast<int>(number); });
        auto shown = measure(
            scene, *frames, false, [&](double share) { progress("as exported", half + share * half); }, stop);
        if (!shown)
            return failure(shown);
        report.likenessWithTruth = shown->likeness;
    }
    noteWhatIsMissing(report, scene);
    return report;
}

Result<ScoreReport> scoreOtherVoice(AvatarScene& scene, const ScoreProgress& progress, const std::stop_token& stop)
{
    ScoreReport report;
    report.frames = scene.range.count;
    report.frameRate = scene.avatar->package().manifest().frameRate();
    report.firstFrame = static_cast<int>(scene.range.first);
    auto& session = scene.voice->session();
    const auto frames = framesOfWorkers(scene.service, *scene.avatar, session, *scene.compositor, scene.range,
                                        [&](std::int64_t number) { return session.templateIndex(number); });
    auto spoken = measure(
        scene, *frames, true, [&](double share) { progress("speaking", share); }, stop);
    if (!spoken)
        return failure(spoken);
    takeVoice(report, scene, *spoken);
    noteWhatIsMissing(report, scene);
    report.notes.emplace_back("With a voice that is not the template's own there are no true frames to compare with.");
    return report;
}

} // namespace

Result<ScoreReport> scoreAvatar(session::FrameService& service, const AvatarScoreRequest& request,
                                const LandmarkFinders& finders, const ScoreProgress& progress,
                                const std::stop_token& stop)
{
    auto scene = openScene(service, request, finders, stop);
    if (!scene)
        return failure(scene);
    return scene->ownVoice ? scoreOwnVoice(*scene, progress, stop) : scoreOtherVoice(*scene, progress, stop);
}

} // namespace lipsync::scoring
