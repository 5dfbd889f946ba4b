// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scheduling/scheduler.h"

#include <string>

namespace lipsync::serving {

/// What "/health" says, in the words of the seed system's proxy: its backends are our workers.
struct WebHealth {
    bool isHealthy = false;
    std::string text; ///< JSON
};

/// Healthy while a worker is able to compute and the server is not about to stop.
WebHealth webHealth(const scheduling::SchedulerSnapshot& pool, bool isLeaving);

} // namespace lipsync::serving
