// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/generator.h"
#include "nn/weight_set.h"

#include <memory>
#include <span>

namespace lipsync::nn {

inline constexpr int kMelBands = 80; ///< rows of a mel window
inline constexpr int kMelWindowColumns = 16; ///< columns of a mel window (0.2 s)
inline constexpr int kAudioFeatureSize = 512; ///< numbers of one audio feature

/// The AVE audio encoder (specification section 1.8), ready for inference.
/// One thread at a time may call encode().
class AudioEncoder {
public:
    /// Accepts names bare, with `audio_encoder.` or `module.audio_encoder.` before them.
    static Result<std::unique_ptr<AudioEncoder>> create(const WeightSet& weights, const RunOptions& options = {});
    ~AudioEncoder();

    /// `windows`: batch × 80 × 16 floats, mel-major (band by band); `features`: batch × 512 floats.
    Status encode(std::span<const float> windows, int batch, std::span<float> features);

private:
    AudioEncoder();
    struct Network;
    std::unique_ptr<Network> m_network;
};

} // namespace lipsync::nn
