// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/model.h"
#include "scheduling/worker_pool.h"
#include "session/speech_session.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

namespace lipsync::session {

/// A frame that has been through the workers.
struct StreamedFrame {
    std::int64_t number = 0;
    std::shared_ptr<const avatar::TemplateFrame> templateFrame;
    scheduling::JobResult result; ///< in whatever way it ended

    /// The redrawn mouth; of a frame that is done.
    std::span<const std::uint8_t> mouth() const
    {
        return static_cast<const inference::MouthPicture&>(*result.output).bytes;
    }
};

/// Sends the frames of a speech through the workers; they come back in the order in which they went in. Any thread may
/// submit. Its destructor cancels what is left; nothing comes back afterwards. Pool and model must outlive it.
class FrameStream {
public:
    /// `receive` is called on the workers' delivery thread and must be quick.
    FrameStream(scheduling::WorkerPool& pool, scheduling::ModelId model, const scheduling::StreamOptions& options,
                std::function<void(StreamedFrame)> receive);

    /// Takes a frame or says why not. The one who gives up on a refused frame counts it: FrameService::recordRefusal().
    tl::expected<void, scheduling::Refusal> submit(SpeechFrame frame, std::optional<TimePoint> deadline = {});
    /// Ends all frames that are under way as Cancelled; they come back so.
    void cancel() { m_stream->cancel(); }

private:
    void receive(scheduling::JobResult result);

    const scheduling::ModelId m_model;
    const std::function<void(StreamedFrame)> m_receive;
    std::mutex m_mutex;
    std::multimap<std::int64_t, std::shared_ptr<const avatar::TemplateFrame>> m_underWay; ///< by number
    const std::unique_ptr<scheduling::WorkerPool::Stream> m_stream; ///< last: it calls receive()
};

} // namespace lipsync::session
