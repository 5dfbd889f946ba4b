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

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Everything a render holds while it runs; opened in the order in which users can be told what is wrong.
struct Workshop {
    std::shared_ptr<const avatar::AvatarPackage> package;
    media::PcmAudio speech; ///< 16 kHz mono, for the network
    std::unique_ptr<media::PcmAudio> sound; ///< as it is, for the file; the sink refers to it
    std::shared_ptr<avatar::TemplateFrames> frames;
    std::unique_ptr<session::SpeechSession> session;
    std::vector<std::unique_ptr<inference::MouthWorker>> workers;
    std::unique_ptr<FrameSink> sink;
    std::int64_t frameCount = 0;
};

Result<Workshop> open(const RenderRequest& request)
{
    if (auto kept = checkKeepsInputs(request.output, {request.avatar, request.voice}); !kept)
        return failure(kept);
    Workshop shop;
    auto package = avatar::AvatarPackage::open(request.avatar);
    if (!package)
        return failure(package);
    shop.package = std::move(*package);
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
    const auto& manifest = shop.package->manifest();
    shop.frameCount = static_cast<std::int64_t>(audio::videoFrameCount(shop.speech.frames(), manifest.frameRate()));

    // The output is tried before the networks are loaded: a file that cannot be written is told at once.
    auto sink = FrameSink::create(request, manifest, *shop.sound);
    if (!sink)
        return failure(sink);
    shop.sink = std::move(*sink);
    auto frames = avatar::TemplateFrames::open(shop.package);
    if (!frames)
        return failure(frames);
    shop.frames = std::move(*frames);
    auto session = session::SpeechSession::create(shop.frames, 1);
    if (!session)
        return failure(session);
    shop.session = std::move(*session);
    // One worker of one thread a core makes more frames than one worker on all cores: no barriers inside a layer.
    for (int i = 0; i < request.network.threadCount(); ++i) {
        auto worker = inference::MouthWorker::create(*shop.package, {request.network.precision, 1});
        if (!worker)
            return failure(worker);
        shop.workers.push_back(std::move(*worker));
    }
    return shop;
}

/// Times the bare network as a plain loop would run it: one generator with all threads, the same batch.
class BareNetwork {
public:
    static Result<std::unique_ptr<BareNetwork>> create(const RenderRequest& request, const Workshop& shop)
    {
        auto worker = inference::MouthWorker::create(*shop.package, request.network);
        if (!worker)
            return failure(worker);
        auto frame = shop.frames->frame(shop.session->templateIndex(0));
        if (!frame)
            return failure(frame);
        auto bare = std::make_unique<BareNetwork>();
        bare->m_worker = std::move(*worker);
        const inference::MouthJob job{0, *frame, std::vector<float>(bare->m_worker->spec().audioElements())};
        bare->m_jobs.assign(static_cast<std::size_t>(request.batch), job);
        bare->m_seconds =
            std::clamp(static_cast<double>(shop.frameCount) * kProbeSecondsPerFrame, kShortestProbe, kLongestProbe);
        return bare;
    }

    Status measure() { return m_probe.run(*m_worker, m_jobs, m_seconds); }
    double framesPerSecond() const { return m_probe.framesPerSecond(); }

private:
    std::unique_ptr<inference::MouthWorker> m_worker;
    std::vector<inference::MouthJob> m_jobs;
    NetworkProbe m_probe;
    double m_seconds = 0; ///< of one measurement
};

} // namespace

double peakMemoryMb()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
}

Result<RenderReport> render(const RenderRequest& request, const std::function<void(const RenderProgress&)>& progress,
                            std::stop_token stop)
{
    const auto opening = Clock::now();
    auto shop = open(request);
    if (!shop)
        return failure(shop);
    const auto interrupted = [&] { return failure(ErrorCode::Interrupted, "Stopped; nothing was written."); };
    if (stop.stop_requested())
        return interrupted();
    RenderReport report;
    report.openSeconds = secondsSince(opening);
    report.frames = shop->frameCount;

    std::unique_ptr<BareNetwork> bare;
    if (request.measureNetwork) {
        auto created = BareNetwork::create(request, *shop);
        if (!created)
            return failure(created);
        bare = std::move(*created);
        if (auto measured = bare->measure(); !measured)
            return failure(measured);
        if (stop.stop_requested())
            return interrupted();
    }
    const auto& manifest = shop->package->manifest();
    const avatar::Compositor compositor(manifest.network, manifest.cropResize, request.paste);
    const auto started = Clock::now();
    Pipeline pipeline(
        {*shop->session, shop->speech.samples, shop->workers, compositor, *shop->sink, shop->frameCount, request.batch},
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
