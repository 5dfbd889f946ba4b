// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/template_frames.h"
#include "base/error.h"
#include "scheduling/concurrency_plan.h"
#include "scheduling/scenario.h"

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace lipsync::tuning {

class BareLoops;
class MouthLoad;

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

/// Measures what the workers of a plan cost on this machine, device by device. Usage when one is another machine's.
Result<std::vector<scheduling::SimulatedWorkers>> measureWorkers(const std::shared_ptr<avatar::TemplateFrames>& frames,
                                                                 const ConcurrencyPlan& plan,
                                                                 const std::stop_token& stop);

/// Standard deviation of a batch's time as a share of it, as busy machines have it.
inline constexpr double kBatchJitter = 0.05;

/// Sentences: what a batch costs, whether the wish holds and how, and how many viewers are served at most.
std::vector<std::string> explain(const CapacityQuestion& question, const CapacityAnswer& answer, int mostViewers);

} // namespace lipsync::tuning
