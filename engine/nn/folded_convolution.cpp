// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/folded_convolution.h"

#include <cmath>
#include <iterator>

namespace lipsync::nn {

namespace {

constexpr double kNormEpsilon = 1e-5;

/// The numbers of a tensor; null unless it has that many (0: any number).
const WeightValues* find(const WeightSet& weights, const std::string& name, std::size_t count)
{
    const auto found = weights.find(name);
    if (found == weights.end() || (count != 0 && found->second.values.size() != count))
        return nullptr;
    return &found->second.values;
}

} // namespace

Result<FoldedConvolution> fold(const WeightSet& weights, const std::string& convolution, const std::string& norm)
{
    const auto unfitting = [](const std::string& name) {
        return failure(ErrorCode::InvalidInput, "The weights lack '" + name + "', or it has another size");
    };
    const auto found = weights.find(convolution + ".weight");
    if (found == weights.end() || found->second.shape.size() != 4)
        return unfitting(convolution + ".weight");
    const auto& shape = found->second.shape;
    FoldedConvolution folded;
    folded.outputs = static_cast<int>(shape[0]);
    folded.inputs = static_cast<int>(shape[1]);
    folded.taps = static_cast<int>(shape[2] * shape[3]);
    folded.weights.assign(found->second.values.begin(), found->second.values.end());
    const auto outputs = static_cast<std::size_t>(folded.outputs);
    folded.bias.assign(outputs, 0.0);
    if (const auto* bias = find(weights, convolution + ".bias", outputs))
        folded.bias.assign(bias->begin(), bias->end());
    if (norm.empty())
        return folded;

    const WeightValues* parts[4];
    const char* const names[] = {".weight", ".bias", ".running_mean", ".running_var"};
    for (std::size_t i = 0; i < std::size(names); ++i) {
        parts[i] = find(weights, norm + names[i], outputs);
        if (!parts[i])
            return unfitting(norm + names[i]);
    }
    const auto& [gain, shift, mean, variance] = parts;
    const auto each = folded.weights.size() / outputs;
    for (std::size_t o = 0; o < outputs; ++o) {
        const double scale = (*gain)[o] / std::sqrt(static_cast<double>((*variance)[o]) + kNormEpsilon);
        folded.bias[o] = (folded.bias[o] - (*mean)[o]) * scale + (*shift)[o];
        for (std::size_t i = o * each; i < (o + 1) * each; ++i)
            folded.weights[i] *= scale;
    }
    return folded;
}

Result<FoldedResidual> foldResidual(const WeightSet& weights, const ResidualPlan& plan)
{
    const auto group = plan.name + ".conv.";
    auto expand = fold(weights, group + "0", group + "1");
    auto depthwise = fold(weights, group + "3", group + "4");
    auto project = fold(weights, group + "6", group + "7");
    for (const auto* part : {&expand, &depthwise, &project}) {
        if (!*part)
            return failure(*part);
    }
    const bool fits = plan.first <= expand->inputs && expand->taps == 1 && project->taps == 1 &&
        depthwise->taps == kDepthwiseTaps && depthwise->inputs == 1 && depthwise->outputs == expand->outputs &&
        project->inputs == expand->outputs;
    if (!fits)
        return failure(ErrorCode::InvalidInput, "The layers of '" + plan.name + "' do not fit together");
    return FoldedResidual{std::move(*expand), std::move(*depthwise), std::move(*project)};
}

} // namespace lipsync::nn
