// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/cuda/calls.h"
#include "nn/cuda/numbers.h"
#include "nn/direct/layers.h"
#include "nn/network_spec.h"

#include <array>
#include <memory>
#include <vector>

namespace lipsync::nn::cuda {

using direct::MapSize;

/// An inverted residual; weights are places in FusedNetwork::weights, in bytes.
struct FusedResidual {
    std::size_t expand = 0, expandBias = 0, depthwise = 0, depthwiseBias = 0, project = 0, projectBias = 0;
    int in = 0, hidden = 0, out = 0; ///< channels, padded
    int rows = 0, columns = 0; ///< of the expanded map
    int step = 1;
    bool addsInput = false;
    ResidualShape shape; ///< its step is 0 where the layer takes two passes

    bool isOnePass() const { return shape.step != 0; }
    MapSize size() const { return {(rows - 1) / step + 1, (columns - 1) / step + 1, out}; } ///< of its output
};

/// A dense 3×3 convolution with a ReLU.
struct FusedConvolution {
    std::size_t weights = 0, bias = 0;
    MapSize in, out;
    std::array<int, 2> step{1, 1}; ///< rows and columns from one output to the next
    int border = 1; ///< rows and columns of zeros around the input
};

/// The weights of a SyncTalk_2D or Ultralight generator as the kernels of this room want them, and the plan of its
/// maps. On the host; never changed.
class FusedNetwork : public UnetLayers<FusedResidual, FusedConvolution> {
public:
    /// Whether these kernels compute that network.
    static bool covers(const GeneratorSpec& spec);

    /// InvalidInput when tensors are missing or do not fit, Usage when the network is not covered.
    static Result<std::shared_ptr<const FusedNetwork>> create(const WeightSet& weights, const GeneratorSpec& spec,
                                                              NumberFormat format);

    /// Numbers of all levels but the first, which are what is kept of a picture.
    std::size_t imageHalfNumbers() const;
    /// Where levels[index] lies in a kept half, index ≥ 1, in numbers.
    std::size_t levelOffset(std::size_t index) const;

    GeneratorSpec spec;
    NetworkProfile profile;
    NumberFormat format = NumberFormat::Bf16;
    std::vector<std::byte> weights;

    std::vector<MapSize> levels; ///< what entry and downs give, the largest first
    std::size_t exitWeights = 0, exitBias = 0; ///< float32; to the picture's three colours
};

} // namespace lipsync::nn::cuda
