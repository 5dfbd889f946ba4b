// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheduling/scenario.h"

#include <numeric>

namespace lipsync::scheduling {

namespace {

constexpr double kDisturbances = 100; ///< drains or deaths of a scenario of a minute

/// Every size up to the largest: what a worker without captured graphs can run.
std::vector<int> allSizes(int largest)
{
    std::vector<int> sizes(static_cast<std::size_t>(largest));
    std::iota(sizes.begin(), sizes.end(), 1);
    return sizes;
}

SimulatedLoad previews()
{
    SimulatedLoad load;
    load.jobClass = JobClass::Preview;
    load.streams = 4;
    load.rate = 25;
    load.deadlineMs = 40;
    return load;
}

SimulatedLoad endlessBulk()
{
    SimulatedLoad load;
    load.jobClass = JobClass::Bulk;
    load.arrival = SimulatedLoad::Arrival::Endless;
    return load;
}

/// Full load of all classes, and the same disturbance again and again.
Scenario disturbed(SimulatedEvent::Kind kind)
{
    auto scenario = mixedScenario();
    SimulatedLoad live;
    live.jobClass = JobClass::Live;
    live.arrival = SimulatedLoad::Arrival::Poisson;
    live.streams = 8;
    live.rate = 200;
    scenario.loads.push_back(live);
    for (int i = 0; i < static_cast<int>(kDisturbances); ++i)
        scenario.events.push_back({kind, (i + 0.5) * scenario.seconds / kDisturbances, 0});
    return scenario;
}

} // namespace

Scenario mixedScenario()
{
    Scenario scenario;
    scenario.loads = {previews(), endlessBulk()};
    scenario.options.batchSizes = allSizes(32);
    return scenario;
}

Scenario poissonScenario()
{
    Scenario scenario;
    SimulatedLoad live;
    live.jobClass = JobClass::Live;
    live.arrival = SimulatedLoad::Arrival::Poisson;
    live.streams = 24;
    live.rate = 600;
    scenario.loads = {live};
    scenario.options.batchSizes = allSizes(16);
    return scenario;
}

Scenario drainScenario()
{
    return disturbed(SimulatedEvent::Kind::Drain);
}

Scenario crashScenario()
{
    auto scenario = disturbed(SimulatedEvent::Kind::KillWorker);
    scenario.workers.front().loadMs = 200;
    return scenario;
}

} // namespace lipsync::scheduling
