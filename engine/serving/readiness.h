// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scheduling/scheduler.h"

#include <algorithm>

namespace lipsync::serving {

/// A worker that computes now or would at once; one that starts, restarts or has failed does not.
inline bool isAbleWorker(const scheduling::WorkerSnapshot& worker)
{
    using scheduling::WorkerState;
    return !worker.leaving &&
        (worker.state == WorkerState::Idle || worker.state == WorkerState::Busy ||
         worker.state == WorkerState::Checking);
}

inline int ableWorkers(const scheduling::SchedulerSnapshot& pool)
{
    return static_cast<int>(std::ranges::count_if(pool.workers, isAbleWorker));
}

} // namespace lipsync::serving
