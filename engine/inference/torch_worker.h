// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/shared_networks.h"
#include "scheduling/concurrency_plan.h"
#include "scheduling/worker.h"

#include <memory>
#include <string>

namespace lipsync::inference {

/// Where and how a worker of this process computes.
struct TorchWorkerOptions {
    std::string device = "cpu"; ///< see nn::findDevice()
    int threads = 1; ///< computing threads on the processor
    Arithmetic arithmetic = Arithmetic::Fp32;
    bool useGraphs = true; ///< a CUDA graph per allowed size; without effect on the processor
    std::size_t imageCacheBytes = 0; ///< as nn::RunOptions has it; the first worker of a network decides
    nn::Executor executor = nn::Executor::Auto;
};

/// The network's name for the arithmetic of a plan.
nn::Precision precisionOf(Arithmetic arithmetic);

/// A worker on the calling thread's LibTorch: a replica of each prepared model's network, whose weights and crops it
/// shares with the other workers of `networks` on the same device. Takes MouthContent, makes MouthPicture; the
/// pictures of a batch lie in one buffer. A job whose window or template frame does not fit fails alone.
std::unique_ptr<scheduling::Worker> makeTorchWorker(std::shared_ptr<const ModelRegistry> models,
                                                    std::shared_ptr<SharedNetworks> networks,
                                                    const TorchWorkerOptions& options);

} // namespace lipsync::inference
