// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <functional>
#include <memory>

namespace lipsync::metrics {

// The part of NVIDIA's management library (NVML) that the probe uses, as the "NVML API Reference Guide" has it. It comes
// with the driver and is opened at run time, so that one program runs with and without an NVIDIA driver.

using NvmlDevice = void*; ///< nvmlDevice_t, opaque
inline constexpr int kNvmlSuccess = 0; ///< of nvmlReturn_t

/// nvmlUtilization_t: per cent of the last sample period in which something ran, or memory was read or written.
struct NvmlUtilization {
    unsigned int gpu = 0;
    unsigned int memory = 0;
};

/// nvmlMemory_t, in bytes.
struct NvmlMemory {
    unsigned long long total = 0;
    unsigned long long free = 0;
    unsigned long long used = 0;
};

/// Entry points; every one is set.
struct NvmlFunctions {
    int (*init)() = nullptr; ///< nvmlInit_v2
    int (*shutdown)() = nullptr; ///< nvmlShutdown
    const char* (*errorString)(int result) = nullptr; ///< nvmlErrorString
    int (*deviceCount)(unsigned int* count) = nullptr; ///< nvmlDeviceGetCount_v2
    int (*deviceByIndex)(unsigned int index, NvmlDevice* device) = nullptr; ///< nvmlDeviceGetHandleByIndex_v2
    int (*deviceName)(NvmlDevice device, char* name, unsigned int length) = nullptr; ///< nvmlDeviceGetName
    int (*deviceUuid)(NvmlDevice device, char* uuid, unsigned int length) = nullptr; ///< nvmlDeviceGetUUID
    int (*utilization)(NvmlDevice device, NvmlUtilization* rates) = nullptr; ///< nvmlDeviceGetUtilizationRates
    int (*memory)(NvmlDevice device, NvmlMemory* memory) = nullptr; ///< nvmlDeviceGetMemoryInfo
};

/// Opens the library; it stays open as long as the functions are held. Resource where there is none.
using NvmlLoader = std::function<Result<std::shared_ptr<const NvmlFunctions>>()>;

/// The NvmlLoader of real life: the driver's libnvidia-ml.so.1.
Result<std::shared_ptr<const NvmlFunctions>> loadNvml();

} // namespace lipsync::metrics
