// SPDX-License-Identifier: GPL-3.0-or-later
#include "tuning/machine.h"

#include "nn/device.h"
#include "nn/torch_runtime.h"

#include <algorithm>
#include <fstream>
#include <string_view>
#include <thread>

#include <fmt/format.h>

namespace lipsync::tuning {

namespace {

/// The processor's own name, or nothing where the system does not tell.
std::string processorName()
{
    std::ifstream stream("/proc/cpuinfo");
    for (std::string line; std::getline(stream, line);) {
        const auto colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos)
            return line.substr(colon + 2);
    }
    return "processor";
}

std::string firstLine(const char* file)
{
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    return line;
}

} // namespace

TuningKey tuningKey(const std::string& modelHash)
{
    TuningKey key;
    key.devices = fmt::format("{} × {}", coreCount(), processorName());
    for (const auto& device : nn::usableDevices()) {
        if (device.cuda) {
            key.devices += fmt::format(", {} {}", device.name(), nn::describe(device));
            key.driver = firstLine("/proc/driver/nvidia/version");
        }
    }
    key.build = fmt::format("{}, LibTorch {}, {}", LIPSYNC_VERSION, nn::torchVersion(), nn::processorCapability());
    key.model = modelHash;
    return key;
}

int coreCount()
{
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

std::vector<std::string> defaultDevices()
{
    std::vector<std::string> names;
    for (const auto& device : nn::usableDevices()) {
        if (device.cuda)
            names.push_back(device.name());
    }
    return names.empty() ? std::vector<std::string>{"cpu"} : names;
}

} // namespace lipsync::tuning
