// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/nvml_library.h"

#include <string>

#include <dlfcn.h>

namespace lipsync::metrics {

namespace {

constexpr const char* kLibrary = "libnvidia-ml.so.1";

/// The open library and its entry points, which live and die together.
struct OpenLibrary {
    std::unique_ptr<void, int (*)(void*)> handle{nullptr, &::dlclose};
    NvmlFunctions functions;
};

std::string dynamicLinkerWords()
{
    const char* words = ::dlerror();
    return words == nullptr ? std::string() : std::string(words);
}

} // namespace

Result<std::shared_ptr<const NvmlFunctions>> loadNvml()
{
    const auto library = std::make_shared<OpenLibrary>();
    library->handle.reset(::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL));
    if (!library->handle)
        return failure(
            ErrorCode::Resource,
            fmt::format("There is no {} here. Install NVIDIA's driver to see the use of its GPUs.", kLibrary),
            dynamicLinkerWords());
    const char* missing = nullptr;
    const auto find = [&]<typename Function>(Function*& function, const char* name) {
        function = reinterpret_cast<Function*>(::dlsym(library->handle.get(), name));
        if (function == nullptr)
            missing = name;
    };
    NvmlFunctions& nvml = library->functions;
    find(nvml.init, "nvmlInit_v2");
    find(nvml.shutdown, "nvmlShutdown");
    find(nvml.errorString, "nvmlErrorString");
    find(nvml.deviceCount, "nvmlDeviceGetCount_v2");
    find(nvml.deviceByIndex, "nvmlDeviceGetHandleByIndex_v2");
    find(nvml.deviceName, "nvmlDeviceGetName");
    find(nvml.deviceUuid, "nvmlDeviceGetUUID");
    find(nvml.utilization, "nvmlDeviceGetUtilizationRates");
    find(nvml.memory, "nvmlDeviceGetMemoryInfo");
    if (missing != nullptr)
        return failure(
            ErrorCode::Resource,
            fmt::format("{} has no {}. Update NVIDIA's driver to see the use of its GPUs.", kLibrary, missing),
            dynamicLinkerWords());
    return std::shared_ptr<const NvmlFunctions>(library, &library->functions);
}

} // namespace lipsync::metrics
