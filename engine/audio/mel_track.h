// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audio/mel_spectrogram.h"
#include "audio/window_track.h"

namespace lipsync::audio {

/// Frames of Wav2Lip's video of so many mel columns, in its order of operations: windows of 16 columns begin at
/// int(i · (80 / fps)), and the first that would reach past the end is the last. Specification section 3.5.
std::size_t melFrameCount(std::size_t columns, double framesPerSecond);

/// The voice of a network that listens to the mel spectrogram itself, as Wav2Lip does: for frame i the 16 columns from
/// int(i · (80 / fps)) on, at the end the last 16. A sound shorter than 16 columns is followed by silence up to there.
class MelTrack final : public WindowTrack {
public:
    MelTrack(double framesPerSecond, StftPadding padding);

    Status push(std::span<const float> samples) override;
    Status finish() override;
    bool finished() const override { return m_mel.finished(); }
    std::size_t readyFrames() const override { return m_ready; }
    std::optional<std::size_t> frameCount() const override;
    /// `out`: 80 × 16 floats, band by band.
    Status window(std::size_t frame, std::span<float> out) const override;
    Result<std::size_t> framesOf(std::size_t samples) const override;

private:
    void advance();

    const double m_framesPerSecond;
    MelStream m_mel; ///< keeps all columns: 26 kB a second
    std::size_t m_sampleCount = 0;
    std::size_t m_ready = 0;
};

} // namespace lipsync::audio
