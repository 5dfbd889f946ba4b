// SPDX-License-Identifier: GPL-3.0-or-later
#include "scoring/video_score.h"

#include "media/audio_decoder.h"
#include "scoring/avatar_score.h"
#include "scoring/frame_meter.h"
#include "scoring/paced_video.h"

#include <algorithm>
#include <cmath>

namespace lipsync::scoring {

namespace {

constexpr int kLagReach = 5; ///< frames
constexpr double kFewFaces = 0.5; ///< of the frames: below it the figures say little

/// Passes over the frames before the first one that is measured.
Status skipTo(PacedVideo& video, int firstFrame, const std::filesystem::path& file, const std::stop_token& stop)
{
    for (int number = 0; number < firstFrame; ++number) {
        if (stop.stop_requested())
            return failure(ErrorCode::Interrupted, "Stopped; nothing was written.");
        const auto frame = video.next();
        if (!frame)
            return failure(frame);
        if (!*frame) {
            return failure(ErrorCode::Usage,
                           fmt::format("There is no frame {} in '{}': at 25 frames a second it has {}.", firstFrame,
                                       file.string(), number));
        }
    }
    return {};
}

Result<std::unique_ptr<PacedVideo>> openAt(const std::filesystem::path& file, int firstFrame,
                                           const std::stop_token& stop)
{
    auto video = PacedVideo::open(file);
    if (!video)
        return video;
    if (auto skipped = skipTo(**video, firstFrame, file, stop); !skipped)
        return failure(skipped);
    return video;
}

/// The sound from the first measured frame on.
Result<std::vector<float>> speechOf(const VideoScoreRequest& request, const media::ShownVideo& info,
                                    const std::stop_token& stop)
{
    const double from = request.firstFrame / kSyncFrameRate;
    if (!request.voice.empty() || info.seconds <= 0) {
        auto speech = media::decodeSpeech(request.voice.empty() ? request.video : request.voice);
        if (!speech)
            return failure(speech);
        const auto first = static_cast<std::size_t>(from * media::kSpeechSampleRate);
        speech->samples.erase(speech->samples.begin(),
                              speech->samples.begin() +
                                  static_cast<std::ptrdiff_t>(std::min(first, speech->samples.size())));
        return std::move(speech->samples);
    }
    auto seconds = std::min(info.seconds - from, media::kLongestAudioSeconds);
    if (request.frames > 0)
        seconds = std::min(seconds, (request.frames + 1) / kSyncFrameRate);
    auto speech = media::decodeSpeechAt(request.video, info.originSeconds + from, std::max(seconds, 0.0), stop);
    if (!speech)
        return failure(speech);
    return std::move(speech->samples);
}

/// Compares each frame with the same one of the true video.
class TrueVideo {
public:
    TrueVideo(std::unique_ptr<PacedVideo> video, LandmarkFinder finder)
        : m_video(std::move(video))
        , m_meter(std::move(finder), nullptr)
    {
    }

    /// False when the true video has ended.
    Result<bool> add(const cv::Mat& picture, const std::optional<Landmarks>& landmarks, const std::string& name)
    {
        const auto truth = m_video->next();
        if (!truth)
            return failure(truth);
        if (!*truth)
            return false;
        const auto& picture0 = **truth;
        if (picture0.size() != picture.size()) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("'{}' has pictures of {}×{}, but those it is compared with have {}×{}.", name,
                                       picture0.cols, picture0.rows, picture.cols, picture.rows));
        }
        if (auto added = m_meter.add(picture0, {}); !added)
            return failure(added);
        const auto& known = m_meter.landmarks();
        const cv::Rect bounds({}, picture0.size());
        const auto face = known ? faceOf(known, {}, bounds) : (m_meter.framesWithFace() == 0 ? bounds : cv::Rect());
        m_likeness.add(picture0, picture, face, mouthOf(known, {}, bounds), known, landmarks);
        return true;
    }

    const SequenceMeter& meter() const { return m_meter; }
    Likeness likeness() const { return m_likeness.likeness(); }

private:
    const std::unique_ptr<PacedVideo> m_video;
    SequenceMeter m_meter;
    LikenessMeter m_likeness;
};

Result<std::unique_ptr<TrueVideo>> openTruth(const VideoScoreRequest& request, const LandmarkFinders& finders,
                                             const std::stop_token& stop)
{
    if (request.truth.empty())
        return nullptr;
    auto video = openAt(request.truth, request.firstFrame, stop);
    if (!video)
        return failure(video);
    auto finder = finderOf(finders, request.face);
    if (!finder)
        return failure(finder);
    return std::make_unique<TrueVideo>(std::move(*video), std::move(*finder));
}

