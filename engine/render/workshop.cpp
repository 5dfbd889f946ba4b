// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/workshop.h"

#include "base/file_system.h"

#include <algorithm>

namespace lipsync::render {

namespace {

/// Batches a worker that are prepared, computed, or waiting to be written: one of each, and one to spare.
constexpr std::int64_t kBatchesUnderWay = 4;

/// The voice as the file gets it: as it is, where its encoder can carry that.
Result<media::PcmAudio> soundFor(const RenderRequest& request)
{
    auto sound = media::decodeAudio(request.voice);
    if (!sound)
        return failure(sound);
    const int rate = media::encodableSampleRate(sound->sampleRate, request.videoFormat);
    const int channels = std::min(sound->channels, 2);
    if (rate == sound->sampleRate && channels == sound->channels)
        return sound;
    return media::decodeAudio(request.voice, rate, channels);
}

} // namespace

Result<Workshop> openWorkshop(session::FrameService& service, const RenderRequest& request, const OpenSink& openSink)
{
    if (auto kept = checkKeepsInputs(request.output, {request.avatar, request.voice, request.features}); !kept)
        return failure(kept);
    Workshop shop;
    auto opened = service.openAvatar(request.avatar);
    if (!opened)
        return failure(opened);
    shop.avatar = std::move(*opened);
    auto speech = media::decodeSpeech(request.voice);
    if (!speech)
        return failure(speech);
    shop.speech = std::move(*speech);
    auto sound = soundFor(request);
    if (!sound)
        return failure(sound);
    shop.sound = std::make_unique<media::PcmAudio>(std::move(*sound));
    // The output is tried before the networks are loaded: a file that cannot be written is told at once.
    auto sink = openSink(shop.avatar->package().manifest(), *shop.sound);
    if (!sink)
        return failure(sink);
    shop.sink = std::move(*sink);
    auto features = session::featuresOf(shop.avatar->package(), request.voice, request.features);
    if (!features)
        return failure(features);
    auto session = session::SpeechSession::create(shop.avatar->frames(), 1, std::move(*features));
    if (!session)
        return failure(session);
    shop.session = std::move(*session);
    const auto frames = shop.session->framesOf(shop.speech.frames());
    if (!frames)
        return failure(frames);
    shop.frameCount = *frames;
    return shop;
}

std::int64_t windowOf(const ConcurrencyPlan& plan)
{
    return kBatchesUnderWay * plan.workerCount() * plan.largestBatch();
}

} // namespace lipsync::render
