// SPDX-License-Identifier: GPL-3.0-or-later
#include "scoring/avatar_scene.h"

#include "media/audio_decoder.h"

#include <algorithm>

namespace lipsync::scoring {

namespace {

/// Sound beyond the measured frames that a network may hear with the last of them.
constexpr double kSecondsAhead = 2.0;

/// The file of the voice: the one that was asked for, or the avatar's own.
Result<std::filesystem::path> voiceOf(const session::OpenAvatar& avatar, const AvatarScoreRequest& request)
{
    if (!request.voice.empty())
        return request.voice;
    if (const auto own = avatar.package().soundFile())
        return *own;
    return failure(ErrorCode::InvalidInput,
                   fmt::format("The avatar {} has no sound of its own; give the one its template was recorded with by "
                               "--own-voice, or any other by --voice.",
                               request.avatar.string()));
}

/// The landmarks of every template frame where the package has them; otherwise none.
Result<std::vector<Landmarks>> landmarksOf(const session::OpenAvatar& avatar)
{
    const auto array = avatar.package().landmarks();
    if (!array)
        return failure(array);
    if (!*array)
        return std::vector<Landmarks>{};
    std::vector<Landmarks> landmarks((*array)->shape.front());
    auto number = (*array)->values.begin();
    for (auto& face : landmarks) {
        for (auto& point : face) {
            point.x = *number++;
            point.y = *number++;
        }
    }
    return landmarks;
}

/// Which of the frames that have a voice are measured.
Result<FrameRange> rangeOf(const AvatarScoreRequest& request, std::int64_t frames)
{
    if (request.firstFrame >= frames) {
        return failure(ErrorCode::Usage,
                       fmt::format("There is no frame {}: {} have a voice.", request.firstFrame, frames));
    }
    FrameRange range{request.firstFrame, frames - request.firstFrame};
    if (request.frames > 0)
        range.count = std::min<std::int64_t>(range.count, request.frames);
    if (range.count < kFewestFrames) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} frames are too few to measure anything; at least {} are needed.", range.count,
                                   kFewestFrames));
    }
    return range;
}

} // namespace

Result<AvatarScene> openScene(session::FrameService& service, const AvatarScoreRequest& request,
                              const LandmarkFinders& finders, const std::stop_token& stop)
{
    auto avatar = service.openAvatar(request.avatar);
    if (!avatar)
        return failure(avatar);
    const auto file = voiceOf(**avatar, request);
    if (!file)
        return failure(file);
    const auto& package = (*avatar)->package();
    const auto& manifest = package.manifest();
    auto features = session::featuresOf(package, request.voiceIsOwn ? package.soundFile().value_or(*file) : *file,
                                        request.features);
    if (!features)
        return failure(features);
    const bool hasFeatures = features->has_value();
    auto speech = media::decodeSpeech(*file);
    if (!speech)
        return failure(speech);
    auto voice = SpokenVoice::create(**avatar, std::move(*features));
    if (!voice)
        return failure(voice);
    const auto heardFrames = (*voice)->session().framesOf(speech->samples.size());
    if (!heardFrames)
        return failure(heardFrames);
    const bool ownVoice = request.voice.empty() || request.voiceIsOwn;
    const auto range =
        rangeOf(request, ownVoice ? std::min<std::int64_t>(*heardFrames, manifest.frameCount) : *heardFrames);
    if (!range)
        return failure(range);
    if (!hasFeatures) { // sound that nobody asks for would be heard for nothing
        const double heard = static_cast<double>(range->first + range->count) / manifest.frameRate() + kSecondsAhead;
        const auto samples = static_cast<std::size_t>(heard * media::kSpeechSampleRate);
        speech->samples.resize(std::min(speech->samples.size(), samples));
    }
    const auto landmarks = landmarksOf(**avatar);
    if (!landmarks)
        return failure(landmarks);
    std::optional<cv::Rect> firstFace;
    std::vector<std::optional<Landmarks>> known;
    if (!landmarks->empty()) {
        const auto first = ownVoice ? range->first : (*voice)->session().templateIndex(range->first);
        firstFace = cv::Rect(landmarkBox((*landmarks)[static_cast<std::size_t>(first)]));
        if (ownVoice)
            known.assign(landmarks->begin() + range->first, landmarks->begin() + range->first + range->count);
    }
    if (auto ready = service.waitUntilReady(**avatar, stop); !ready)
        return failure(ready);
    (*voice)->listen(speech->samples);
    auto compositor = std::make_unique<avatar::Compositor>(manifest.network, manifest.cropResize, request.paste);
    return AvatarScene{service,
                       request,
                       finders,
                       std::move(*avatar),
                       ownVoice,
                       std::move(speech->samples),
                       std::move(*voice),
                       *range,
                       firstFace,
                       std::move(known),
                       std::move(compositor)};
}

} // namespace lipsync::scoring
