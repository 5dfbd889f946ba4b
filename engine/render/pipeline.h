// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/compositor.h"
#include "base/bounded_queue.h"
#include "base/ordered_queue.h"
#include "render/frame_sink.h"
#include "render/render_job.h"
#include "session/speech_session.h"

#include <chrono>
#include <mutex>
#include <optional>

namespace lipsync::render {

/// The stages of a render, each with threads of its own, and the bounded queues between them:
/// voice → features ─┐
/// template frames ──┴→ batches → network (one thread a worker) → order restored → paste, encode, write.
class Pipeline {
public:
    /// What the stages work with; all of it outlives the pipeline.
    struct Parts {
        session::SpeechSession& session;
        std::span<const float> speech; ///< 16 kHz mono
        std::span<const std::unique_ptr<inference::MouthWorker>> workers;
        const avatar::Compositor& compositor;
        FrameSink& sink;
        std::int64_t frameCount;
        int batch;
    };

    Pipeline(const Parts& parts, const std::function<void(const RenderProgress&)>& progress);

    /// Runs to the finished file or the first failure; `stop` gives Interrupted. Call once.
    Status run(const std::stop_token& stop);

private:
    struct Batch {
        std::int64_t number;
        std::vector<inference::MouthJob> jobs;
    };
    struct RedrawnBatch {
        std::vector<inference::MouthJob> jobs;
        std::vector<std::uint8_t> pictures;
    };

    void hear();
    void prepare();
    void redraw(inference::MouthWorker& worker);
    void write();
    Status writeBatch(const RedrawnBatch& batch, cv::Mat& picture);
    /// Remembers the first failure and ends all stages.
    void fail(Error error);

    const Parts m_parts;
    const std::function<void(const RenderProgress&)>& m_progress;
    std::stop_source m_stop;
    BoundedQueue<Batch> m_batches;
    OrderedQueue<RedrawnBatch> m_redrawn;
    std::chrono::steady_clock::time_point m_started;
    std::mutex m_mutex;
    std::optional<Error> m_failure;
};

} // namespace lipsync::render
