// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "scheduling/concurrency_plan.h"
#include "scheduling/scenario.h"

#include <map>
#include <stop_token>
#include <vector>

namespace lipsync::tuning {

class BareLoops;

/// A wish for frames and the workers that shall fulfil it.
struct CapacityQuestion {
    int viewers = 1;
    double framesPerSecond = 25; ///< of a viewer whose avatar talks
    double duty = 1; ///< share of the time in which it talks
    double goalP99Ms = 40; ///< 99 of 100 frames are there after so long; the others may be late
    std::vector<scheduling::SimulatedWorkers> workers;
    std::vector<int> batchSizes{1, 2, 4};
    double seconds = 12; ///< that are simulated, after a second to warm up
    std::uint64_t seed = 1;
};

struct CapacityAnswer {
    bool holds = false;
    double p99Ms = 0; ///< of the frames that came
    double lateFraction = 0; ///< frames that were not there in time or were refused
    double utilisation = 0; ///< of the workers
    double meanBatch = 0;
};

/// Plays the wish with the engine's own scheduler in virtual time.
CapacityAnswer answer(const CapacityQuestion& question);

/// The most viewers that hold, by bisection; the question's own number of viewers does not matter.
int mostViewers(const CapacityQuestion& question, const std::stop_token& stop);

/// Measures what a batch of each allowed size takes while all loops run: milliseconds by size.
Result<std::map<int, double>> measureCosts(BareLoops& loops, const std::vector<int>& batchSizes, double secondsEach,
                                           const std::stop_token& stop);

} // namespace lipsync::tuning
