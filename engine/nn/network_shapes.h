// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/network_spec.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lipsync::nn {

/// Names and shapes of a network's tensors, without `num_batches_tracked`.
using NetworkShapes = std::map<std::string, std::vector<std::int64_t>>;

/// Of a generator that is built from weights, whatever its width; none for TorchScript.
NetworkShapes generatorShapes(const GeneratorSpec& spec);

/// Of the AVE audio encoder; names carry the `audio_encoder.` prefix.
const NetworkShapes& audioEncoderShapes();

} // namespace lipsync::nn
