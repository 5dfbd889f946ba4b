// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/cuda/fused_network.h"
#include "nn/cuda/image_halves.h"
#include "nn/device.h"
#include "nn/torch_compat.h"

namespace lipsync::nn::cuda {

/// A network's weights in the memory of a CUDA device, and what its replicas keep of template frames there.
class DeviceNetwork {
public:
    /// Throws what LibTorch throws when the device's memory does not hold the weights.
    DeviceNetwork(std::shared_ptr<const FusedNetwork> plan, const Device& device, std::size_t imageCacheBytes);

    const FusedNetwork& plan() const { return *m_plan; }
    const std::byte* weights() const { return static_cast<const std::byte*>(m_weights.data_ptr()); }
    ImageHalves& halves() const { return m_halves; }

private:
    const std::shared_ptr<const FusedNetwork> m_plan;
    const torch::Device m_place;
    torch::Tensor m_weights;
    mutable ImageHalves m_halves;
};

} // namespace lipsync::nn::cuda
