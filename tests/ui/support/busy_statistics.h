// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <chrono>
#include <cmath>

namespace lipsync::test {

/// Statistics of an engine with a processor and a GPU at work, `poll` tenths of a second after the first.
inline StatsSnapshot busyStatistics(int poll)
{
    StatsSnapshot statistics;
    statistics.time = TimePoint(std::chrono::hours(1)) + poll * std::chrono::milliseconds(100);
    const double wave = std::sin(poll * 0.05) + 0.15 * std::sin(poll * 0.31);
    statistics.framesPerSecond = 58 + 6 * wave;
    statistics.recentEndToEnd.count = 120;
    statistics.recentEndToEnd.p50Ms = 14 + 2 * wave;
    statistics.recentEndToEnd.p95Ms = 19 + 3 * wave;
    statistics.recentEndToEnd.p99Ms = 24 + 6 * wave + (poll % 37 == 0 ? 9 : 0);
    statistics.classes[0].queue.now = poll % 3;
    statistics.classes[1].queue.now = poll % 5 == 0 ? 2 : 1;
    statistics.classes[2].queue.now = 6 + static_cast<int>(3 * wave);
    const auto polls = static_cast<std::uint64_t>(poll);
    statistics.batchSizes = {0, polls * 3, polls * 2, polls * 4, polls * 9};
    statistics.devices = {{"cpu", 0.55 + 0.1 * wave, 9000, 24000, "two cores"},
                          {"cuda:0", 0.8 + 0.08 * wave, 5300, 81000, "a GPU"}};
    statistics.process.residentMb = 640 + 5 * wave;
    statistics.process.childrenMb = 1210;
    return statistics;
}

} // namespace lipsync::test
