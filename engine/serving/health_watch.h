// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/serving_parts.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include <grpcpp/health_check_service_interface.h>

namespace lipsync::serving {

/// Tells the standard's health service how the server ("") and each avatar (by name) are, on a thread "health": an
/// avatar is served while it is loaded and a worker is able to compute. Ends calls whose callers have stalled, too. Its destructor says that nothing is served any
/// more. One thread owns it.
class HealthWatch {
public:
    HealthWatch(const ServingParts& parts, grpc::HealthCheckServiceInterface& health);
    ~HealthWatch();

private:
    void run(const std::stop_token& stop);
    void look();

    const ServingParts& m_parts;
    grpc::HealthCheckServiceInterface& m_health;
    std::mutex m_looking; ///< of the next one, also while it is told
    std::map<std::string, bool> m_told; ///< by service
    std::mutex m_mutex;
    std::condition_variable_any m_never;
    std::jthread m_thread; ///< last: it uses all of the above
};

} // namespace lipsync::serving
