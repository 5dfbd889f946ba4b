// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lipsync::audio {

inline constexpr std::size_t kMfccCoefficients = 13; ///< numbers of one row
inline constexpr std::size_t kMfccStep = 160; ///< samples from one row to the next (10 ms)
inline constexpr std::size_t kMfccFrame = 400; ///< samples under one row (25 ms)

/// Rows that a sound of so many samples has: 1 + ceil((samples − 400) / 160), and at least one.
std::size_t mfccRowCount(std::size_t samples);

/// Cepstral coefficients of 16 kHz speech as the Python package python_speech_features gives them with its defaults:
/// pre-emphasis 0.97, rectangular window, 512-point power spectrum, 26 mel filters, orthonormal DCT, lifter of 22, the
/// first number replaced by the frame's log energy. What SyncNet hears (specification section 6.1). Immutable; any
/// thread.
class Mfcc {
public:
    Mfcc();

    /// Row `index` (below mfccRowCount()) of a whole sound given as 16-bit numbers; beyond its end are zeros.
    std::array<double, kMfccCoefficients> row(std::span<const std::int16_t> sound, std::size_t index) const;

private:
    static constexpr std::size_t kTransform = 512, kBins = kTransform / 2 + 1, kFilters = 26;

    std::vector<double> m_filters; ///< kFilters × kBins
    std::vector<double> m_cosines; ///< kMfccCoefficients × kFilters, with the lifter
};

/// Sound within ±1 as the 16-bit numbers of a WAV file: rounded, and held inside their range.
std::vector<std::int16_t> toSixteenBits(std::span<const float> samples);

} // namespace lipsync::audio
