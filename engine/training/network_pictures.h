// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/network_profile.h"

#include <cstdint>

namespace lipsync::training {

/// Where the network's picture lies in a square of B,G,R bytes, and how its brightness is changed.
struct PictureView {
    const std::uint8_t* bytes = nullptr; ///< side × side × 3
    int side = 0;
    int x = 0, y = 0; ///< corner of the network's picture
    float gain = 1.0f, offset = 0.0f; ///< of values in [0, 1]
};

/// Fills one picture of a batch, rows first, channels innermost: six channels of `input` (the reference, and the
/// surroundings under the mouth's mask) and three of `target` (the truth). Section 1.11 of the specification.
void copyNetworkPictures(const PictureView& reference, const PictureView& surroundings, const PictureView& truth,
                         nn::GeneratorKind kind, float* input, float* target);

} // namespace lipsync::training
