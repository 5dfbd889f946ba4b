// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lipsync::nn {

/// Redraws mouths on the processor, one by one, with threads and memory of its own. One thread at a time.
class FrameExecutor {
public:
    virtual ~FrameExecutor() = default;

    /// Redraws one mouth. `picture`: the first byte of the network's unmasked square (B,G,R), `rowBytes` from one of
    /// its rows to the next; `window`: audioElements() numbers; `output`: pictureBytes(). `values`: what the network
    /// gave, as many numbers as output, pixel after pixel; or empty. False when one of them is not a number.
    virtual bool run(const std::uint8_t* picture, std::size_t rowBytes, std::span<const float> window,
                     std::span<std::uint8_t> output, std::span<float> values) = 0;

    /// The same for an input that is no picture's: 6 planes of numbers, as references are computed with.
    virtual bool runNumbers(std::span<const float> planes, std::span<const float> window,
                            std::span<std::uint8_t> output, std::span<float> values) = 0;
};

} // namespace lipsync::nn
