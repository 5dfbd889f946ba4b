// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "inference/model.h"
#include "inference/worker_request.h"
#include "scheduling/worker.h"

#include <memory>
#include <string>

namespace lipsync::inference {

/// Where a worker is served and how a client shows that it may use it.
struct WorkerClientOptions {
    std::string address; ///< "unix:/path" or "host:port"
    std::string token; ///< empty where none is needed
    Duration connectTimeout = std::chrono::seconds(5);
};

/// A session with a WorkerService. One thread calls its functions; cancel() is for any thread. When the connection is
/// lost, calls end at once with BatchFailure::WorkerLost, or an error, and the session is over.
class WorkerClient {
public:
    explicit WorkerClient(WorkerClientOptions options);
    ~WorkerClient();

    /// Connects and opens the session. Resource when nobody answers in time; Usage when the token is wrong or the
    /// service is of another release. Called once, first.
    Status start();
    int processId() const; ///< of the service
    bool isLost() const; ///< the connection; after a call that failed
    /// With `sharesPictures` a service on this host hands pictures over in memory that both map.
    Status prepare(const ModelRequest& request, bool sharesPictures = false);
    void release(scheduling::ModelId model);
    /// Runs a batch of MouthContent for `spec`; its MouthPictures keep the reply or the shared slot alive.
    scheduling::BatchOutcome run(const scheduling::Batch& batch, const nn::GeneratorSpec& spec);
    Status checkHealth();
    /// Ends the call that runs and all that follow.
    void cancel() noexcept;

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

/// The outcome of a batch whose worker is gone, or was never there.
scheduling::BatchOutcome lostOutcome(Error error);
/// The outcome of a batch whose model the worker's registry does not know.
scheduling::BatchOutcome unknownModelOutcome(scheduling::ModelId model);

/// What a worker of another process is asked for; with the files of this host when it shares them.
ModelRequest requestFor(scheduling::ModelId number, const Model& model, const std::vector<int>& batchSizes,
                        bool sharesFiles);

} // namespace lipsync::inference
