// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/model.h"
#include "scheduling/worker.h"

#include <memory>
#include <string>

namespace lipsync::inference {

/// Which `lipsync worker` of another machine to use.
struct RemoteWorkerOptions {
    std::string address; ///< "host:port"
    std::string token; ///< its LIPSYNC_WORKER_TOKEN; empty where it has none
};

/// A worker on another machine, which has the same avatars in a library of its own: a model is asked for by the hash
/// of its weights. A lost connection is BatchFailure::WorkerLost; start a new worker to connect again.
std::unique_ptr<scheduling::Worker> makeRemoteWorker(std::shared_ptr<const ModelRegistry> registry,
                                                     RemoteWorkerOptions options);

} // namespace lipsync::inference
