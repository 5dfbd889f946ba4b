// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/formula_weights.h"

#include "nn/ave_network.h"
#include "nn/generator_module.h"
#include "nn/module_weights.h"

#include <cmath>

namespace lipsync::nn {

namespace {

constexpr std::uint32_t kPictureStream = 100000;
constexpr std::uint32_t kFeatureStream = 100001;
constexpr std::uint32_t kMelStream = 100002;

double formulaWeight(const std::string& name, std::size_t dimensions, double fanIn, double h)
{
    if (dimensions >= 2) {
        const double scale = name == "outc.conv.weight" || name == "output_block.1.weight" ? 0.1 : 1.0;
        return h * std::sqrt(6.0 / fanIn) * scale;
    }
    if (name.ends_with("running_var"))
        return 1.0 + 0.5 * std::abs(h);
    if (name.ends_with(".weight"))
        return 1.0 + 0.1 * h;
    return 0.1 * h;
}

WeightSet formulaFor(const torch::nn::Module& module)
{
    WeightSet weights;
    std::uint32_t stream = 0;
    for (const auto& [name, tensor] : namedTensors(module)) { // a std::map: sorted as bytes, as the formula wants
        Weight weight;
        weight.shape = tensor.sizes().vec();
        double fanIn = 1;
        for (std::size_t d = 1; d < weight.shape.size(); ++d)
            fanIn *= static_cast<double>(weight.shape[d]);
        weight.values.resize(static_cast<std::size_t>(tensor.numel()));
        for (std::size_t j = 0; j < weight.values.size(); ++j) {
            weight.values[j] = static_cast<float>(
                formulaWeight(name, weight.shape.size(), fanIn, formulaNumber(static_cast<std::uint32_t>(j), stream)));
        }
        weights.emplace(name, std::move(weight));
        ++stream;
    }
    return weights;
}

std::vector<float> formulaInput(std::size_t count, std::uint32_t stream, double offset, double scale)
{
    std::vector<float> values(count);
    for (std::size_t j = 0; j < count; ++j)
        values[j] = static_cast<float>(offset + scale * formulaNumber(static_cast<std::uint32_t>(j), stream));
    return values;
}

} // namespace

double formulaNumber(std::uint32_t j, std::uint32_t stream)
{
    std::uint32_t x = j + 0x9E3779B9u * (stream + 1);
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    x ^= x >> 16;
    return x / 2147483648.0 - 1.0;
}

WeightSet formulaWeights(const GeneratorSpec& spec)
{
    return formulaFor(*makeGeneratorModule(spec));
}

WeightSet formulaAudioEncoderWeights()
{
    return formulaFor(AveNetwork());
}

std::vector<float> formulaPicture(std::size_t count)
{
    return formulaInput(count, kPictureStream, 0.5, 0.5);
}

std::vector<float> formulaFeatures(std::size_t count)
{
    return formulaInput(count, kFeatureStream, 0.0, 1.0);
}

std::vector<float> formulaMel(std::size_t count)
{
    return formulaInput(count, kMelStream, 0.0, 4.0);
}

} // namespace lipsync::nn
