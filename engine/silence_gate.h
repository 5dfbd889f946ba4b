// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>

namespace lipsync {

/// Hears whether somebody speaks: from the first short stretch of sound that is louder than a level until it has been
/// silent for a while. One thread.
class SilenceGate {
public:
    /// `level`: dB below full scale; `seconds`: silence that ends a speech, at least a tenth.
    SilenceGate(double level, double seconds);

    /// Takes 16 kHz mono sound; whether somebody speaks at its end.
    bool hears(std::span<const float> samples);
    /// As at first: nobody speaks.
    void reset();

private:
    const double m_power; ///< mean square of a stretch at the level
    const std::size_t m_longestPause; ///< samples
    bool m_isOpen = false;
    std::size_t m_pause = 0; ///< samples of silence heard last
    double m_sum = 0; ///< of the squares of the stretch under way
    std::size_t m_count = 0; ///< its samples so far
};

} // namespace lipsync
