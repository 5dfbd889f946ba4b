// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/web/web_health.h"

#include "serving/readiness.h"

#include <nlohmann/json.hpp>

namespace lipsync::serving {

WebHealth webHealth(const scheduling::SchedulerSnapshot& pool, bool isLeaving)
{
    auto backends = nlohmann::json::array();
    int healthy = 0;
    for (const auto& worker : pool.workers) {
        const bool isAble = !isLeaving && isAbleWorker(worker);
        healthy += isAble ? 1 : 0;
        backends.push_back({{"address", fmt::format("worker {} on {}", worker.id, worker.traits.device)},
                            {"healthy", isAble},
                            {"total_requests", worker.frames},
                            {"error_count", worker.restarts}});
    }
    const nlohmann::json json{{"healthy", healthy > 0},
                              {"total_backends", pool.workers.size()},
                              {"healthy_count", healthy},
                              {"backends", std::move(backends)}};
    return {healthy > 0, json.dump()};
}

} // namespace lipsync::serving
