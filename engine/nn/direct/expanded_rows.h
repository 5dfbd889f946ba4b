// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/direct/matrix_run.h"
#include "nn/direct/picture_rows.h"
#include "nn/direct/scratch.h"

namespace lipsync::nn::direct {

/// What a layer reads: one map, two whose channels stand one after the other, or a picture.
struct LayerInput {
    const Map* first = nullptr;
    const Map* second = nullptr;
    const PictureInput* picture = nullptr;
};

/// Expanded rows of some channels of a layer, one after the other: each is computed when it is first asked for, and
/// the last three exist. Concatenations never do, and a map that is enlarged is expanded while it is small: enlarging
/// mixes pixels and a 1×1 convolution channels, so that their order does not matter.
class ExpandedRows {
public:
    /// `blocks`: of the layer's hidden channels. All arguments must outlive this.
    ExpandedRows(const DirectNetwork& network, const InvertedResidual& layer, const LayerInput& input, Range blocks,
                 Scratch& scratch, const Buffer& zeros);

    /// Row `y`, from the column left of the picture, block after block; zeros above and below the picture.
    const std::byte* at(int y);
    /// Row `y` of the input.
    const std::byte* input(int y);
    int blocks() const { return m_blocks.end - m_blocks.begin; }
    int blockStride() const { return (m_layer.columns + 2) * kBlock; } ///< numbers from one block to the next

private:
    std::byte* expanded(std::size_t slot) { return m_scratch.expanded + slot * m_rowBytes; }
    void expand(int y, std::byte* out);
    const float* betweenRows(const LerpTap& tap);
    const float* halfRow(int y);

    const DirectNetwork& m_network;
    const KernelSet& m_kernels;
    const InvertedResidual& m_layer;
    const LayerInput& m_input;
    Scratch& m_scratch;
    const Buffer& m_zeros;
    const Range m_blocks;
    const int m_channels;
    const std::size_t m_number, m_rowBytes, m_halfNumbers;
    std::array<int, 3> m_rows{-1, -1, -1}; ///< which are in memory
    std::array<int, 2> m_halfRows{-1, -1};
};

} // namespace lipsync::nn::direct
