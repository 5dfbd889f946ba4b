// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace lipsync::audio {

inline constexpr int kMelSampleRate = 16000; ///< samples a second
inline constexpr std::size_t kMelFrameSize = 800; ///< samples under one column (50 ms)
inline constexpr std::size_t kMelHop = 200; ///< samples from one column to the next
inline constexpr std::size_t kMelBins = kMelFrameSize / 2 + 1; ///< numbers of one spectrum
inline constexpr std::size_t kMelBandCount = 80; ///< numbers of one column

/// The 80 × 401 mel matrix of the specification's section 1.6: triangles on Slaney's scale from 55 to 7600 Hz
/// (M. Slaney, "Auditory Toolbox", 1998), each of unit area, rounded to float32. Immutable; any thread.
class MelFilterBank {
public:
    MelFilterBank();

    /// bands[m] = Σ weight(m, bin) · magnitudes[bin] for the 401 magnitudes of one spectrum.
    void apply(std::span<const double, kMelBins> magnitudes, std::span<double, kMelBandCount> bands) const;

    /// One entry of the matrix.
    float weight(std::size_t band, std::size_t bin) const;

    /// Number of entries that are not zero: 739.
    std::size_t nonZeroCount() const;

private:
    struct Band {
        std::size_t firstBin = 0;
        std::vector<float> weights; ///< of firstBin, firstBin + 1, …
    };
    std::array<Band, kMelBandCount> m_bands;
};

} // namespace lipsync::audio
