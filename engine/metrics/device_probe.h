// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "metrics/nvml_library.h"
#include "metrics/proc_text.h"
#include "metrics/stats_snapshot.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lipsync::metrics {

/// Whether and how NVIDIA's GPUs are found.
struct DeviceProbeOptions {
    NvmlLoader loader = loadNvml;
    /// CUDA_VISIBLE_DEVICES: which GPUs are "cuda:0", "cuda:1", …, by index or (beginning of) UUID; nothing when it is
    /// not set. Indices are NVML's, in the order of the bus, as CUDA counts with CUDA_DEVICE_ORDER=PCI_BUS_ID.
    std::optional<std::string> visibleDevices = visibleDevicesOfEnvironment();

    static std::optional<std::string> visibleDevicesOfEnvironment();
};

/// Watches the machine's computing devices: "cpu", and "cuda:N" where NVIDIA's driver is installed. One thread at a time.
class DeviceProbe {
public:
    /// A missing driver is no error: there are only no GPUs then, and note() says why.
    explicit DeviceProbe(const DeviceProbeOptions& options = {});
    ~DeviceProbe();
    DeviceProbe(const DeviceProbe&) = delete;
    DeviceProbe& operator=(const DeviceProbe&) = delete;

    /// All devices, "cpu" first; its use is that since the last sample. A GPU that fails says so in its description.
    std::vector<DeviceStatus> sample();
    /// Why no GPU is seen, in a sentence; empty when there is one.
    const std::string& note() const { return m_note; }

private:
    struct Gpu {
        NvmlDevice device = nullptr;
        std::string product, uuid;
    };

    void findGpus(const std::optional<std::string>& visibleDevices);
    Result<Gpu> openGpu(unsigned int index) const;
    std::string nvmlWords(int result) const;
    DeviceStatus sampleProcessor();
    DeviceStatus sampleGpu(std::size_t number) const;

    std::shared_ptr<const NvmlFunctions> m_nvml; ///< set once init() has succeeded
    std::vector<Gpu> m_gpus; ///< by their number in "cuda:N"
    std::string m_note;
    std::string m_processor; ///< for a person
    ProcessorTicks m_lastTicks;
    std::optional<double> m_processorUse; ///< kept where two samples share a tick
};

/// The entries of a CUDA_VISIBLE_DEVICES as indices into `uuids`, the UUIDs of all GPUs; as CUDA does, it ends at the
/// first entry that names none.
std::vector<std::size_t> visibleGpus(std::string_view visibleDevices, const std::vector<std::string>& uuids);

} // namespace lipsync::metrics
