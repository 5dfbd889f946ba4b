// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/frame_stream.h"

namespace lipsync::session {

FrameStream::FrameStream(scheduling::WorkerPool& pool, scheduling::ModelId model,
                         const scheduling::StreamOptions& options, std::function<void(StreamedFrame)> receive)
    : m_model(model)
    , m_receive(std::move(receive))
    , m_stream(pool.openStream(options, [this](scheduling::JobResult result) { this->receive(std::move(result)); }))
{
}

tl::expected<void, scheduling::Refusal> FrameStream::submit(SpeechFrame frame, std::optional<TimePoint> deadline)
{
    auto content = std::make_shared<inference::MouthContent>();
    content->templateFrame = frame.templateFrame->index;
    content->window = std::move(frame.window);
    scheduling::FrameJob job;
    job.sequence = frame.number;
    job.model = m_model;
    job.deadline = deadline;
    job.bytes = content->window.bytes();
    job.content = std::move(content);
    {
        std::lock_guard lock(m_mutex);
        m_underWay.emplace(frame.number, frame.templateFrame);
    }
    auto accepted = m_stream->submit(std::move(job));
    if (accepted)
        return {};
    {
        std::lock_guard lock(m_mutex);
        m_underWay.erase(m_underWay.find(frame.number));
    }
    return tl::unexpected(accepted.error());
}

void FrameStream::receive(scheduling::JobResult result)
{
    StreamedFrame frame;
    frame.number = result.sequence;
    {
        std::lock_guard lock(m_mutex);
        const auto known = m_underWay.find(frame.number);
        frame.templateFrame = std::move(known->second);
        m_underWay.erase(known);
    }
    frame.result = std::move(result);
    m_receive(std::move(frame));
}

} // namespace lipsync::session
