// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/pipeline.h"

#include "base/thread_name.h"

#include <algorithm>
#include <thread>

namespace lipsync::render {

namespace {

/// After a refusal that may pass the frame is submitted again when another frame was written, or after so long.
constexpr auto kRetryInterval = std::chrono::milliseconds(20);

} // namespace

Pipeline::Pipeline(const Parts& parts, const std::function<void(const RenderProgress&)>& progress)
    : m_parts(parts)
    , m_progress(progress)
    , m_redrawn(static_cast<std::size_t>(parts.window))
{
}

Status Pipeline::run(const std::stop_token& stop)
{
    m_started = std::chrono::steady_clock::now();
    const std::stop_callback interrupted(stop, [this] {
        fail({ErrorCode::Interrupted, "Stopped; nothing was written.", {}});
    });
    {
        session::FrameStream stream(m_parts.service.pool(), m_parts.avatar->model(),
                                    {scheduling::JobClass::Bulk, false, {}},
                                    [this](session::StreamedFrame frame) { m_redrawn.push(std::move(frame)); });
        std::vector<std::jthread> stages;
        stages.emplace_back([this] { hear(); });
        stages.emplace_back([this, &stream] { prepare(stream); });
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
    m_redrawn.cancel();
    m_room.notify_all();
}

void Pipeline::hear()
{
    setThreadName("voice");
    session::pushWhole(m_parts.session, m_parts.speech, m_stop.get_token());
}

void Pipeline::prepare(session::FrameStream& stream)
{
    setThreadName("frames");
    const auto stop = m_stop.get_token();
    for (std::int64_t number = m_parts.firstFrame; number < m_parts.frameCount; ++number) {
        const auto frame = m_parts.session.frame(number, stop);
        if (!frame)
            return fail(frame.error());
        {
            std::unique_lock lock(m_mutex);
            if (!m_room.wait(lock, stop, [&] { return m_underWay < m_parts.window; }))
                return;
            ++m_underWay;
        }
        if (!submit(stream, *frame))
            return;
    }
}

bool Pipeline::submit(session::FrameStream& stream, const session::SpeechFrame& frame)
{
    using Reason = scheduling::Refusal::Reason;
    const auto stop = m_stop.get_token();
    while (true) {
        const auto accepted = stream.submit(frame);
        if (accepted)
            return true;
        const auto& refusal = accepted.error();
        if (refusal.reason != Reason::QueueFull && refusal.reason != Reason::WaitTooLong) {
            m_parts.service.recordRefusal();
            fail({ErrorCode::Resource, refusal.text(), {}});
            return false;
        }
        std::unique_lock lock(m_mutex);
        const auto before = m_underWay;
        m_room.wait_for(lock, stop, kRetryInterval, [&] { return m_underWay != before; });
        if (stop.stop_requested())
            return false;
    }
}

void Pipeline::write()
{
    setThreadName("output");
    cv::Mat picture;
    for (std::int64_t written = m_parts.firstFrame; written < m_parts.frameCount;) {
        const auto frame = m_redrawn.pop();
        if (!frame)
            return; // another stage failed and said why
        if (auto done = writeFrame(*frame, picture); !done)
            return fail(done.error());
        {
            std::lock_guard lock(m_mutex);
            --m_underWay;
        }
        m_room.notify_all();
        ++written;
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_started).count();
        const auto here = static_cast<double>(written - m_parts.firstFrame);
        m_progress({written, m_parts.frameCount, here / seconds});
    }
    if (m_stop.stop_requested())
        return;
    if (auto done = m_parts.sink.finish(); !done)
        fail(done.error());
}

Status Pipeline::writeFrame(const session::StreamedFrame& frame, cv::Mat& picture)
{
    if (frame.result.outcome == scheduling::JobOutcome::Failed)
        return tl::unexpected(frame.result.error);
    if (frame.result.outcome != scheduling::JobOutcome::Done)
        return failure(ErrorCode::Interrupted, "The avatar was closed while its frames were computed");
    if (auto pasted = m_parts.compositor.paste(*frame.templateFrame, frame.mouth(), picture); !pasted)
        return pasted;
    const TimePoint pastedAt = SteadyClock().now();
    auto written = m_parts.sink.write(picture);
    m_parts.service.recordDelivery(frame.result, pastedAt);
    return written;
}

} // namespace lipsync::render
