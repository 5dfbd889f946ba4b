// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/audio_encoder.h"

#include <random>
#include <span>
#include <vector>

namespace lipsync::training {

inline constexpr int kFeatureRows = 16; ///< features under one output frame
inline constexpr int kFeatureRowsBefore = 8; ///< of them before the frame

/// What a frozen audio encoder heard in one sound, in several ways: as it is first, then as other speakers,
/// microphones and rooms would have made it. Rows are those of the specification's table F (section 1.9): the first
/// feature stands twice.
class HeardFeatures {
public:
    /// Encodes the first `windows` mel windows of `mel` (columns × 80) once as it is and `augmentedWays` times changed.
    static Result<HeardFeatures> hear(nn::AudioEncoder& encoder, std::span<const float> mel, int windows,
                                      int augmentedWays, std::mt19937& random);

    int ways() const { return static_cast<int>(m_tables.size()); }
    int rows() const { return static_cast<int>(m_tables.front().size()) / nn::kAudioFeatureSize; }
    /// Rows frame − 8 … frame + 7 of one way, zeros outside of the table: 16 × 512 floats.
    void copyWindow(int way, int frame, float* out) const;

private:
    using Table = std::vector<float>;
    static Result<Table> encode(nn::AudioEncoder& encoder, std::span<const float> mel, int windows);

    std::vector<Table> m_tables; ///< one a way
};

/// First column of mel window `window`: 3.2 a frame at 25 frames a second (specification section 1.7).
int melWindowColumn(int window);

/// Copies mel window `window`, band by band (80 × 16), out of `mel` (columns × 80).
void copyMelWindow(std::span<const float> mel, int window, float* out);

} // namespace lipsync::training
