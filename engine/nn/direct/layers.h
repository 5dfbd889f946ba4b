// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/direct/buffer.h"
#include "nn/direct/kernels.h"
#include "nn/folded_convolution.h"
#include "nn/unet_plan.h"

#include <array>
#include <bit>
#include <string>
#include <vector>

namespace lipsync::nn::direct {

/// A picture or a map of features, pixel after pixel: rows × columns × channels, these padded to whole blocks.
struct MapSize {
    int rows = 0, columns = 0, channels = 0;

    std::size_t numbers() const { return static_cast<std::size_t>(rows) * columns * channels; }
};

/// Rounds to the nearest bfloat16, ties to even; keeps what is not a number.
inline std::uint16_t toBf16(float x)
{
    const auto bits = std::bit_cast<std::uint32_t>(x);
    if (x != x)
        return static_cast<std::uint16_t>(bits >> 16 | 0x40u);
    return static_cast<std::uint16_t>((bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16);
}

/// A matrix that every pixel is multiplied with, its rows from one or two inputs, as Gemm wants it.
struct Pointwise {
    int blocks = 0; ///< of outputs
    int inputs[2] = {}; ///< channels of each input, even
    Buffer weights[2];
    Buffer bias;

    const float* biasFrom(int block) const { return bias.as<float>() + block * kBlock; }
    /// The weights of input `i` from an output block on, which begins a group.
    const void* weightsFrom(int i, int block, bool bf16) const
    {
        return weights[i].as<std::byte>() +
            static_cast<std::size_t>(block) * kBlock * inputs[i] * (bf16 ? sizeof(std::uint16_t) : sizeof(float));
    }
};

/// Of a 1×1 convolution whose input channels are `first` ones of one input and the rest of another.
Pointwise packPointwise(const FoldedConvolution& convolution, int first, const KernelSet& kernels);
/// A convolution computed as a Pointwise of every pixel's neighbours, which are gathered before; then ReLU.
struct TapConvolution {
    Pointwise matrix;
    MapSize in, out;
    int side = 3; ///< of its square of taps
    std::array<int, 2> step{1, 1}; ///< rows and columns from one output to the next
    int border = 1; ///< rows and columns of zeros around the input
    bool addsInput = false; ///< before the ReLU

    std::size_t gatheredNumbers() const { return std::size_t(matrix.inputs[0]) * out.rows * out.columns; }
};

/// `layer`: all but its matrix and output. InvalidInput when the convolution is not one of it.
Result<TapConvolution> packTaps(const FoldedConvolution& convolution, TapConvolution layer, const KernelSet& kernels);

/// Where each of `out` pixels lies between `in` ones, corners on corners.
std::vector<LerpTap> lerpTaps(int in, int out);

/// An inverted residual: expands, 3×3 depthwise, projects.
struct InvertedResidual {
    Pointwise expand, project;
    Buffer depthwise, depthwiseBias; ///< 9 × and 1 × hidden channels, padded
    int step = 1;
    bool addsInput = false;
    bool enlarges = false; ///< its first input has half the rows and columns of the second
    int rows = 0, columns = 0; ///< of the expanded picture
    std::vector<LerpTap> down, across; ///< where it enlarges, by row and by column

    int hidden() const { return expand.blocks * kBlock; }
    int outRows() const { return (rows - 1) / step + 1; }
    int outColumns() const { return (columns - 1) / step + 1; }
    int outChannels() const { return project.blocks * kBlock; }
    MapSize out() const { return {outRows(), outColumns(), outChannels()}; }
    /// Whether its rows are computed one by one from start to end, so that only three expanded ones exist; otherwise
    /// some of its channels are, for all rows.
    bool byRows() const { return rows >= kManyRows; }
    /// Numbers from one block to the next of what the depthwise convolution gives, of a row or of all. One pixel more
    /// than needed, so that blocks do not compete for the same lines of a cache.
    int filteredStride() const { return ((byRows() ? 1 : outRows()) * outColumns() + 1) * kBlock; }
    std::size_t filteredNumbers() const { return static_cast<std::size_t>(expand.blocks) * filteredStride(); }

    static constexpr int kManyRows = 80;
};

/// InvalidInput when its tensors are missing or do not fit together.
Result<InvertedResidual> packResidual(const WeightSet& weights, const ResidualPlan& plan, const KernelSet& kernels);

} // namespace lipsync::nn::direct
