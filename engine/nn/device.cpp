// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/device.h"

#include "nn/generator_runner.h"
#include "nn/torch_compat.h"

#include <algorithm>
#include <charconv>

#include <fmt/ranges.h>

namespace lipsync::nn {

namespace {

constexpr std::string_view kProcessor = "cpu";
constexpr std::string_view kCuda = "cuda";

std::string usableNames()
{
    std::vector<std::string> names;
    for (const auto& device : usableDevices())
        names.push_back(device.name());
    return fmt::format("{} {}", names.size() == 1 ? "There is" : "There are", fmt::join(names, ", "));
}

std::optional<Device> parse(std::string_view name)
{
    if (name == kProcessor)
        return Device{};
    if (!name.starts_with(kCuda))
        return {};
    Device device{true, 0};
    name.remove_prefix(kCuda.size());
    if (name.empty())
        return device;
    if (name.front() != ':')
        return {};
    name.remove_prefix(1);
    const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), device.index);
    if (problem != std::errc{} || end != name.data() + name.size() || device.index < 0)
        return {};
    return device;
}

} // namespace

std::string Device::name() const
{
    return cuda ? fmt::format("{}:{}", kCuda, index) : std::string(kProcessor);
}

std::vector<Device> usableDevices()
{
    std::vector<Device> devices{Device{}};
    if (builtWithCuda()) {
        const int count = static_cast<int>(torch::cuda::device_count());
        for (int index = 0; index < count; ++index)
            devices.push_back({true, index});
    }
    return devices;
}

Result<Device> findDevice(std::string_view name)
{
    const auto device = parse(name);
    if (!device)
        return failure(ErrorCode::Usage, fmt::format("'{}' is not a device; say cpu or cuda:0.", name));
    if (!device->cuda)
        return *device;
    if (!builtWithCuda()) {
        return failure(ErrorCode::Resource,
                       fmt::format("{} cannot be used: this build has no CUDA. {}.", device->name(), usableNames()));
    }
    const auto devices = usableDevices();
    if (std::find(devices.begin(), devices.end(), *device) == devices.end()) {
        return failure(ErrorCode::Resource,
                       fmt::format("The device {} does not exist here. {}.", device->name(), usableNames()));
    }
    return *device;
}

std::string describe(const Device& device)
{
    return device.cuda ? describeCuda(device) : "processor";
}

} // namespace lipsync::nn
