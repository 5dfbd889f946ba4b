// SPDX-License-Identifier: GPL-3.0-or-later
#include "device_list.h"

#include "inference/torch_worker.h"
#include "metrics/device_probe.h"
#include "nn/device.h"
#include "nn/generator.h"
#include "tuning/machine.h"

#include <algorithm>

namespace lipsync {

namespace {

constexpr int kWorkersPerCore = 2; // more only wait for each other
constexpr int kMostGpuWorkers = 16; // from there on a GPU has enough to overlap
constexpr double kGpuWorkerMb = 1024; // context, weights and batches of a worker

int mostWorkers(const DeviceStatus& device)
{
    if (device.name == "cpu")
        return std::min(kWorkersPerCore * tuning::coreCount(), PlanLimits::kMostWorkers);
    const int fitting = static_cast<int>(device.memoryTotalMb / kGpuWorkerMb);
    return device.memoryTotalMb > 0 ? std::clamp(fitting, 1, kMostGpuWorkers) : kMostGpuWorkers;
}

std::vector<Arithmetic> arithmeticsOf(const nn::Device& device)
{
    std::vector<Arithmetic> usable{Arithmetic::Fp32};
    for (const auto& [arithmetic, precision] :
         {std::pair(Arithmetic::Bf16, nn::Precision::Bf16), std::pair(Arithmetic::Fp16, nn::Precision::Fp16)}) {
        if (nn::usablePrecision(precision, device) == precision)
            usable.push_back(arithmetic);
    }
    return usable;
}

std::string executorOf(const std::string& device, Arithmetic arithmetic)
{
    nn::RunOptions options;
    options.device = device;
    options.precision = inference::precisionOf(arithmetic);
    return nn::describeExecutor({nn::GeneratorKind::SyncTalk2D328, nn::AudioMode::Ave}, options);
}

} // namespace

std::vector<DeviceLimits> limitsOf(const std::vector<DeviceStatus>& devices)
{
    std::vector<DeviceLimits> limits;
    for (const auto& device : devices) {
        DeviceLimits of;
        of.device = device.name;
        of.workers = mostWorkers(device);
        of.threads = device.name == "cpu" ? tuning::coreCount() : 1;
        of.largestBatch = PlanLimits::kLargestBatch;
        const auto found = nn::findDevice(device.name);
        of.arithmetics = found ? arithmeticsOf(*found) : std::vector{Arithmetic::Fp32};
        for (const auto arithmetic : of.arithmetics)
            of.executors.push_back(executorOf(device.name, arithmetic));
        limits.push_back(std::move(of));
    }
    return limits;
}

std::vector<DeviceStatus> usableDevices()
{
    const auto seen = metrics::DeviceProbe().sample();
    std::vector<DeviceStatus> devices;
    for (const auto& device : nn::usableDevices()) {
        const auto status =
            std::find_if(seen.begin(), seen.end(), [&](const DeviceStatus& one) { return one.name == device.name(); });
        DeviceStatus unseen;
        unseen.name = device.name();
        unseen.description = nn::describe(device);
        devices.push_back(status != seen.end() ? *status : unseen);
    }
    return devices;
}

} // namespace lipsync
