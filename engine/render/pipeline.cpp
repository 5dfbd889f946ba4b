// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/pipeline.h"

#include "base/thread_name.h"

#include <algorithm>
#include <thread>

namespace lipsync::render {

Pipeline::Pipeline(const Parts& parts, const std::function<void(const RenderProgress&)>& progress)
    : m_parts(parts)
    , m_progress(progress)
    , m_batches(parts.workers.size() + 1)
    , m_redrawn(static_cast<std::int64_t>(parts.workers.size()) + 2)
{
}

Status Pipeline::run(const std::stop_token& stop)
{
    m_started = std::chrono::steady_clock::now();
    const std::stop_callback interrupted(stop, [this] {
        fail({ErrorCode::Interrupted, "Stopped; nothing was written.", {}});
    });
    {
        std::vector<std::jthread> stages;
        stages.emplace_back([this] { hear(); });
        stages.emplace_back([this] { prepare(); });
        for (const auto& worker : m_parts.workers)
            stages.emplace_back([this, &worker] { redraw(*worker); });
        stages.emplace_back([this] { write(); });
    }
    std::lock_guard lock(m_mutex);
    if (m_failure)
        return tl::unexpected(*m_failure);
    return {};
}

void Pipeline::fail(Error error)
{
    {
        std::lock_guard lock(m_mutex);
        if (!m_failure)
            m_failure = std::move(error);
    }
    m_stop.request_stop();
    m_batches.cancel();
    m_redrawn.cancel();
}

void Pipeline::hear()
{
    setThreadName("voice");
    session::pushWhole(m_parts.session, m_parts.speech, m_stop.get_token());
}

void Pipeline::prepare()
{
    setThreadName("frames");
    const auto stop = m_stop.get_token();
    std::int64_t frame = 0;
    for (std::int64_t number = 0; frame < m_parts.frameCount; ++number) {
        Batch batch{number, {}};
        const auto end = std::min<std::int64_t>(frame + m_parts.batch, m_parts.frameCount);
        for (; frame < end; ++frame) {
            auto job = m_parts.session.job(frame, stop);
            if (!job)
                return fail(job.error());
            batch.jobs.push_back(std::move(*job));
        }
        if (!m_batches.push(std::move(batch)))
            return;
    }
    m_batches.close();
}

void Pipeline::redraw(inference::MouthWorker& worker)
{
    setThreadName("network");
    while (auto batch = m_batches.pop()) {
        const auto pictures = worker.run(batch->jobs);
        if (!pictures)
            return fail(pictures.error());
        if (!m_redrawn.put(batch->number, {std::move(batch->jobs), {pictures->begin(), pictures->end()}}))
            return;
    }
}

void Pipeline::write()
{
    setThreadName("output");
    cv::Mat picture;
    std::int64_t written = 0;
    while (written < m_parts.frameCount) {
        const auto batch = m_redrawn.pop();
        if (!batch)
            return; // another stage failed and said why
        if (auto done = writeBatch(*batch, picture); !done)
            return fail(done.error());
        written += static_cast<std::int64_t>(batch->jobs.size());
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_started).count();
        m_progress({written, m_parts.frameCount, static_cast<double>(written) / seconds});
    }
    if (m_stop.stop_requested())
        return;
    if (auto done = m_parts.sink.finish(); !done)
        fail(done.error());
}

Status Pipeline::writeBatch(const RedrawnBatch& batch, cv::Mat& picture)
{
    const auto bytes = batch.pictures.size() / batch.jobs.size();
    for (std::size_t i = 0; i < batch.jobs.size(); ++i) {
        const auto mouth = std::span(batch.pictures).subspan(i * bytes, bytes);
        if (auto pasted = m_parts.compositor.paste(*batch.jobs[i].templateFrame, mouth, picture); !pasted)
            return pasted;
        if (auto written = m_parts.sink.write(picture); !written)
            return written;
    }
    return {};
}

} // namespace lipsync::render
