// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bounded_queue.h"
#include "inference/picture_block.h"
#include "inference/worker_service.h"

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace lipsync::inference {

/// Keeps a worker on a thread of its own, and the models that sessions loaded into it. Inner part of WorkerService.
class WorkerHost {
public:
    using SessionId = std::uint64_t;

    WorkerHost(std::shared_ptr<ModelRegistry> registry, std::unique_ptr<scheduling::Worker> worker,
               ModelResolver resolver);
    /// Waits for the calls that were accepted.
    ~WorkerHost();

    /// Runs `call` on the worker's thread and waits for it; false when the host is ending and it did not run.
    /// What `call` throws is passed on.
    bool onWorkerThread(const std::function<void()>& call);
    /// No new calls; waits for the accepted ones and abandons the worker when they take longer than `patience`.
    void end(Duration patience);
    /// How long the call that runs or waits has kept the worker busy; nothing when it is free. Any thread.
    std::optional<Duration> busyFor() const;

    // Only inside of onWorkerThread():
    scheduling::Worker& worker() { return *m_worker; }
    Status prepare(SessionId session, const ModelRequest& request);
    void release(SessionId session, scheduling::ModelId model);
    void releaseAll(SessionId session);
    /// The session's model by the client's number; null when it was not prepared.
    std::shared_ptr<const Model> find(SessionId session, scheduling::ModelId model) const;
    /// Where the session's process can read pictures of the model; null when that cannot be had.
    PictureBlock* sharePictures(SessionId session, scheduling::ModelId model);
    /// The block that was shared; null when none was.
    PictureBlock* sharedPictures(SessionId session, scheduling::ModelId model);
    /// Runs a checked batch that has the client's number of the model.
    scheduling::BatchOutcome run(SessionId session, scheduling::Batch batch);

private:
    struct Loaded {
        ModelRequest request;
        scheduling::ModelId model = 0; ///< the registry's number
        std::function<Status(int)> provideFrame;
        std::optional<PictureBlock> pictures;
    };
    using Key = std::pair<SessionId, scheduling::ModelId>; ///< the client's number
    Result<Loaded> load(const ModelRequest& request);
    void forget(std::map<Key, Loaded>::iterator loaded);

    const std::shared_ptr<ModelRegistry> m_registry;
    const std::unique_ptr<scheduling::Worker> m_worker;
    const ModelResolver m_resolver;
    std::map<Key, Loaded> m_loaded; ///< of the worker's thread

    mutable std::mutex m_mutex;
    std::condition_variable m_idle;
    int m_calls = 0; ///< running and waiting
    TimePoint m_busySince;
    BoundedQueue<std::function<void()>> m_queue;
    std::jthread m_thread; ///< "worker serve"
};

} // namespace lipsync::inference
