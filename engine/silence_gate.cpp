// SPDX-License-Identifier: GPL-3.0-or-later
#include "silence_gate.h"

#include <algorithm>
#include <cmath>

namespace lipsync {

namespace {

constexpr double kSampleRate = 16000;
constexpr std::size_t kStretch = 320; // samples whose loudness is taken together: 20 ms
constexpr double kShortestPause = 0.1; // seconds
constexpr double kLongestPause = 3600;

} // namespace

SilenceGate::SilenceGate(double level, double seconds)
    : m_power(std::pow(10.0, level / 10))
    , m_longestPause(static_cast<std::size_t>(kSampleRate * std::min(kLongestPause, std::max(kShortestPause, seconds))))
{
}

bool SilenceGate::hears(std::span<const float> samples)
{
    for (const float sample : samples) {
        m_sum += static_cast<double>(sample) * sample;
        if (++m_count < kStretch)
            continue;
        const bool isLoud = m_sum > m_power * static_cast<double>(kStretch);
        m_pause = isLoud ? 0 : m_pause + kStretch;
        m_isOpen = isLoud || (m_isOpen && m_pause < m_longestPause);
        m_sum = 0;
        m_count = 0;
    }
    return m_isOpen;
}

void SilenceGate::reset()
{
    m_isOpen = false;
    m_pause = 0;
    m_sum = 0;
    m_count = 0;
}

} // namespace lipsync
