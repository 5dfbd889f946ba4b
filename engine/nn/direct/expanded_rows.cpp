// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/direct/expanded_rows.h"

#include <algorithm>
#include <cstring>

namespace lipsync::nn::direct {

ExpandedRows::ExpandedRows(const DirectNetwork& network, const InvertedResidual& layer, const LayerInput& input,
                           Range blocks, Scratch& scratch, const Buffer& zeros)
    : m_network(network)
    , m_kernels(*network.kernels)
    , m_layer(layer)
    , m_input(input)
    , m_scratch(scratch)
    , m_zeros(zeros)
    , m_blocks(blocks)
    , m_channels((blocks.end - blocks.begin) * kBlock)
    , m_number(network.numberBytes())
    , m_rowBytes(static_cast<std::size_t>(layer.columns + 2) * m_channels * m_number)
    , m_halfNumbers(static_cast<std::size_t>(layer.columns) / 2 * m_channels)
{
    const auto edge = kBlock * m_number, blockBytes = static_cast<std::size_t>(blockStride()) * m_number;
    for (std::byte* block = expanded(0); block != expanded(m_rows.size()); block += blockBytes) {
        std::memset(block, 0, edge);
        std::memset(block + blockBytes - edge, 0, edge);
    }
}

const std::byte* ExpandedRows::at(int y)
{
    if (y < 0 || y >= m_layer.rows)
        return m_zeros.as<std::byte>();
    const auto slot = static_cast<std::size_t>(y) % m_rows.size();
    if (m_rows[slot] != y) {
        expand(y, expanded(slot) + kBlock * m_number);
        m_rows[slot] = y;
    }
    return expanded(slot);
}

const std::byte* ExpandedRows::input(int y)
{
    if (m_input.picture) {
        if (m_kernels.bf16)
            fillPictureRow(*m_input.picture, y, m_network.profile, reinterpret_cast<std::uint16_t*>(m_scratch.input));
        else
            fillPictureRow(*m_input.picture, y, m_network.profile, reinterpret_cast<float*>(m_scratch.input));
        return m_scratch.input;
    }
    const auto& map = *m_input.first;
    return map.data + static_cast<std::size_t>(y) * map.size.columns * map.size.channels * m_number;
}

void ExpandedRows::expand(int y, std::byte* out)
{
    const auto& expand = m_layer.expand;
    const float* between = nullptr;
    Gemm g;
    g.pixels = m_layer.columns;
    g.outStride = kBlock;
    g.outBlockStride = blockStride();
    g.relu = true;
    g.inputCount = 0;
    int weights[2] = {}; // whose weights an input has
    const auto add = [&](int which, const std::byte* values, int stride) {
        weights[g.inputCount] = which;
        g.inputs[g.inputCount++] = {values, nullptr, expand.inputs[which], stride};
    };
    if (m_layer.enlarges) {
        between = betweenRows(m_layer.down[static_cast<std::size_t>(y)]);
        g.taps = m_layer.across.data();
        g.halfStride = m_channels;
    } else {
        add(0, input(y), m_input.picture ? kBlock : m_input.first->size.channels);
    }
    if (const auto* second = m_input.second) {
        const auto row = static_cast<std::size_t>(y) * second->size.columns * second->size.channels;
        add(1, second->data + row * m_number, second->size.channels);
    }
    for (int b = m_blocks.begin; b < m_blocks.end; b += m_kernels.groupBlocks) {
        const int block = b - m_blocks.begin;
        g.blocks = std::min(m_kernels.groupBlocks, m_blocks.end - b);
        g.bias = expand.biasFrom(b);
        g.halfRow = between ? between + static_cast<std::ptrdiff_t>(block) * kBlock : nullptr;
        for (int i = 0; i < g.inputCount; ++i)
            g.inputs[i].weights = expand.weightsFrom(weights[i], b, m_kernels.bf16);
        g.out = out + static_cast<std::size_t>(block) * blockStride() * m_number;
        m_kernels.gemm(g);
    }
}

/// The row of half the width between two rows of half the height.
const float* ExpandedRows::betweenRows(const LerpTap& tap)
{
    const float* above = halfRow(tap.left);
    if (tap.fraction == 0.0f)
        return above;
    const float* below = halfRow(tap.right);
    float* out = m_scratch.between;
    m_kernels.lerp(above, below, tap.fraction, out, m_halfNumbers);
    return out;
}

const float* ExpandedRows::halfRow(int y)
{
    const auto slot = static_cast<std::size_t>(y) % m_halfRows.size();
    float* out = m_scratch.half + slot * m_halfNumbers;
    if (m_halfRows[slot] == y)
        return out;
    m_halfRows[slot] = y;
    const auto& small = m_input.first->size;
    Gemm g;
    g.pixels = small.columns;
    g.outStride = m_channels;
    g.floatOut = true;
    g.inputs[0] = {input(y), nullptr, m_layer.expand.inputs[0], small.channels};
    for (int b = m_blocks.begin; b < m_blocks.end; b += m_kernels.groupBlocks) {
        g.blocks = std::min(m_kernels.groupBlocks, m_blocks.end - b);
        g.bias = m_layer.expand.biasFrom(b);
        g.inputs[0].weights = m_layer.expand.weightsFrom(0, b, m_kernels.bf16);
        g.out = out + static_cast<std::ptrdiff_t>(b - m_blocks.begin) * kBlock;
        m_kernels.gemm(g);
    }
    return out;
}

} // namespace lipsync::nn::direct
