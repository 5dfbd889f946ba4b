// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/weight_set.h"

#include <optional>
#include <string_view>

namespace lipsync::nn {

/// Float numbers in and out of a network, row-major.
struct Tensor {
    std::vector<std::size_t> shape;
    std::vector<float> values;
};

/// Names that referenceForward knows: those of knownGenerators() and ave_audio_encoder.
std::vector<std::string> referenceNetworks();

/// One forward pass in float32 of the network of that name, for engineers who port or check a model. Without weights
/// the formula weights are used, without inputs the formula inputs (batch 1; the audio encoder 2). `image`:
/// B×6×S×S; `audio`: B × feature window, or B×1×80×16 for Wav2Lip and the audio encoder. `folded`: BatchNorm merged, as in
/// production. InvalidInput when names or shapes do not fit.
Result<Tensor> referenceForward(std::string_view network, const WeightSet* weights, const std::optional<Tensor>& image,
                                const std::optional<Tensor>& audio, bool folded = true);

} // namespace lipsync::nn
