// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/formula_weights.h"
#include "nn/weight_set.h"

#include <cmath>
#include <initializer_list>
#include <string>
#include <vector>

namespace lipsync::test {

/// SyncNet's tensors with the names and shapes of `syncnet_v2.model`, written down from the specification's section
/// 6.1 and not read off the network, with the formula weights of section 7.
inline nn::WeightSet syncNetWeights()
{
    using Shape = std::vector<std::int64_t>;
    nn::WeightSet weights;
    const auto add = [&](const std::string& name, Shape shape) { weights[name].shape = std::move(shape); };
    const auto addPair = [&](const std::string& part, int layer, int norm, Shape shape) {
        const auto out = shape.front();
        add(part + std::to_string(layer) + ".weight", std::move(shape));
        add(part + std::to_string(layer) + ".bias", {out});
        for (const char* name : {"weight", "bias", "running_mean", "running_var"})
            add(part + std::to_string(norm) + "." + name, {out});
    };
    addPair("netcnnaud.", 0, 1, {64, 1, 3, 3});
    addPair("netcnnaud.", 4, 5, {192, 64, 3, 3});
    addPair("netcnnaud.", 8, 9, {384, 192, 3, 3});
    addPair("netcnnaud.", 11, 12, {256, 384, 3, 3});
    addPair("netcnnaud.", 14, 15, {256, 256, 3, 3});
    addPair("netcnnaud.", 18, 19, {512, 256, 5, 4});
    addPair("netcnnlip.", 0, 1, {96, 3, 5, 7, 7});
    addPair("netcnnlip.", 4, 5, {256, 96, 1, 5, 5});
    for (const int layer : {8, 11, 14})
        addPair("netcnnlip.", layer, layer + 1, {256, 256, 1, 3, 3});
    addPair("netcnnlip.", 18, 19, {512, 256, 1, 6, 6});
    for (const std::string part : {"netfcaud.", "netfclip."}) {
        addPair(part, 0, 1, {512, 512});
        add(part + "3.weight", {1024, 512});
        add(part + "3.bias", {1024});
    }
    std::uint32_t stream = 0;
    for (auto& [name, weight] : weights) {
        double count = 1, fanIn = 1;
        for (std::size_t i = 0; i < weight.shape.size(); ++i) {
            count *= static_cast<double>(weight.shape[i]);
            fanIn *= i > 0 ? static_cast<double>(weight.shape[i]) : 1.0;
        }
        weight.values.resize(static_cast<std::size_t>(count));
        for (std::size_t j = 0; j < weight.values.size(); ++j) {
            const double h = nn::formulaNumber(static_cast<std::uint32_t>(j), stream);
            double value = 0.1 * h;
            if (weight.shape.size() >= 2)
                value = h * std::sqrt(6.0 / fanIn);
            else if (name.ends_with("running_var"))
                value = 1 + 0.5 * std::abs(h);
            else if (name.ends_with(".weight"))
                value = 1 + 0.1 * h;
            weight.values[j] = static_cast<float>(value);
        }
        ++stream;
    }
    return weights;
}

} // namespace lipsync::test
