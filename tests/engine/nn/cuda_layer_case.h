// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Maps and layers as the CUDA kernels have them, and what LibTorch makes of the same numbers.

#include "nn/cuda/calls.h"
#include "nn/cuda/numbers.h"
#include "nn/formula_weights.h"
#include "nn/torch_compat.h"

#include <cmath>

namespace lipsync::test {

using nn::cuda::MapView;
using nn::cuda::NumberFormat;
using nn::cuda::ResidualWeights;
using nn::cuda::Source;

inline constexpr int kPictures = 2;

inline torch::ScalarType typeOf(NumberFormat format)
{
    return format == NumberFormat::Bf16 ? torch::kBFloat16 : torch::kFloat16;
}

/// Floats that the format has.
inline torch::Tensor rounded(const torch::Tensor& x, NumberFormat format)
{
    return x.to(typeOf(format)).to(torch::kFloat32);
}

/// Formula numbers times `scale`.
inline torch::Tensor numbers(at::IntArrayRef shape, std::uint32_t stream, double scale)
{
    auto tensor = torch::empty(shape);
    auto* values = tensor.data_ptr<float>();
    for (std::int64_t i = 0; i < tensor.numel(); ++i)
        values[i] = static_cast<float>(scale * nn::formulaNumber(static_cast<std::uint32_t>(i), stream));
    return tensor;
}

/// A map of every picture as the kernels have it, from B × channels × rows × columns floats and back.
struct TestMap {
    TestMap(const torch::Tensor& x, NumberFormat format)
        : memory(x.to(typeOf(format)).permute({0, 2, 3, 1}).contiguous())
    {
        view = {static_cast<std::uint16_t*>(memory.data_ptr()), 0, static_cast<int>(x.size(2)),
                static_cast<int>(x.size(3)), static_cast<int>(x.size(1))};
    }
    /// One that nothing is written into yet.
    TestMap(int rows, int columns, int channels, NumberFormat format)
        : TestMap(torch::full({kPictures, channels, rows, columns}, NAN), format)
    {
    }

    torch::Tensor values() const { return memory.permute({0, 3, 1, 2}).to(torch::kFloat32); }
    Source source() const
    {
        Source source;
        source.rows = view.rows;
        source.columns = view.columns;
        source.channels = view.channels;
        source.first = view;
        return source;
    }

    torch::Tensor memory;
    MapView view;
};

/// An inverted residual with formula weights.
struct TestResidual {
    TestResidual(int in, int out, NumberFormat format, int hidden = 0)
        : format(format)
        , hidden(hidden == 0 ? 2 * in : hidden)
        , expand(rounded(numbers({this->hidden, in, 1, 1}, 1, std::sqrt(3.0 / in)), format))
        , depthwise(numbers({this->hidden, 1, 3, 3}, 2, std::sqrt(3.0 / 9)))
        , project(rounded(numbers({out, this->hidden, 1, 1}, 3, std::sqrt(3.0 / this->hidden)), format))
        , expandBias(numbers({this->hidden}, 4, 0.3))
        , depthwiseBias(numbers({this->hidden}, 5, 0.3))
        , projectBias(numbers({out}, 6, 0.3))
        , packedExpand(expand.to(typeOf(format)).contiguous())
        , packedDepthwise(depthwise.reshape({this->hidden, 9}).t().contiguous())
    {
        // The kernels read whole groups of outputs.
        const auto rows = roundedUp(out, 128);
        packedProject = torch::zeros({rows, this->hidden}, typeOf(format));
        packedProject.slice(0, 0, out).copy_(project.reshape({out, this->hidden}));
        packedBias = torch::zeros({rows});
        packedBias.slice(0, 0, out).copy_(projectBias);
        weights = {static_cast<std::uint16_t*>(packedExpand.data_ptr()),
                   expandBias.data_ptr<float>(),
                   packedDepthwise.data_ptr<float>(),
                   depthwiseBias.data_ptr<float>(),
                   static_cast<std::uint16_t*>(packedProject.data_ptr()),
                   packedBias.data_ptr<float>(),
                   in,
                   this->hidden,
                   out};
    }

    static int roundedUp(int count, int unit) { return (count + unit - 1) / unit * unit; }

    /// What LibTorch makes of it in float32, rounded where the kernels round; not the last time.
    torch::Tensor expected(const torch::Tensor& x, int step, bool addsInput) const
    {
        const auto expanded = rounded(at::conv2d(x, expand, expandBias).relu(), format);
        const auto filtered =
            rounded(at::conv2d(expanded, depthwise, depthwiseBias, step, 1, 1, expanded.size(1)).relu(), format);
        const auto made = at::conv2d(filtered, project, projectBias);
        return addsInput ? made + x : made;
    }

    NumberFormat format;
    int hidden;
    torch::Tensor expand, depthwise, project, expandBias, depthwiseBias, projectBias;
    torch::Tensor packedExpand, packedDepthwise, packedProject, packedBias;
    ResidualWeights weights;
};

/// Largest difference, in units of what the format can tell apart: sums in another order may round once or twice
/// differently on their way.
inline double difference(const torch::Tensor& made, const torch::Tensor& expected, NumberFormat format)
{
    if (!made.isfinite().all().item<bool>())
        return INFINITY;
    const double unit = format == NumberFormat::Bf16 ? 0x1p-8 : 0x1p-11;
    return ((made - expected).abs() / (expected.abs() + 1)).max().item<double>() / unit;
}

} // namespace lipsync::test
