// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/audio_decoder.h"

#include <cstddef>
#include <vector>

namespace lipsync {

/// Remembers how loud a sound is all along, in bounded memory: sample by sample while it is short, then in ever longer
/// steps, of which there are at least half of `mostSteps`.
class PeakTrack {
public:
    static constexpr std::size_t kMostSteps = std::size_t{1} << 22;
    explicit PeakTrack(std::size_t mostSteps = kMostSteps)
        : m_mostSteps(mostSteps)
    {
    }

    void add(const media::PcmAudio& piece);
    /// Samples of a channel so far.
    std::size_t frames() const { return m_frames; }

    /// The loudest sample of each of so many equal stretches, over all channels, 0 to 1; exact to a step at their ends.
    std::vector<float> peaks(std::size_t stretches) const;

private:
    void addFrame(float peak);
    void halve();

    const std::size_t m_mostSteps;
    std::size_t m_frames = 0;
    std::size_t m_framesPerStep = 1;
    std::vector<float> m_steps;
};

} // namespace lipsync
