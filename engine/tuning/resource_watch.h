// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "metrics/device_probe.h"
#include "metrics/process_probe.h"
#include "scheduling/worker_pool.h"

#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace lipsync::tuning {

/// What a load took from the machine.
struct ResourceUse {
    double peakMb = 0; ///< memory of this process and the pool's children, shared pages counted once
    std::optional<double>
        utilisation; ///< 0 to 1 of the devices; of all cores, by this process and its children, for cpu

    /// Keeps the higher peak and the mean of the utilisations, of which `weight` were merged before.
    void merge(const ResourceUse& other, int weight);
};

/// Watches memory and devices from its beginning to finish(). Its thread, "resources", looks five times a second at what
/// is cheap to see. Pages that processes share are counted once by walking them all, which takes milliseconds from the
/// workers: that is done at the end only, while everything is still in memory.
class ResourceWatch {
public:
    /// `devices` are those of a plan; the pool must outlive the watch.
    ResourceWatch(const scheduling::WorkerPool& pool, std::vector<std::string> devices);
    ResourceUse finish();

private:
    void watch(const std::stop_token& stop);
    void look(metrics::DeviceProbe* gpus);

    const scheduling::WorkerPool& m_pool;
    const std::vector<std::string> m_devices;
    const metrics::ProcessSample m_first;
    std::uint64_t m_peakBytes = 0; ///< resident in this process
    double m_gpuSum = 0; ///< of utilisations of GPUs
    int m_gpuCount = 0;
    std::jthread m_thread; ///< last: it uses all of the above
};

} // namespace lipsync::tuning
