// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/direct/scratch.h"

#include <algorithm>

namespace lipsync::nn::direct {

namespace {

constexpr int kColours = 3;
constexpr std::size_t kLine = 64; ///< bytes of a cache line

int channelsAtOnce(const InvertedResidual& layer)
{
    return layer.byRows() ? layer.hidden() : std::min(layer.hidden(), kChunk * kBlock);
}

std::size_t expandedRow(const InvertedResidual& layer)
{
    return static_cast<std::size_t>(layer.columns + 2) * channelsAtOnce(layer);
}

std::size_t largest(const DirectNetwork& network, const auto& of)
{
    std::size_t most = 0;
    network.eachResidual([&](const InvertedResidual& layer) { most = std::max(most, std::size_t(of(layer))); });
    return most;
}

} // namespace

Scratch::Scratch(const DirectNetwork& network)
{
    const auto number = network.numberBytes();
    const auto rows = largest(network, expandedRow);
    const auto halfRow = sizeof(float) * largest(network, [](const InvertedResidual& layer) {
                             return layer.enlarges ? layer.columns / 2 * channelsAtOnce(layer) : 0;
                         });
    const auto filteredRow = number *
        largest(network, [](const InvertedResidual& layer) { return layer.byRows() ? layer.filteredNumbers() : 0; });
    const auto size = static_cast<std::size_t>(network.profile.pictureSize);

    std::size_t total = 0;
    const auto reserve = [&](std::size_t bytes) {
        const auto begin = total;
        total += (bytes + kLine - 1) / kLine * kLine;
        return begin;
    };
    const auto expandedAt = reserve(3 * rows * number), halfAt = reserve(2 * halfRow), betweenAt = reserve(halfRow);
    const auto filteredAt = reserve(filteredRow), inputAt = reserve(size * kBlock * number);
    const auto resultAt = reserve(size * network.ups.back().second.outChannels() * number);
    const auto logitsAt = reserve(size * kBlock * sizeof(float));
    const auto valuesAt = reserve((size * kColours + 2 * kBlock) * sizeof(float));

    memory = Buffer(Buffer::wholePages(total));
    auto* begin = memory.as<std::byte>();
    expanded = begin + expandedAt;
    half = memory.as<float>() + halfAt / sizeof(float);
    between = memory.as<float>() + betweenAt / sizeof(float);
    filtered = begin + filteredAt;
    input = begin + inputAt;
    result = begin + resultAt;
    logits = memory.as<float>() + logitsAt / sizeof(float);
    values = memory.as<float>() + valuesAt / sizeof(float);
}

SharedScratch::SharedScratch(const DirectNetwork& network)
{
    auto most =
        largest(network, [](const InvertedResidual& layer) { return layer.byRows() ? 0 : layer.filteredNumbers(); });
    for (const auto* layer : {&network.audio3, &network.audio5})
        most = std::max(most, layer->gatheredNumbers());
    filtered = Buffer(most * network.numberBytes());
    zeros = Buffer(largest(network, expandedRow) * network.numberBytes());
}

} // namespace lipsync::nn::direct
