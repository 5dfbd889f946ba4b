// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/direct/matrix_run.h"

#include <memory>
#include <span>

namespace lipsync::nn::direct {

/// The AVE audio encoder in float32 with the kernels of the direct executor. One thread at a time.
class AudioEncoderRun {
public:
    /// `weights`: names begin with `audio_encoder.`. InvalidInput when tensors are missing or do not fit. Needs
    /// kernelsFloat().
    static Result<std::unique_ptr<AudioEncoderRun>> create(const WeightSet& weights, int threads);

    /// `mel`: 80 × 16 numbers, band by band; `feature`: 512.
    void run(std::span<const float> mel, std::span<float> feature);

private:
    explicit AudioEncoderRun(int threads);
    void part(int index, const float* mel);

    std::vector<TapConvolution> m_layers;
    MapSize m_melSize;
    Buffer m_odd, m_even, m_gathered;
    ThreadTeam m_team;
};

} // namespace lipsync::nn::direct
