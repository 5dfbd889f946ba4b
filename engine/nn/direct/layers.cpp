// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/direct/layers.h"

#include <algorithm>

namespace lipsync::nn::direct {

namespace {

/// Lays out rows [begin, begin + count) of the matrix for one input; `at(output, row)` is 0 where there is no number.
template <typename At> Buffer packInput(int blocks, int rows, const KernelSet& kernels, const At& at)
{
    const int together = kernels.bf16 ? 2 : 1;
    Buffer packed(static_cast<std::size_t>(blocks) * kBlock * rows *
                  (kernels.bf16 ? sizeof(std::uint16_t) : sizeof(float)));
    std::size_t next = 0;
    for (int group = 0; group < blocks; group += kernels.groupBlocks) {
        const int outputs = std::min(kernels.groupBlocks, blocks - group) * kBlock;
        for (int k = 0; k < rows; k += together) {
            for (int o = 0; o < outputs; ++o) {
                for (int t = 0; t < together; ++t, ++next) {
                    const auto value = static_cast<float>(at(group * kBlock + o, k + t));
                    if (kernels.bf16)
                        packed.as<std::uint16_t>()[next] = toBf16(value);
                    else
                        packed.as<float>()[next] = value;
                }
            }
        }
    }
    return packed;
}

Buffer packBias(const FoldedConvolution& convolution)
{
    Buffer packed(static_cast<std::size_t>(padded(convolution.outputs)) * sizeof(float));
    std::ranges::transform(convolution.bias, packed.as<float>(), [](double b) { return static_cast<float>(b); });
    return packed;
}

constexpr int even(int count)
{
    return (count + 1) / 2 * 2;
}

} // namespace

std::vector<LerpTap> lerpTaps(int in, int out)
{
    std::vector<LerpTap> taps(static_cast<std::size_t>(out));
    const float scale = out > 1 ? static_cast<float>(in - 1) / static_cast<float>(out - 1) : 0.0f;
    for (int i = 0; i < out; ++i) {
        const float at = scale * static_cast<float>(i);
        const int left = std::min(static_cast<int>(at), in - 1);
        taps[static_cast<std::size_t>(i)] = {left, std::min(left + 1, in - 1), at - static_cast<float>(left)};
    }
    return taps;
}

Pointwise packPointwise(const FoldedConvolution& convolution, int first, const KernelSet& kernels)
{
    Pointwise packed;
    packed.blocks = padded(convolution.outputs) / kBlock;
    packed.bias = packBias(convolution);
    int begin = 0;
    for (int i = 0; i < 2; ++i) {
        const int count = i == 0 ? first : convolution.inputs - first;
        packed.inputs[i] = even(count);
        packed.weights[i] = packInput(packed.blocks, packed.inputs[i], kernels, [&](int output, int row) {
            const bool inside = output < convolution.outputs && row < count;
            return inside ? convolution.weights[static_cast<std::size_t>(output) * convolution.inputs + begin + row]
                          : 0.0;
        });
        begin = first;
    }
    return packed;
}

Result<TapConvolution> packTaps(const FoldedConvolution& convolution, TapConvolution layer, const KernelSet& kernels)
{
    const int channels = padded(convolution.inputs);
    if (convolution.taps != layer.side * layer.side || channels != layer.in.channels)
        return failure(ErrorCode::InvalidInput, "The convolutions of the audio layers do not fit together");
    auto& packed = layer.matrix;
    packed.blocks = padded(convolution.outputs) / kBlock;
    packed.bias = packBias(convolution);
    packed.inputs[0] = convolution.taps * channels;
    packed.weights[0] = packInput(packed.blocks, packed.inputs[0], kernels, [&](int output, int row) {
        const int tap = row / channels, channel = row % channels;
        const auto kernel = static_cast<std::size_t>(output) * convolution.inputs + channel;
        const bool inside = output < convolution.outputs && channel < convolution.inputs;
        return inside ? convolution.weights[kernel * convolution.taps + tap] : 0.0;
    });
    const auto length = [&](int in, int step) { return (in + 2 * layer.border - layer.side) / step + 1; };
    layer.out = {length(layer.in.rows, layer.step[0]), length(layer.in.columns, layer.step[1]), packed.blocks * kBlock};
    return layer;
}

Result<InvertedResidual> packResidual(const WeightSet& weights, const ResidualPlan& plan, const KernelSet& kernels)
{
    const auto folded = foldResidual(weights, plan);
    if (!folded)
        return failure(folded);
    const auto& [expand, depthwise, project] = *folded;

    InvertedResidual packed;
    packed.expand = packPointwise(expand, plan.first == 0 ? expand.inputs : plan.first, kernels);
    packed.project = packPointwise(project, project.inputs, kernels);
    packed.depthwiseBias = packBias(depthwise);
    const int hidden = packed.hidden();
    packed.depthwise = Buffer(static_cast<std::size_t>(kDepthwiseTaps) * hidden * sizeof(float));
    for (int c = 0; c < depthwise.outputs; ++c) {
        for (int t = 0; t < kDepthwiseTaps; ++t)
            packed.depthwise.as<float>()[t * hidden + c] =
                static_cast<float>(depthwise.weights[static_cast<std::size_t>(c) * kDepthwiseTaps + t]);
    }
    packed.rows = plan.rows;
    packed.columns = plan.columns;
    packed.step = plan.step;
    packed.addsInput = plan.addsInput;
    packed.enlarges = plan.enlarges;
    if (plan.enlarges) {
        packed.down = lerpTaps(plan.rows / 2, plan.rows);
        packed.across = lerpTaps(plan.columns / 2, plan.columns);
    }
    return packed;
}

} // namespace lipsync::nn::direct
