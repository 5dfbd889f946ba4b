// SPDX-License-Identifier: GPL-3.0-or-later
#include "tuning/capacity.h"

#include "scheduling/simulator.h"
#include "tuning/bare_loops.h"

#include <algorithm>
#include <cmath>

namespace lipsync::tuning {

namespace {

constexpr double kAllowedLate = 0.01; ///< what a 99th percentile leaves
constexpr double kWarmUpSeconds = 1;
constexpr int kMostViewers = 1'000'000;

/// Time of a batch in milliseconds as the simulation has it.
double batchMs(const scheduling::SimulatedWorkers& workers, int size)
{
    const auto found = workers.tableMs.find(size);
    return found != workers.tableMs.end() ? found->second : workers.baseMs + workers.perFrameMs * size;
}

/// What the workers make when all are always busy with their best size.
double mostFramesPerSecond(const CapacityQuestion& question)
{
    constexpr double kMsPerSecond = 1000;
    double sum = 0;
    for (const auto& workers : question.workers) {
        double best = 0;
        for (const int size : question.batchSizes)
            best = std::max(best, kMsPerSecond * size / std::max(batchMs(workers, size), 1e-3));
        sum += best * workers.count;
    }
    return sum;
}

} // namespace

CapacityAnswer answer(const CapacityQuestion& question)
{
    scheduling::SimulatedLoad load;
    load.jobClass = scheduling::JobClass::Live;
    load.streams = question.viewers;
    load.rate = question.framesPerSecond;
    load.randomPhase = true;
    load.duty = question.duty;
    load.deadlineMs = question.goalP99Ms;

    scheduling::Scenario scenario;
    scenario.workers = question.workers;
    scenario.loads = {load};
    scenario.options.batchSizes = question.batchSizes;
    scenario.seconds = question.seconds + kWarmUpSeconds;
    scenario.warmUpSeconds = kWarmUpSeconds;
    scenario.seed = question.seed;
    const auto report = scheduling::simulate(scenario);
    const auto& live = report.of(scheduling::JobClass::Live);
    CapacityAnswer found;
    found.p99Ms = live.latency.p99Ms;
    found.lateFraction = live.lateFraction();
    found.utilisation = report.utilisation;
    found.meanBatch = report.meanBatch;
    found.holds = live.done > 0 && found.lateFraction <= kAllowedLate && found.p99Ms <= question.goalP99Ms;
    return found;
}

int mostViewers(const CapacityQuestion& question, const std::stop_token& stop)
{
    const auto holds = [&](int viewers) {
        auto asked = question;
        asked.viewers = viewers;
        return answer(asked).holds;
    };
    // More than the workers can compute at all need not be tried; chance may let a few more talk less.
    constexpr double kChance = 1.1;
    const double wish = question.framesPerSecond * question.duty;
    const double ceiling = std::ceil(kChance * mostFramesPerSecond(question) / wish) + 1;
    int good = 0;
    int bad = static_cast<int>(std::min<double>(ceiling, kMostViewers));
    while (bad - good > 1 && !stop.stop_requested()) {
        const int middle = good + (bad - good) / 2;
        (holds(middle) ? good : bad) = middle;
    }
    return good;
}

Result<std::map<int, double>> measureCosts(BareLoops& loops, const std::vector<int>& batchSizes, double secondsEach,
                                           const std::stop_token& stop)
{
    constexpr double kMsPerSecond = 1000;
    std::map<int, double> costs;
    for (const int size : batchSizes) {
        const auto framesPerSecond = loops.run(size, secondsEach, stop);
        if (!framesPerSecond)
            return failure(framesPerSecond);
        costs[size] = kMsPerSecond * size * loops.count() / *framesPerSecond;
    }
    return costs;
}

} // namespace lipsync::tuning
