// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/direct/direct_network.h"

namespace lipsync::nn::direct {

inline constexpr int kChunk = 4; ///< blocks of channels of layers that are not computed by rows, at once

/// Memory for one thread's part of any layer of a network, all of it in one piece: a large page, where there are such.
struct Scratch {
    explicit Scratch(const DirectNetwork& network);

    Buffer memory;
    std::byte* expanded = nullptr; ///< three rows with a pixel of zeros at each end
    float* half = nullptr; ///< two expanded rows of half the width
    float* between = nullptr; ///< one between them
    std::byte* filtered = nullptr; ///< a row after the depthwise convolution
    std::byte* input = nullptr; ///< a row of the picture
    std::byte* result = nullptr; ///< of the last layer, as the next two
    float* logits = nullptr;
    float* values = nullptr;
};

/// Memory that all threads share: expanded rows of zeros, and maps after a depthwise convolution or gathered taps.
struct SharedScratch {
    explicit SharedScratch(const DirectNetwork& network);

    Buffer zeros, filtered;
};

} // namespace lipsync::nn::direct
