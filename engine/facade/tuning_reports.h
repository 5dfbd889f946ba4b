// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "scheduling/concurrency_plan.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lipsync {

/// How a plan does under load, as measured here.
struct LoadFigures {
    double framesPerSecond = 0;
    double p50Ms = 0, p95Ms = 0, p99Ms = 0; ///< from the wish for a frame to its delivery
    double meanBatch = 0;
    double memoryMb = 0; ///< of the process and its children; 0 when not measured
    double deviceUse = 0; ///< 0 to 1; 0 when not measured
};

/// A search for the best plan for an avatar on this machine.
struct TuningRequest {
    std::filesystem::path avatar;
    std::optional<double> goalP99Ms = 40; ///< the most frames/s of the plans that keep this
    double seconds = 60; ///< the search takes no longer
    bool wholeMap = false; ///< measure every cell of workers × batch instead of searching
};

/// One plan that was measured.
struct TuningCell {
    ConcurrencyPlan plan;
    int workers = 1, largestBatch = 1; ///< where it lies on the map; workers of each device
    LoadFigures figures;
    bool keepsGoal = true;
    std::string problem; ///< why it could not be measured; empty otherwise
};

struct TuningOutcome {
    ConcurrencyPlan chosen;
    LoadFigures figures; ///< of the chosen plan
    bool keepsGoal = true;
    std::vector<TuningCell> cells; ///< the chosen one first, then by frames/s
    std::vector<std::string> explanation; ///< sentences
};

/// Called from the engine's threads.
struct TuningEvents {
    std::function<void(double share, const std::string& doing)> progress;
    std::function<void(const TuningCell&)> measured; ///< as often as a cell gets better figures
    std::function<void(Result<TuningOutcome>)> finished; ///< once; the outcome is saved for avatar and machine
};

/// The ways to serve many requests, measured under the same load.
struct ComparisonRequest {
    std::filesystem::path avatar;
    double secondsEach = 6;
    int concurrency = 16; ///< requests under way, for all the same; 0: enough to keep the workers of each busy
};

/// A way to serve, and how it did.
struct StrategyFigures {
    std::string strategy; ///< "serial", "batching", "multi_process", "multi_device", "hybrid", "adaptive"
    std::optional<ConcurrencyPlan> plan; ///< nothing where the machine cannot show it
    LoadFigures figures;
    std::string note; ///< why there are no figures; empty otherwise
};

/// Called from the engine's threads.
struct ComparisonEvents {
    std::function<void(double share, const std::string& doing)> progress;
    std::function<void(Result<std::vector<StrategyFigures>>)> finished; ///< once
};

/// How many viewers workers can serve.
struct CapacityRequest {
    std::filesystem::path avatar; ///< what a frame costs is measured with it
    int viewers = 10;
    double framesPerSecond = 25; ///< of a viewer whose avatar talks
    double duty = 1; ///< share of the time in which it talks
    double goalP99Ms = 40;
    ConcurrencyPlan plan{}; ///< workers, devices and batches asked about
    int deviceCount = 1; ///< so many times the plan's devices
};

struct CapacityFigures {
    bool holds = false; ///< for the viewers asked about
    int mostViewers = 0;
    double p99Ms = 0, lateShare = 0, utilisation = 0, meanBatch = 0; ///< of the viewers asked about
    std::vector<std::string> explanation;
};

/// Called from the engine's threads.
struct CapacityEvents {
    std::function<void(Result<CapacityFigures>)> finished; ///< once
};

} // namespace lipsync
