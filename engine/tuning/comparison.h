// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tuning/bench.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lipsync::tuning {

/// The ways to serve many requests that are compared.
enum class Strategy : std::uint8_t {
    Serial, ///< one request at a time
    Batching, ///< one worker that waits up to 20 ms for batches of 8
    MultiProcess, ///< workers in processes of their own, one request at a time each
    MultiDevice, ///< a worker on each device
    Hybrid, ///< several workers that wait up to 10 ms for batches of 4
    Adaptive, ///< the tuned plan: idle workers take what is there, as much as deadlines allow
};
inline constexpr std::array kStrategies{Strategy::Serial,      Strategy::Batching, Strategy::MultiProcess,
                                        Strategy::MultiDevice, Strategy::Hybrid,   Strategy::Adaptive};
std::string_view toString(Strategy strategy); ///< "serial", …, "multi_process", …

struct StrategyResult {
    Strategy strategy = Strategy::Serial;
    std::optional<ConcurrencyPlan> plan; ///< nothing where the machine cannot show it
    LoadReport load;
    ResourceUse resources;
    std::string note; ///< why there are no figures; empty otherwise

    bool isMeasured() const { return load.successes > 0; }
};

struct ComparisonOptions {
    ConcurrencyPlan adaptive;
    double secondsEach = 6; ///< of each strategy, in all rounds together
    int rounds = 3; ///< all strategies in turns, so that a noisy machine hits all alike
    int concurrency = 16; ///< requests under way, for all the same
    std::vector<std::string> devices{"cpu"}; ///< all there are; all but multi_device use the first
    int cores = 1;
};

/// The plan of a strategy; nothing when it needs more devices than there are.
std::optional<ConcurrencyPlan> planOf(Strategy strategy, const ComparisonOptions& options);

/// So many requests keep the workers of every strategy busy.
int fullConcurrency(const ComparisonOptions& options);

/// Devices to be compared on: those that are computed on unless told otherwise, then all others there are.
std::vector<std::string> comparedDevices();

/// What is compared as "adaptive": the saved tuning of that network, or the plan of a short search.
Result<ConcurrencyPlan> adaptivePlan(session::FrameService& service, const LoadedAvatar& avatar,
                                     const std::string& modelHash, const ComparisonOptions& options,
                                     const TuningProgress& progress, const std::stop_token& stop);

/// Measures all strategies under the same load on one service, which gets its plan back afterwards. A strategy that
/// does not work says so in its note; Interrupted when stopped.
Result<std::vector<StrategyResult>> compare(session::FrameService& service, const LoadedAvatar& avatar,
                                            const ComparisonOptions& options, const TuningProgress& progress,
                                            const std::stop_token& stop);

} // namespace lipsync::tuning
