// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/render_job.h"

#include "base/file_system.h"
#include "media/video_writer.h"
#include "render/frame_sink.h"
#include "render/network_probe.h"
#include "render/pipeline.h"
#include "session/speech_session.h"

#include <chrono>
#include <algorithm>

#include <sys/resource.h>

namespace lipsync::render {

namespace {

using Clock = std::chrono::steady_clock;

/// The bare network loop runs before and again after the render: long enough to be measured, short beside the render.
constexpr double kProbeSecondsPerFrame = 0.005;
constexpr double kShortestProbe = 0.1, kLongestProbe = 1.5;
/// Batches a worker that are prepared, computed, or waiting to be written: one of each, and one to spare.
constexpr std::int64_t kBatchesUnderWay = 4;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Everything a render holds while it runs; opened in the order in which users can be told what is wrong.
struct Workshop {
    std::shared_ptr<session::OpenAvatar> avatar;
    media::PcmAudio speech; ///< 16 kHz mono, for the network
    std::unique_ptr<media::PcmAudio> sound; ///< as it is, for the file; the sink refers to it
    std::unique_ptr<session::SpeechSession> session;
    std::unique_ptr<FrameSink> sink;
    std::int64_t frameCount = 0;
};

Result<Workshop> open(session::FrameService& service, const RenderRequest& request, const std::stop_token& stop)
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
    auto sound = media::decodeAudio(request.voice);
    if (!sound)
        return failure(sound);
    const int rate = media::encodableSampleRate(sound->sampleRate);
    const int channels = std::min(sound->channels, 2);
    if (rate != sound->sampleRate || channels != sound->channels) {
        sound = media::decodeAudio(request.voice, rate, channels);
        if (!sound)
            return failure(sound);
    }
    shop.sound = std::make_unique<media::PcmAudio>(std::move(*sound));
    const auto& manifest = shop.avatar->package().manifest();
    // The output is tried before the networks are loaded: a file that cannot be written is told at once.
    auto sink = FrameSink::create(request, manifest, *shop.sound);
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
    if (auto ready = service.waitUntilReady(*shop.avatar, stop); !ready)
        return failure(ready);
    return shop;
}

} // namespace

double peakMemoryMb()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
}

Result<RenderReport> render(session::FrameService& service, const RenderRequest& request,
                            const std::function<void(const RenderProgress&)>& progress, std::stop_token stop)
{
    const auto opening = Clock::now();
    auto shop = open(service, request, stop);
    if (!shop)
        return failure(shop);
    const auto interrupted = [&] { return failure(ErrorCode::Interrupted, "Stopped; nothing was written."); };
    if (stop.stop_requested())
        return interrupted();
    RenderReport report;
    report.openSeconds = secondsSince(opening);
    report.frames = shop->frameCount;

    const auto plan = service.plan();
    std::unique_ptr<NetworkProbe> bare;
    if (request.measureNetwork) {
        const double seconds =
            std::clamp(static_cast<double>(shop->frameCount) * kProbeSecondsPerFrame, kShortestProbe, kLongestProbe);
        auto created = NetworkProbe::create(*shop->avatar, plan, seconds);
        if (!created)
            return failure(created);
        bare = std::move(*created);
        if (auto measured = bare->measure(); !measured)
            return failure(measured);
        if (stop.stop_requested())
            return interrupted();
    }
    const auto& manifest = shop->avatar->package().manifest();
    const avatar::Compositor compositor(manifest.network, manifest.cropResize, request.paste);
    const auto started = Clock::now();
    const auto window = kBatchesUnderWay * plan.workerCount() * plan.largestBatch();
    Pipeline pipeline({service, shop->avatar, *shop->session, shop->speech.samples, compositor, *shop->sink,
                       shop->frameCount, window},
                      progress);
    if (auto ran = pipeline.run(stop); !ran)
        return failure(ran);
    report.seconds = secondsSince(started);
    if (bare) {
        if (auto measured = bare->measure(); !measured)
            return failure(measured);
        report.networkFramesPerSecond = bare->framesPerSecond();
    }
    report.framesPerSecond = static_cast<double>(report.frames) / report.seconds;
    report.realtimeFactor = report.framesPerSecond / manifest.frameRate();
    report.peakMemoryMb = peakMemoryMb();
    return report;
}

} // namespace lipsync::render
