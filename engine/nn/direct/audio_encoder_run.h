// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/direct/matrix_run.h"

#include <memory>
#include <span>

namespace lipsync::nn::direct {

/// The packed layers of an AVE audio encoder, in float32. Never changed, shared by runs on any thread.
class AudioEncoderNetwork {
public:
    /// `weights`: names begin with `audio_encoder.`. InvalidInput when tensors are missing or do not fit. Needs
    /// kernelsFloat().
    static Result<std::shared_ptr<const AudioEncoderNetwork>> create(const WeightSet& weights);

    static MapSize melSize();
    const std::vector<TapConvolution>& layers() const { return m_layers; }

private:
    AudioEncoderNetwork() = default;

    std::vector<TapConvolution> m_layers;
};

/// An AVE audio encoder with the kernels of the direct executor. One thread at a time.
class AudioEncoderRun {
public:
    /// Windows computed together, which takes 0.7 of the time of one by one: the weights are read once for all.
    static constexpr int kMostWindows = 4;

    AudioEncoderRun(std::shared_ptr<const AudioEncoderNetwork> network, int threads);

    /// `mel`: 80 × 16 numbers a window, band by band; `features`: 512 a window, each the same to the last bit whatever
    /// the number of windows.
    void run(std::span<const float> mel, int windows, std::span<float> features);

private:
    void makeRoom(int windows);
    void part(int index, const float* mel, int windows);

    const std::shared_ptr<const AudioEncoderNetwork> m_network;
    int m_room = 0; ///< windows
    Buffer m_odd, m_even, m_gathered;
    ThreadTeam m_team;
};

} // namespace lipsync::nn::direct
