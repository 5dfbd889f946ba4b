// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/cuda/calls.h"
#include "nn/cuda/numbers.h"

#include <cuda_runtime_api.h>

namespace lipsync::nn::cuda {

/// Launches the kernels on a stream of the current device. One thread at a time.
class DeviceLauncher final : public Launcher {
public:
    DeviceLauncher(NumberFormat format, cudaStream_t stream);

    // They throw std::runtime_error when a kernel cannot be launched.
    void residual(const ResidualCall& call) override;
    void expand(const ExpandCall& call) override;
    void convolve(const ConvolveCall& call) override;

private:
    const NumberFormat m_format;
    const cudaStream_t m_stream;
};

} // namespace lipsync::nn::cuda
