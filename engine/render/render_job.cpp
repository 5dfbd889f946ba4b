// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/render_job.h"

#include "render/frame_sink.h"
#include "render/network_probe.h"
#include "render/pipeline.h"
#include "render/workshop.h"

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
    auto shop =
        openWorkshop(service, request, [&](const avatar::AvatarManifest& manifest, const media::PcmAudio& sound) {
            return FrameSink::create(request, manifest, sound);
        });
    if (!shop)
        return failure(shop);
    if (auto ready = service.waitUntilReady(*shop->avatar, stop); !ready)
        return failure(ready);
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
    Pipeline pipeline({service, shop->avatar, *shop->session, shop->speech.samples, compositor, *shop->sink,
                       shop->frameCount, windowOf(plan)},
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
