// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tuning/bench.h"
#include "tuning/saved_tuning.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lipsync::tuning {

struct TuneCell;

/// What is searched for, and among what.
struct TuneOptions {
    std::optional<double> goalP99Ms; ///< the most frames/s of the settings whose p99 is at most this
    double seconds = 30; ///< the search takes no longer, but for its last measurement
    std::vector<std::string> devices{"cpu"};
    int cores = 1; ///< computing threads of all workers together, on the processor
    std::vector<Arithmetic> arithmetics{Arithmetic::Fp32}; ///< that are worth a try
    int largestBatch = 16;
    std::vector<ConcurrencyPlan> candidates; ///< that are tried beside those of the search
    bool wholeMap = false; ///< measure all workers × batches in the first of the arithmetics, and search no further
    std::function<void(const TuneCell&)> measured{}; ///< called for every measurement of a setting; may be empty
};

/// One setting that was measured.
struct TuneCell {
    ConcurrencyPlan plan;
    int concurrency = 1; ///< requests under way
    LoadReport load;
    std::string problem; ///< why it could not be measured; empty otherwise

    double framesPerSecond() const { return load.framesPerSecond(); }
    double p99Ms() const { return milliseconds(load.latency.percentile(99)); }
    int workers() const { return plan.devices.front().workers; } ///< a device
};

struct TuneResult {
    std::vector<TuneCell> cells; ///< the chosen one first, then by frames/s
    bool keepsGoal = true; ///< of the chosen one; true without a goal
    std::vector<std::string> explanation; ///< sentences

    const TuneCell& chosen() const { return cells.front(); }
};

/// Loads the workers of a plan for so many seconds.
using CellMeasurement = std::function<Result<LoadReport>(const ConcurrencyPlan& plan, int concurrency, double seconds)>;

/// Looks for the best setting: coarse first, then round the best ones, then the last few against each other in turns,
/// each round with fewer settings and more time. Settings that cannot be measured are left aside; an error only when
/// none can, or when stopped.
Result<TuneResult> searchPlan(const TuneOptions& options, const CellMeasurement& measure,
                              const TuningProgress& progress, const std::stop_token& stop);

/// The search on the workers of a service, which gets its plan back afterwards.
Result<TuneResult> tune(session::FrameService& service, const LoadedAvatar& avatar, const TuneOptions& options,
                        const TuningProgress& progress, const std::stop_token& stop);

/// What is kept of a search for that network on this machine.
SavedTuning toSaved(const TuneResult& result, const std::optional<double>& goalP99Ms, const std::string& modelHash);

/// Precisions that may be faster than fp32 on these devices, fp32 first.
std::vector<Arithmetic> promisingArithmetics(const std::vector<std::string>& devices);

} // namespace lipsync::tuning
