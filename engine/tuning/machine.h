// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace lipsync::tuning {

/// What a tuning holds for: other hardware, driver, build or network may want other settings.
struct TuningKey {
    std::string devices; ///< of the machine: processor with its cores, GPUs
    std::string driver; ///< of the GPUs; empty without any
    std::string build; ///< of this program and its LibTorch, and the kernels it chose
    std::string model; ///< SHA-256 of the generator's weights

    bool operator==(const TuningKey&) const = default;
};

/// The key of this machine, this build and that network.
TuningKey tuningKey(const std::string& modelHash);

/// Computing cores of this machine; at least 1.
int coreCount();
/// Devices to compute on unless told otherwise: all CUDA devices, or the processor where there are none.
std::vector<std::string> defaultDevices();

} // namespace lipsync::tuning
