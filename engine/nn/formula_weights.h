// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/network_spec.h"

#include <cstdint>
#include <vector>

namespace lipsync::nn {

/// The number H(count, stream)[j] of the formula weights: a 32-bit integer hash mapped to [-1, 1).
/// Source: lipsync-models specification, section 7.
double formulaNumber(std::uint32_t j, std::uint32_t stream);

/// Weights made by formula for a generator of any size, so that a port can be checked without a checkpoint.
/// Source: lipsync-models specification, section 7.
WeightSet formulaWeights(const GeneratorSpec& spec);

/// The same for the AVE audio encoder; names carry the `audio_encoder.` prefix.
WeightSet formulaAudioEncoderWeights();

/// Formula inputs: picture 0.5 + 0.5·H(·, 100000), audio features H(·, 100001), mel 4·H(·, 100002).
std::vector<float> formulaPicture(std::size_t count);
std::vector<float> formulaFeatures(std::size_t count);
std::vector<float> formulaMel(std::size_t count);

} // namespace lipsync::nn
