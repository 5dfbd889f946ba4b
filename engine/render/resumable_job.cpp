// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/resumable_job.h"

#include "base/file_system.h"
#include "media/part_file.h"
#include "media/segment_file.h"
#include "render/pipeline.h"
#include "render/resumable_sink.h"
#include "render/work_identity.h"
#include "render/workshop.h"

#include <algorithm>
#include <chrono>

namespace lipsync::render {

namespace {

using Clock = std::chrono::steady_clock;
using media::SegmentFile;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// One run of a render that may go on from an earlier one.
class ResumableRun {
public:
    ResumableRun(session::FrameService& service, const RenderRequest& request, const ResumableEvents& events,
                 std::stop_token stop)
        : m_service(service)
        , m_request(request)
        , m_events(events)
        , m_stop(std::move(stop))
    {
    }

    Result<RenderReport> run(double earlierSeconds)
    {
        if (auto begun = openWork(); !begun)
            return failure(begun);
        m_earlier.seconds = std::max(earlierSeconds, m_work->seconds());
        if (m_work->finished() && m_work->finished() == media::identify(m_request.output))
            return alreadyWhole();
        auto report = make();
        if (!report && !isWorthKeeping(report.error())) {
            m_work.reset(); // which has it locked
            discardWork(m_request);
        }
        return report;
    }

private:
    Status openWork()
    {
        if (auto kept = checkKeepsInputs(m_request.output, {m_request.avatar, m_request.voice, m_request.features});
            !kept)
            return kept;
        auto avatar = m_service.openAvatar(m_request.avatar);
        if (!avatar)
            return failure(avatar);
        m_avatar = std::move(*avatar);
        const auto identity = workIdentity(m_request);
        if (!identity)
            return failure(identity);
        auto work = SegmentFile::open(m_request.output, *identity);
        if (!work)
            return failure(work);
        m_work = std::move(*work);
        if (const auto& former = m_work->formerIdentity())
            m_earlier.note = changeNote(*former, *identity);
        return {};
    }

    Result<RenderReport> alreadyWhole()
    {
        RenderReport report;
        report.frames = m_earlier.frames = m_work->frames();
        m_events.begun(m_earlier);
        return report;
    }

    Result<RenderReport> make()
    {
        const auto opening = Clock::now();
        ResumableSink* sink = nullptr;
        auto shop = openWorkshop(m_service, m_request,
                                 [&](const avatar::AvatarManifest& manifest,
                                     const media::PcmAudio& sound) -> Result<std::unique_ptr<FrameSink>> {
                                     auto opened = openResumableSink(m_request, manifest, sound, *m_work, m_stop);
                                     if (!opened)
                                         return failure(opened);
                                     sink = opened->get();
                                     return std::move(*opened);
                                 });
        if (!shop)
            return failure(shop);
        m_earlier.frames = std::min(sink->framesDone(), shop->frameCount);
        sink->setEarlierSeconds(m_earlier.seconds);
        m_events.begun(m_earlier);
        RenderReport report;
        report.frames = shop->frameCount;
        const auto started = Clock::now();
        report.openSeconds = std::chrono::duration<double>(started - opening).count();
        auto made = m_earlier.frames < shop->frameCount ? compute(*shop) : shop->sink->finish();
        m_framesSafe = sink->framesDone();
        if (!made)
            return failure(made);
        report.seconds = secondsSince(started);
        report.framesPerSecond = static_cast<double>(report.frames - m_earlier.frames) / report.seconds;
        report.realtimeFactor = report.framesPerSecond / shop->avatar->package().manifest().frameRate();
        report.peakMemoryMb = peakMemoryMb();
        return report;
    }

    Status compute(Workshop& shop)
    {
        if (auto ready = m_service.waitUntilReady(*shop.avatar, m_stop); !ready)
            return ready;
        const auto& manifest = shop.avatar->package().manifest();
        const avatar::Compositor compositor(manifest.network, manifest.cropResize, m_request.paste);
        Pipeline pipeline({m_service, shop.avatar, *shop.session, shop.speech.samples, compositor, *shop.sink,
                           shop.frameCount, windowOf(m_service.plan()), m_earlier.frames},
                          m_events.progress);
        return pipeline.run(m_stop);
    }

    /// Whether another run can use what there is: a fault of ours is in the work itself, perhaps.
    bool isWorthKeeping(const Error& error) const
    {
        return error.code != ErrorCode::Internal && std::max(m_framesSafe, m_work->frames()) > 0;
    }

    session::FrameService& m_service;
    const RenderRequest& m_request;
    const ResumableEvents& m_events;
    const std::stop_token m_stop;
    std::shared_ptr<session::OpenAvatar> m_avatar;
    std::unique_ptr<SegmentFile> m_work;
    EarlierWork m_earlier;
    std::int64_t m_framesSafe = 0;
};

} // namespace

Result<RenderReport> renderResumable(session::FrameService& service, const RenderRequest& request,
                                     double earlierSeconds, const ResumableEvents& events, std::stop_token stop)
{
    return ResumableRun(service, request, events, std::move(stop)).run(earlierSeconds);
}

std::optional<EarlierWork> earlierWork(const std::filesystem::path& output)
{
    const auto progress = SegmentFile::peek(output);
    if (!progress)
        return {};
    return EarlierWork{progress->frames, progress->seconds, {}};
}

void discardWork(const RenderRequest& request)
{
    if (SegmentFile::peek(request.output))
        media::PartFile::removeLeftover(request.output, request.pictureSequence);
    SegmentFile::remove(request.output);
}

} // namespace lipsync::render
