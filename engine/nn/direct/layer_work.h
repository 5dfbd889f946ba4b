// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/direct/direct_network.h"

#include <string>
#include <vector>

namespace lipsync::nn::direct {

/// What one layer costs a frame at least, counted from its sizes as the kernels compute it: channels padded, an
/// enlarged input expanded while it is small, every map read and written once, weights not counted: caches hold them.
struct LayerWork {
    std::string name;
    double matrix = 0; ///< multiplications and additions of its matrices
    double depthwise = 0; ///< those of its 3×3 depthwise convolution, and of enlarging
    double bytes = 0; ///< of its maps
    bool knownAhead = false; ///< of the half that never hears the audio, and kept
};

/// Of all layers, in the order in which they are computed.
std::vector<LayerWork> countWork(const DirectNetwork& network);

} // namespace lipsync::nn::direct
