// SPDX-License-Identifier: GPL-3.0-or-later
#include "tuning/capacity.h"

#include "scheduling/simulator.h"
#include "tuning/bare_loops.h"
#include "tuning/mouth_load.h"

#include <algorithm>
#include <cmath>

namespace lipsync::tuning {

namespace {

constexpr double kAllowedLate = 0.01; ///< what a 99th percentile leaves
constexpr double kWarmUpSeconds = 1;
constexpr int kMostViewers = 1'000'000;
constexpr double kMostFrames = 100'000; ///< that are simulated; a percentile is not known better by more of them
constexpr double kLeastSeconds = 2;
constexpr double kOverload = 4; ///< more than so many times what workers can make need not be simulated
constexpr double kSecondsEach = 0.6; ///< of a measured batch size

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

/// e.g. "cpu: 2 workers, a batch takes 17.2 ms for 1, 30.9 ms for 2."
std::string costSentence(const scheduling::SimulatedWorkers& workers)
{
    auto text = fmt::format("{}: {} {}, a batch takes ", workers.device, workers.count,
                            workers.count == 1 ? "worker" : "workers");
    if (workers.tableMs.empty())
        text += fmt::format("{:g} ms + {:g} ms a frame", workers.baseMs, workers.perFrameMs);
    std::string separator;
    for (const auto& [size, ms] : workers.tableMs) {
        text += fmt::format("{}{:.1f} ms for {}", separator, ms, size);
        separator = ", ";
    }
    return text + ".";
}

/// Frames a second that a viewer wishes for, all pauses counted.
double wishOf(const CapacityQuestion& question)
{
    return question.framesPerSecond * question.duty;
}

CapacityAnswer play(const CapacityQuestion& question)
{
    const double wished = wishOf(question) * question.viewers;
    const double seconds = std::min(question.seconds, std::max(kLeastSeconds, kMostFrames / wished));
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
    scenario.seconds = seconds + kWarmUpSeconds;
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

} // namespace

CapacityAnswer answer(const CapacityQuestion& question)
{
    const double most = std::ceil(kOverload * mostFramesPerSecond(question) / wishOf(question)) + 1;
    if (question.viewers <= most)
        return play(question);
    // Beyond that the workers make the same frames of an ever larger wish.
    auto fewer = question;
    fewer.viewers = static_cast<int>(most);
    auto found = play(fewer);
    found.lateFraction = 1 - (1 - found.lateFraction) * fewer.viewers / question.viewers;
    found.holds = false;
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
    const double ceiling = std::ceil(kChance * mostFramesPerSecond(question) / wishOf(question)) + 1;
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

Result<std::vector<scheduling::SimulatedWorkers>> measureWorkers(const std::shared_ptr<avatar::TemplateFrames>& frames,
                                                                 const ConcurrencyPlan& plan,
                                                                 const std::stop_token& stop)
{
    const auto load = MouthLoad::create(frames, stop);
    if (!load)
        return failure(load);
    std::vector<scheduling::SimulatedWorkers> all;
    for (const auto& device : plan.devices) {
        auto alone = plan;
        alone.devices = {device};
        auto loops = BareLoops::create(frames->package(), *frames, *load, alone);
        if (!loops)
            return failure(loops);
        auto costs = measureCosts(**loops, plan.batchSizes, kSecondsEach, stop);
        if (!costs)
            return failure(costs);
        scheduling::SimulatedWorkers workers;
        workers.count = device.workers;
        workers.device = device.device;
        workers.jitter = kBatchJitter;
        workers.tableMs = std::move(*costs);
        all.push_back(std::move(workers));
    }
    return all;
}

std::vector<std::string> explain(const CapacityQuestion& question, const CapacityAnswer& answer, int mostViewers)
{
    constexpr double kPercent = 100;
    std::vector<std::string> sentences;
    for (const auto& workers : question.workers)
        sentences.push_back(costSentence(workers));
    sentences.push_back(
        fmt::format("{} viewers at {:g} frames/s, talking {:g} % of the time, frames within {:g} ms: {}.",
                    question.viewers, question.framesPerSecond, question.duty * kPercent, question.goalP99Ms,
                    answer.holds ? "this holds" : "this does not hold"));
    const auto speed =
        answer.lateFraction < 1 ? fmt::format("p99 {:.1f} ms", answer.p99Ms) : std::string("No frame comes in time");
    sentences.push_back(fmt::format("{}, {:.2f} % of the frames late, workers {:.0f} % busy, {:.2f} frames a batch.",
                                    speed, answer.lateFraction * kPercent, answer.utilisation * kPercent,
                                    answer.meanBatch));
    sentences.push_back(mostViewers > 0 ? fmt::format("At most {} {} in time.", mostViewers,
                                                      mostViewers == 1 ? "viewer is served" : "viewers are served")
                                        : std::string("Not even one viewer is served in time."));
    return sentences;
}

} // namespace lipsync::tuning
