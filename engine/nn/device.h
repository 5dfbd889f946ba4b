// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace lipsync::nn {

/// A place where networks compute: the processor, or one CUDA device.
struct Device {
    bool cuda = false;
    int index = 0; ///< of the CUDA device

    std::string name() const; ///< "cpu", "cuda:0"
    bool operator==(const Device&) const = default;
};

/// Whether this build can use CUDA devices at all.
bool builtWithCuda();

/// The devices of this machine that this build can use, the processor first.
std::vector<Device> usableDevices();

/// The device of that name: "cpu", "cuda:N", or "cuda" for the first. Usage when it is no such name, Resource when
/// there is no such device here; the sentence names those that there are.
Result<Device> findDevice(std::string_view name);

/// Name of a device for a person, e.g. of a graphics card; the processor's is "processor".
std::string describe(const Device& device);

} // namespace lipsync::nn
