// SPDX-License-Identifier: GPL-3.0-or-later
#include "peak_track.h"

#include <algorithm>
#include <cmath>

namespace lipsync {

void PeakTrack::add(const media::PcmAudio& piece)
{
    const auto channels = static_cast<std::size_t>(piece.channels);
    for (std::size_t at = 0; at + channels <= piece.samples.size(); at += channels) {
        float peak = 0;
        for (std::size_t channel = 0; channel < channels; ++channel)
            peak = std::max(peak, std::abs(piece.samples[at + channel]));
        addFrame(std::min(1.0F, peak));
    }
}

void PeakTrack::addFrame(float peak)
{
    if (m_frames % m_framesPerStep == 0) {
        if (m_steps.size() == m_mostSteps)
            halve();
        if (m_frames % m_framesPerStep == 0)
            m_steps.push_back(0);
    }
    m_steps.back() = std::max(m_steps.back(), peak);
    ++m_frames;
}

/// Two steps become one.
void PeakTrack::halve()
{
    for (std::size_t i = 0; i < m_steps.size(); i += 2)
        m_steps[i / 2] = i + 1 < m_steps.size() ? std::max(m_steps[i], m_steps[i + 1]) : m_steps[i];
    m_steps.resize((m_steps.size() + 1) / 2);
    m_framesPerStep *= 2;
}

std::vector<float> PeakTrack::peaks(std::size_t stretches) const
{
    std::vector<float> peaks(stretches, 0.0F);
    for (std::size_t i = 0; i < stretches; ++i) {
        // Of fewer samples than stretches every stretch still shows the sample at its place.
        const std::size_t first = m_frames * i / stretches;
        const std::size_t end = std::min(m_frames, std::max(first + 1, m_frames * (i + 1) / stretches));
        const std::size_t firstStep = first / m_framesPerStep;
        const std::size_t endStep = (end + m_framesPerStep - 1) / m_framesPerStep;
        for (std::size_t step = firstStep; step < std::min(endStep, m_steps.size()); ++step)
            peaks[i] = std::max(peaks[i], m_steps[step]);
    }
    return peaks;
}

} // namespace lipsync
