// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/generator.h"
#include "nn/weight_set.h"

#include <memory>
#include <span>

namespace lipsync::nn {

namespace direct {
class AudioEncoderRun;
}

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
    /// Another one on the same network, whose packed weights both share. Any thread. Fails where the system has no
    /// more threads or memory.
    Result<std::unique_ptr<AudioEncoder>> replica(int threads) const;

    /// `windows`: batch × 80 × 16 floats, mel-major (band by band); `features`: batch × 512 floats.
    Status encode(std::span<const float> windows, int batch, std::span<float> features);

private:
    struct Network;
    AudioEncoder(std::shared_ptr<const Network> network, int threads);
    static Result<std::unique_ptr<AudioEncoder>> onNetwork(std::shared_ptr<const Network> network, int threads);

    const std::shared_ptr<const Network> m_network;
    const int m_threads;
    const std::unique_ptr<direct::AudioEncoderRun> m_run; ///< null where LibTorch computes
};

} // namespace lipsync::nn
