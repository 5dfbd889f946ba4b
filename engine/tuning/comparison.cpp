// SPDX-License-Identifier: GPL-3.0-or-later
#include "tuning/comparison.h"

#include "nn/device.h"
#include "nn/torch_runtime.h"
#include "tuning/saved_tuning.h"
#include "tuning/tuner.h"

#include <algorithm>

namespace lipsync::tuning {

namespace {

constexpr std::array<std::string_view, kStrategies.size()> kNames{"serial",       "batching", "multi_process",
                                                                  "multi_device", "hybrid",   "adaptive"};
constexpr int kMostProcesses = 4, kMostHybridWorkers = 3; ///< as the guide has them, where there are cores for them
constexpr int kBatchingSize = 8, kHybridSize = 4;
constexpr double kBatchingWaitMs = 20, kHybridWaitMs = 10;

/// A plan on the first device whose workers share all cores. In the arithmetic of the adaptive plan: what is compared
/// is how frames are served.
ConcurrencyPlan workersSharing(const ComparisonOptions& options, int workers, int batch, double waitMs)
{
    const auto& device = options.devices.front();
    ConcurrencyPlan plan;
    plan.devices = {{device, workers}};
    plan.threadsPerWorker = device == "cpu" ? std::max(1, options.cores / workers) : 1;
    plan.arithmetic = options.adaptive.arithmetic;
    plan.batchSizes = batchSizesUpTo(batch);
    plan.maxWaitMs = waitMs;
    return plan;
}

int workersUpTo(int most, const ComparisonOptions& options)
{
    return options.devices.front() == "cpu" ? std::clamp(options.cores, 1, most) : most;
}

/// One turn of a strategy; what went wrong, or nothing.
Status measure(session::FrameService& service, const LoadedAvatar& avatar, const ComparisonOptions& options,
               StrategyResult& result, int round, const std::stop_token& stop)
{
    if (auto settled = applyAndSettle(service, *result.plan, stop); !settled)
        return settled;
    nn::handMemoryBack(); // what the strategy before has left is not this one's memory
    std::vector<std::string> devices;
    for (const auto& device : result.plan->devices)
        devices.push_back(device.device);
    LoadOptions load;
    load.concurrency = options.concurrency;
    load.fewestRequests = options.concurrency;
    load.seconds = options.secondsEach / options.rounds;
    load.intervals = std::max(1, load.intervals / options.rounds);
    ResourceWatch watch(service.pool(), devices);
    result.load.merge(offerLoad(service.pool(), load, avatar.jobs(), stop));
    result.resources.merge(watch.finish(), round);
    return {};
}

std::string whyMissing(Strategy strategy, const ComparisonOptions& options)
{
    return strategy == Strategy::MultiDevice ? fmt::format("only one device here: {}", options.devices.front())
                                             : "cannot be shown here";
}

} // namespace

std::string_view toString(Strategy strategy)
{
    return kNames[static_cast<std::size_t>(strategy)];
}

std::optional<ConcurrencyPlan> planOf(Strategy strategy, const ComparisonOptions& options)
{
    switch (strategy) {
    case Strategy::Serial:
        return workersSharing(options, 1, 1, 0);
    case Strategy::Batching:
        return workersSharing(options, 1, kBatchingSize, kBatchingWaitMs);
    case Strategy::MultiProcess: {
        auto plan = workersSharing(options, workersUpTo(kMostProcesses, options), 1, 0);
        plan.isolation = Isolation::Process;
        return plan;
    }
    case Strategy::MultiDevice: {
        if (options.devices.size() < 2)
            return {};
        auto plan = workersSharing(options, 1, 1, 0);
        plan.devices.clear();
        for (const auto& name : options.devices)
            plan.devices.push_back({name, 1});
        return plan;
    }
    case Strategy::Hybrid:
        return workersSharing(options, workersUpTo(kMostHybridWorkers, options), kHybridSize, kHybridWaitMs);
    case Strategy::Adaptive:
        break;
    }
    return options.adaptive;
}

int fullConcurrency(const ComparisonOptions& options)
{
    int most = 1;
    for (const auto strategy : kStrategies) {
        if (const auto plan = planOf(strategy, options))
            most = std::max(most, fullConcurrency(*plan));
    }
    return most;
}

std::vector<std::string> comparedDevices()
{
    auto devices = defaultDevices();
    for (const auto& device : nn::usableDevices()) {
        if (std::find(devices.begin(), devices.end(), device.name()) == devices.end())
            devices.push_back(device.name());
    }
    return devices;
}

Result<ConcurrencyPlan> adaptivePlan(session::FrameService& service, const LoadedAvatar& avatar,
                                     const std::string& modelHash, const ComparisonOptions& options,
                                     const TuningProgress& progress, const std::stop_token& stop)
{
    if (auto saved = savedPlan(modelHash))
        return *saved;
    constexpr double kLeastSeconds = 2, kMostSeconds = 20;
    TuneOptions search;
    search.seconds = std::clamp(2 * options.secondsEach, kLeastSeconds, kMostSeconds);
    search.devices = defaultDevices();
    search.cores = options.cores;
    auto found = tune(service, avatar, search, progress, stop);
    if (!found)
        return failure(found);
    return found->chosen().plan;
}

Result<std::vector<StrategyResult>> compare(session::FrameService& service, const LoadedAvatar& avatar,
                                            const ComparisonOptions& options, const TuningProgress& progress,
                                            const std::stop_token& stop)
{
    const auto before = service.plan();
    std::vector<StrategyResult> results;
    for (const auto strategy : kStrategies) {
        auto plan = planOf(strategy, options);
        auto note = plan ? std::string() : whyMissing(strategy, options);
        results.push_back({strategy, std::move(plan), {}, {}, std::move(note)});
    }
    const auto turns = static_cast<double>(results.size()) * options.rounds;
    for (int round = 0; round < options.rounds; ++round) {
        for (std::size_t i = 0; i < results.size() && !stop.stop_requested(); ++i) {
            // Every round begins with another one, so that none always follows the same.
            auto& result = results[(i + static_cast<std::size_t>(round)) % results.size()];
            progress(toString(result.strategy), (round * static_cast<double>(results.size()) + i) / turns);
            if (!result.plan || !result.note.empty())
                continue;
            if (auto measured = measure(service, avatar, options, result, round, stop); !measured)
                result.note = measured.error().text();
        }
    }
    if (stop.stop_requested())
        return failure(ErrorCode::Interrupted, "Stopped while comparing.");
    if (auto restored = service.apply(before, stop); !restored)
        return failure(restored);
    return results;
}

} // namespace lipsync::tuning
