// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <vector>

namespace lipsync {

/// Devices that this machine has and this build can compute on, the processor first. What the driver does not tell about
/// a GPU stays 0.
std::vector<DeviceStatus> usableDevices();

/// What a plan may ask of each of these devices, in their order.
std::vector<DeviceLimits> limitsOf(const std::vector<DeviceStatus>& devices);

} // namespace lipsync
