// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/health_watch.h"

#include "base/thread_name.h"
#include "serving/readiness.h"

namespace lipsync::serving {

namespace {

constexpr auto kInterval = std::chrono::milliseconds(100);

} // namespace

HealthWatch::HealthWatch(const ServingParts& parts, grpc::HealthCheckServiceInterface& health)
    : m_parts(parts)
    , m_health(health)
{
    m_health.SetServingStatus("", false);
    m_told[""] = false;
    m_parts.shelf.whenLoaded([this] { look(); }); // whoever had it loaded may ask at once
    m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

HealthWatch::~HealthWatch()
{
    m_parts.shelf.whenLoaded(nullptr);
    m_thread.request_stop();
    m_thread.join();
    m_health.Shutdown();
}

void HealthWatch::run(const std::stop_token& stop)
{
    setThreadName("health");
    std::unique_lock lock(m_mutex);
    while (!stop.stop_requested()) {
        look();
        m_parts.gate.endStalled();
        m_never.wait_for(lock, stop, kInterval, [] { return false; });
    }
}

void HealthWatch::look()
{
    std::lock_guard lock(m_looking);
    const bool isAble = ableWorkers(m_parts.service.pool().snapshot()) > 0;
    std::map<std::string, bool> present{{"", isAble}};
    for (const auto& avatar : m_parts.shelf.loaded())
        present[avatar->name] = isAble;
    for (const auto& [service, isServed] : m_told)
        present.emplace(service, false); // it was unloaded
    for (const auto& [service, isServed] : present) {
        const auto told = m_told.find(service);
        if (told == m_told.end() || told->second != isServed)
            m_health.SetServingStatus(service, isServed);
    }
    m_told = std::move(present);
}

} // namespace lipsync::serving
