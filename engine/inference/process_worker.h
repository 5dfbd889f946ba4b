// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/model.h"
#include "scheduling/concurrency_plan.h"
#include "scheduling/worker.h"

#include <filesystem>
#include <memory>
#include <string>

namespace lipsync::inference {

/// How a worker's child process is started.
struct ProcessWorkerOptions {
    std::filesystem::path program; ///< lipsync, or a program that understands its `worker` command
    std::string device = "cpu";
    int threads = 1; ///< computing threads, on "cpu"
    Arithmetic precision = Arithmetic::Fp32;
    std::size_t imageCacheBytes = 0; ///< as nn::RunOptions has it
    std::filesystem::path socketFolder; ///< for its socket; empty: $XDG_RUNTIME_DIR, or the temporary folder
    Duration startTimeout = std::chrono::seconds(60); ///< until the child serves
};

/// A worker in a supervised child of this process, reached by gRPC over a Unix socket that only this user can open.
/// The child maps the template crops of `registry`'s models and ends when this process does. Its death, whatever the
/// reason, ends run() within milliseconds with BatchFailure::WorkerLost and says how it ended; abandon() kills it.
/// The destructor ends and reaps it.
std::unique_ptr<scheduling::Worker> makeProcessWorker(std::shared_ptr<const ModelRegistry> registry,
                                                      ProcessWorkerOptions options);

} // namespace lipsync::inference
