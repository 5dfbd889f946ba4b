// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/compositor.h"
#include "base/bounded_queue.h"
#include "render/frame_sink.h"
#include "render/render_job.h"
#include "session/frame_service.h"
#include "session/frame_stream.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace lipsync::render {

/// The stages of a render, each with a thread of its own, on both sides of the workers:
/// voice → features ─┐
/// template frames ──┴→ frames → workers of the service → paste, encode, write, in order.
class Pipeline {
public:
    /// What the stages work with; all of it outlives the pipeline.
    struct Parts {
        session::FrameService& service;
        std::shared_ptr<const session::OpenAvatar> avatar;
        session::SpeechSession& session;
        std::span<const float> speech; ///< 16 kHz mono
        const avatar::Compositor& compositor;
        FrameSink& sink;
        std::int64_t frameCount;
        std::int64_t window; ///< frames that may be between the first stage and the last
        std::int64_t firstFrame = 0; ///< those before it are done
    };

    Pipeline(const Parts& parts, const std::function<void(const RenderProgress&)>& progress);

    /// Runs to the finished file or the first failure; `stop` gives Interrupted. Call once.
    Status run(const std::stop_token& stop);

private:
    void hear();
    void prepare(session::FrameStream& stream);
    /// Submits a frame, again after a while when the queue is full. False when the render ended meanwhile.
    bool submit(session::FrameStream& stream, const session::SpeechFrame& frame);
    void write();
    Status writeFrame(const session::StreamedFrame& frame, cv::Mat& picture);
    /// Remembers the first failure and ends all stages.
    void fail(Error error);

    const Parts m_parts;
    const std::function<void(const RenderProgress&)>& m_progress;
    std::stop_source m_stop;
    BoundedQueue<session::StreamedFrame> m_redrawn; ///< has room for the window, so that the workers never wait
    std::chrono::steady_clock::time_point m_started;
    std::mutex m_mutex; ///< of everything below
    std::condition_variable_any m_room;
    std::int64_t m_underWay = 0; ///< frames submitted and not written
    std::optional<Error> m_failure;
};

} // namespace lipsync::render
