// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/avatar_package.h"
#include "nn/generator.h"
#include "tuning/bench.h"

#include <string>
#include <vector>

namespace lipsync::tuning {

struct ExecutorComparisonOptions {
    std::string device = "cpu"; ///< see nn::findDevice()
    int threads = 0; ///< on the processor; 0: one a core
    double seconds = 20; ///< for all of them
};

/// One way to compute a network, beside the others.
struct ExecutorFigures {
    std::string name; ///< for people: "own kernels for AVX-512, image half kept"
    nn::Executor executor = nn::Executor::LibTorch;
    Arithmetic arithmetic = Arithmetic::Fp32;
    bool keepsImageHalves = false;
    double millisecondsAFrame = 0; ///< of its best round
    double differingShare = 0; ///< of the pictures' bytes, against LibTorch in fp32
    int largestDifference = 0; ///< levels of 0 … 255, against the same
    double psnr = 0; ///< decibels, against the same; infinite when no byte differs
};

/// Computes the avatar's mouths one by one in every way that the device has, LibTorch in fp32 first. They take turns,
/// so that a noisy machine hits all of them. Usage when the device is not there.
Result<std::vector<ExecutorFigures>> compareExecutors(const std::filesystem::path& avatar,
                                                      const ExecutorComparisonOptions& options,
                                                      const TuningProgress& progress, const std::stop_token& stop);

} // namespace lipsync::tuning
