// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/model.h"
#include "inference/worker_request.h"
#include "scheduling/worker.h"

#include <functional>
#include <memory>
#include <string>

namespace lipsync::inference {

/// A model that a client asked for, as this process has it.
struct ResolvedModel {
    Model model;
    std::function<Status(int templateFrame)> provideFrame; ///< writes a crop before it is needed; null when all are
};

/// Finds the network and the template of a request, or refuses it. Called on the worker's thread.
using ModelResolver = std::function<Result<ResolvedModel>(const ModelRequest&)>;

/// For a child of the client: the weights file and the shared template store that the request names.
Result<ResolvedModel> resolveOnThisHost(const ModelRequest& request);

/// Where a worker is served, and to whom.
struct WorkerServiceOptions {
    std::string address; ///< "unix:/path" for this user alone, or "host:port"; port 0 takes a free one
    std::string token; ///< that clients must show; an address that other machines reach must have one
};

/// Serves one worker to other processes by worker_protocol.proto: its functions run one at a time on a thread of its
/// own, and questions about its health are answered meanwhile. A client that vanishes takes its models along.
class WorkerService {
public:
    /// Starts the worker and listens. Usage when an address open to the network has no token; Resource when the address
    /// cannot be listened on. The worker looks its models up in `registry`.
    static Result<std::unique_ptr<WorkerService>> start(std::shared_ptr<ModelRegistry> registry,
                                                        std::unique_ptr<scheduling::Worker> worker,
                                                        ModelResolver resolver, const WorkerServiceOptions& options);
    /// Ends all sessions, waits two seconds for the batch that runs and abandons it then.
    ~WorkerService();

    /// Where it listens, with the port that was taken.
    const std::string& address() const;

private:
    class Impl;
    explicit WorkerService(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// Whether "host:port" reaches this machine alone.
bool isLoopback(const std::string& address);

} // namespace lipsync::inference
