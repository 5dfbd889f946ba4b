// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scheduling/concurrency_plan.h"

#include <string>
#include <vector>

namespace lipsync {

/// What a plan may sensibly ask of a device; more than that only waits for itself or for memory.
struct DeviceLimits {
    std::string device; ///< "cpu", "cuda:0"
    int workers = 1;
    int threads = 1; ///< of a worker on the processor; 1 elsewhere
    int largestBatch = 1;
    std::vector<Arithmetic> arithmetics{}; ///< that it computes in truth, fp32 first
    std::vector<std::string> executors{}; ///< what computes SyncTalk_2D's networks in each of them, for people
};

} // namespace lipsync
