// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scheduling/scenario.h"
#include "scheduling/simulated_chance.h"

#include <numeric>

namespace lipsync::scheduling {

/// Workers that may be slow, uneven, short of memory, or fail in any way.
inline SimulatedWorkers randomWorkers(SimulatedChance& chance, int kind)
{
    SimulatedWorkers workers;
    workers.count = chance.whole(1, 3);
    workers.device = fmt::format("cuda:{}", kind);
    workers.baseMs = chance.between(0.5, 12);
    workers.perFrameMs = chance.between(0.1, 4);
    if (chance.happens(0.2))
        workers.tableMs = {{1, chance.between(1, 10)}, {4, chance.between(10, 30)}, {16, chance.between(30, 90)}};
    workers.jitter = chance.happens(0.5) ? chance.between(0, 0.3) : 0;
    workers.loadMs = chance.happens(0.5) ? chance.between(0, 200) : 0;
    if (chance.happens(0.3))
        workers.crashProbability = chance.between(0, 0.1);
    if (chance.happens(0.2))
        workers.hangProbability = chance.between(0, 0.03);
    if (chance.happens(0.1))
        workers.loadFailureProbability = chance.between(0, 0.5);
    if (chance.happens(0.3))
        workers.outOfMemoryAbove = chance.whole(1, 12);
    return workers;
}

inline SimulatedLoad randomLoad(SimulatedChance& chance, double seconds)
{
    SimulatedLoad load;
    load.jobClass = static_cast<JobClass>(chance.whole(0, 2));
    load.arrival = static_cast<SimulatedLoad::Arrival>(chance.whole(0, 2));
    load.model = static_cast<ModelId>(chance.whole(1, 2));
    load.streams = chance.whole(1, 4);
    load.rate = load.arrival == SimulatedLoad::Arrival::Poisson ? chance.between(10, 600) : chance.between(5, 60);
    load.randomPhase = chance.happens(0.5);
    load.duty = chance.happens(0.3) ? chance.between(0.1, 1) : 1;
    load.talkSeconds = 0.2;
    load.outstanding = chance.whole(1, 64);
    if (chance.happens(0.5))
        load.deadlineMs = chance.between(1, 120);
    if (chance.happens(0.3))
        load.startSeconds = chance.between(0, seconds);
    if (chance.happens(0.2))
        load.endSeconds = chance.between(load.startSeconds, seconds);
    load.latestWins = load.arrival != SimulatedLoad::Arrival::Endless && chance.happens(0.15);
    if (chance.happens(0.2))
        load.failingShare = chance.between(0, 0.05);
    if (chance.happens(0.1))
        load.killingShare = chance.between(0, 0.01);
    return load;
}

inline SchedulerOptions randomOptions(SimulatedChance& chance)
{
    SchedulerOptions options;
    const int largest = chance.whole(1, 32);
    if (chance.happens(0.5)) {
        options.batchSizes = batchSizesUpTo(largest);
    } else {
        options.batchSizes.resize(static_cast<std::size_t>(largest));
        std::iota(options.batchSizes.begin(), options.batchSizes.end(), 1);
    }
    if (chance.happens(0.2))
        options.batchSizes.erase(options.batchSizes.begin(), options.batchSizes.end() - 1);
    if (chance.happens(0.2))
        options.maxWait = fromMilliseconds(chance.between(0.1, 20));
    if (chance.happens(0.3))
        options.balance = static_cast<Balance>(chance.whole(0, 3));
    if (chance.happens(0.2))
        options.policy = static_cast<BatchPolicy>(chance.whole(0, 3));
    for (auto& jobClass : options.classes) {
        jobClass.weight = chance.whole(1, 8);
        if (chance.happens(0.3))
            jobClass.mostJobs = static_cast<std::size_t>(chance.whole(1, 64));
        if (chance.happens(0.2))
            jobClass.longestWait = fromMilliseconds(chance.between(5, 200));
    }
    options.refusesLate = chance.happens(0.7);
    options.shortestHang = fromMilliseconds(chance.between(300, 2000));
    options.unknownHang = fromMilliseconds(chance.between(1000, 5000));
    options.healthInterval = fromMilliseconds(chance.between(50, 2000));
    options.regrowAfter = chance.whole(1, 32);
    return options;
}

/// A short day in the life of the scheduler; the same seed gives the same one.
inline Scenario randomScenario(std::uint64_t seed)
{
    SimulatedChance chance(seed);
    Scenario scenario;
    scenario.seed = seed;
    scenario.seconds = chance.between(0.2, 1.2);
    scenario.drainSeconds = 600;
    scenario.options = randomOptions(chance);
    scenario.workers.clear();
    const int kinds = chance.whole(1, 3), loads = chance.whole(1, 4);
    for (int kind = 0; kind < kinds; ++kind)
        scenario.workers.push_back(randomWorkers(chance, kind));
    for (int load = 0; load < loads; ++load)
        scenario.loads.push_back(randomLoad(chance, scenario.seconds));
    const int events = chance.happens(0.5) ? chance.whole(1, 6) : 0;
    int leave = 0;
    for (int i = 0; i < events; ++i) {
        using Kind = SimulatedEvent::Kind;
        SimulatedEvent event{static_cast<Kind>(chance.whole(0, 6)), chance.between(0, scenario.seconds), 0};
        if (event.kind == Kind::RemoveWorker && ++leave >= scenario.workers.front().count)
            event.kind = Kind::AddWorker; // someone must stay
        if (event.kind == Kind::SetBatching)
            event.value = chance.whole(1, 32);
        scenario.events.push_back(event);
    }
    return scenario;
}

} // namespace lipsync::scheduling
