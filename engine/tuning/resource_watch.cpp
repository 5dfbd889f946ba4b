// SPDX-License-Identifier: GPL-3.0-or-later
#include "tuning/resource_watch.h"

#include "base/thread_name.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include <unistd.h>

namespace lipsync::tuning {

namespace {

constexpr auto kInterval = std::chrono::milliseconds(200);
constexpr double kMebi = 1 << 20;

} // namespace

void ResourceUse::merge(const ResourceUse& other, int weight)
{
    peakMb = std::max(peakMb, other.peakMb);
    if (!utilisation || !other.utilisation)
        utilisation = utilisation ? utilisation : other.utilisation;
    else
        utilisation = (*utilisation * weight + *other.utilisation) / (weight + 1);
}

ResourceWatch::ResourceWatch(const scheduling::WorkerPool& pool, std::vector<std::string> devices)
    : m_pool(pool)
    , m_devices(std::move(devices))
    , m_first(metrics::sampleProcess(pool.childProcesses()))
    , m_thread([this](const std::stop_token& stop) { watch(stop); })
{
}

ResourceUse ResourceWatch::finish()
{
    const auto children = m_pool.childProcesses();
    const auto last = metrics::sampleProcess(children);
    m_thread.request_stop();
    m_thread.join();
    auto bytes = std::max(m_peakBytes, last.residentBytes);
    if (!children.empty())
        bytes = metrics::proportionalSetSize(getpid()).value_or(bytes) + last.childrenBytes;
    ResourceUse use;
    use.peakMb = static_cast<double>(bytes) / kMebi;
    if (m_gpuCount > 0)
        use.utilisation = m_gpuSum / m_gpuCount;
    else if (std::find(m_devices.begin(), m_devices.end(), "cpu") != m_devices.end())
        use.utilisation = metrics::processStatus(m_first, last).processorShare;
    return use;
}

void ResourceWatch::watch(const std::stop_token& stop)
{
    setThreadName("resources");
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    const bool usesGpu =
        std::any_of(m_devices.begin(), m_devices.end(), [](const auto& name) { return name.starts_with("cuda"); });
    std::optional<metrics::DeviceProbe> probe;
    if (usesGpu)
        probe.emplace();
    do
        look(probe ? &*probe : nullptr);
    while (!never.wait_for(lock, stop, kInterval, [&] { return stop.stop_requested(); }));
}

void ResourceWatch::look(metrics::DeviceProbe* gpus)
{
    m_peakBytes = std::max(m_peakBytes, metrics::sampleProcess({}).residentBytes);
    if (!gpus)
        return;
    for (const auto& device : gpus->sample()) {
        const bool isGpu = device.name.starts_with("cuda") && device.utilisation;
        if (isGpu && std::find(m_devices.begin(), m_devices.end(), device.name) != m_devices.end()) {
            m_gpuSum += *device.utilisation;
            ++m_gpuCount;
        }
    }
}

} // namespace lipsync::tuning