Status checkMeasured(const ScoreReport& report, const VideoScoreRequest& request, bool canFind)
{
    if (report.frames < kFewestFrames) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("'{}' has {} frames to measure, which is too few; at least {} are needed.",
                                   request.video.string(), report.frames, kFewestFrames));
    }
    if (canFind && report.framesWithFace == 0 && request.truth.empty()) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("No face was found in '{}'; say where it is by --face x,y,w,h, or compare it with "
                                   "another video by --against.",
                                   request.video.string()));
    }
    return {};
}

void addNotes(ScoreReport& report, bool canFind)
{
    if (!canFind) {
        report.notes.emplace_back("Landmarks could not be looked for, so mouth openings and landmark distances "
                                  "are not measured.");
    } else if (report.framesWithFace == 0) {
        report.notes.emplace_back(
            "No face was found: pictures are compared as a whole, and the mouth is not measured.");
    } else if (report.framesWithFace < report.frames) {
        report.notes.push_back(
            fmt::format("A face was found in {} of {} frames; figures of the mouth are of those{}.",
                        report.framesWithFace, report.frames,
                        static_cast<double>(report.framesWithFace) < kFewFaces * static_cast<double>(report.frames)
                            ? ", and say little"
                            : ""));
    }
}

} // namespace

Result<ScoreReport> scoreVideo(const VideoScoreRequest& request, const LandmarkFinders& finders,
                               const ScoreProgress& progress, const std::stop_token& stop)
{
    auto video = openAt(request.video, request.firstFrame, stop);
    if (!video)
        return failure(video);
    const auto speech = speechOf(request, (*video)->info(), stop);
    const bool isSilent = !speech && !request.truth.empty() && request.voice.empty();
    if (!speech && (!isSilent || speech.error().code != ErrorCode::InvalidInput))
        return failure(speech);
    auto truth = openTruth(request, finders, stop);
    if (!truth)
        return failure(truth);
    auto finder = finderOf(finders, request.face);
    if (!finder)
        return failure(finder);
    std::optional<SyncMeter> sync;
    if (request.syncNet && !isSilent)
        sync.emplace(*request.syncNet, *speech, request.syncReach);
    SequenceMeter meter(std::move(*finder), sync && !request.syncOfWholeFrame ? &*sync : nullptr);

    ScoreReport report;
    report.frameRate = kSyncFrameRate;
    report.firstFrame = request.firstFrame;
    const double expected = (*video)->info().seconds * kSyncFrameRate - request.firstFrame;
    const double wanted = request.frames > 0 ? std::min<double>(request.frames, expected) : expected;
    bool truthEnded = false;
    while (request.frames == 0 || report.frames < request.frames) {
        if (stop.stop_requested())
            return failure(ErrorCode::Interrupted, "Stopped; nothing was written.");
        auto frame = (*video)->next();
        if (!frame)
            return failure(frame);
        if (!*frame)
            break;
        if (auto added = meter.add(**frame, {}); !added)
            return failure(added);
        if (sync && request.syncOfWholeFrame) {
            if (auto added = sync->add(**frame); !added)
                return failure(added);
        }
        if (*truth && !truthEnded) {
            const auto compared = (*truth)->add(**frame, meter.landmarks(), request.truth.string());
            if (!compared)
                return failure(compared);
            truthEnded = !*compared;
        }
        ++report.frames;
        progress("looking", wanted > 0 ? std::min(1.0, static_cast<double>(report.frames) / wanted) : 0);
    }

    report.framesWithFace = meter.framesWithFace();
    if (auto sound = checkMeasured(report, request, static_cast<bool>(finders)); !sound)
        return failure(sound);
    report.jitter = meter.jitter();
    if (report.framesWithFace > 0) {
        report.landmarkSource = "tracker";
        report.meanOpening = mean(meter.openings());
        if (!isSilent) {
            report.voice =
                bestLag(speechEnvelope(*speech, static_cast<std::size_t>(report.frames)), meter.openings(), kLagReach);
        }
    }
    if (*truth) {
        report.likeness = (*truth)->likeness();
        report.jitterOfTruth = (*truth)->meter().jitter();
        if (!isSilent && (*truth)->meter().framesWithFace() > 0)
            report.voiceOfTruth = bestLag(speechEnvelope(*speech, static_cast<std::size_t>(report.frames)),
                                          (*truth)->meter().openings(), kLagReach);
    }
    if (sync) {
        auto score = sync->finish();
        if (!score)
            return failure(score);
        report.sync = *score;
        report.syncReach = report.sync ? request.syncReach : 0;
        report.syncOfFace = report.sync && !request.syncOfWholeFrame && report.framesWithFace > 0;
    }
    addNotes(report, static_cast<bool>(finders));
    if (truthEnded)
        report.notes.push_back(
            fmt::format("'{}' ended earlier; only its frames were compared.", request.truth.string()));
    if (isSilent)
        report.notes.emplace_back("The video has no sound: give it by --voice to measure how the mouth follows it.");
    return report;
}

} // namespace lipsync::scoring
