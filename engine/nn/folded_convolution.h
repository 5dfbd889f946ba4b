// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/unet_plan.h"
#include "nn/weight_set.h"

#include <string>
#include <vector>

namespace lipsync::nn {

inline constexpr int kDepthwiseTaps = 9; ///< of an inverted residual's 3×3 convolution

/// Channels in whole blocks, as oneDNN's and CUDA's layouts have them; what is padded has weights of 0 and stays 0.
inline constexpr int kChannelBlock = 16;
constexpr int paddedChannels(int channels)
{
    return (channels + kChannelBlock - 1) / kChannelBlock * kChannelBlock;
}

/// Input channels of a layer: those of one map, or of two that are joined; each padded for itself.
struct InputChannels {
    int first = 0, second = 0;

    int padded() const { return paddedChannels(first) + paddedChannels(second); }
    /// The padded place of a channel of the network.
    int placeOf(int channel) const { return channel < first ? channel : paddedChannels(first) + channel - first; }
};

/// A convolution with its BatchNorm merged into it, computed in double: outputs × inputs × taps, and a bias an output.
struct FoldedConvolution {
    int outputs = 0, inputs = 0, taps = 0;
    std::vector<double> weights;
    std::vector<double> bias;
};

/// `convolution`: the name of its weights without ".weight"; `norm`: likewise of its BatchNorm, or empty. InvalidInput
/// when a tensor is missing or of another size.
Result<FoldedConvolution> fold(const WeightSet& weights, const std::string& convolution, const std::string& norm);

struct FoldedResidual {
    FoldedConvolution expand, depthwise, project;
};

/// The three convolutions of an inverted residual. InvalidInput when they do not fit together.
Result<FoldedResidual> foldResidual(const WeightSet& weights, const ResidualPlan& plan);

} // namespace lipsync::nn
