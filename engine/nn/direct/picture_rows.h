// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/network_profile.h"

#include <cstddef>
#include <cstdint>

namespace lipsync::nn::direct {

/// What the first layer reads.
struct PictureInput {
    const std::uint8_t* firstByte = nullptr; ///< of the unmasked square: B,G,R, rows first
    std::size_t rowBytes = 0; ///< from one row to the next
    const float* planes = nullptr; ///< instead of bytes: the six channels one after the other
};

/// Writes row `y` as numbers of the network, kBlock a pixel, of which the first six are set: the picture, and the
/// picture under its mask, in the network's order. `out`: pictureSize × kBlock float32 or bfloat16.
void fillPictureRow(const PictureInput& picture, int y, const NetworkProfile& profile, float* out);
void fillPictureRow(const PictureInput& picture, int y, const NetworkProfile& profile, std::uint16_t* out);

} // namespace lipsync::nn::direct
