// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/model.h"
#include "scheduling/worker.h"

#include <memory>
#include <string>

namespace lipsync::inference {

/// Which server to use, and how to be let in.
struct KserveWorkerOptions {
    std::string address; ///< as parseKserveAddress() reads it
    std::string token; ///< a token of that server; empty where it has none
    std::string certificateFile; ///< PEM of who signed its certificate; empty: whom the system trusts
};

/// A worker that is a server of the Open Inference Protocol (KServe v2): another `lipsync serve`, which is told the
/// numbers of template frames, or NVIDIA Triton with an exported network, which is sent their pictures. What a model
/// there takes and gives, and of which weights it is where the server says so, must be the avatar's. A server with too
/// much to do is asked again after the time it names; when it stays so, or is gone, that is BatchFailure::WorkerLost:
/// the frames are computed elsewhere, and the pool starts a new worker after growing delays.
std::unique_ptr<scheduling::Worker> makeKserveWorker(std::shared_ptr<const ModelRegistry> registry,
                                                     KserveWorkerOptions options);

} // namespace lipsync::inference
