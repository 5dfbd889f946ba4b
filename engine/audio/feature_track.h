// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audio/mel_spectrogram.h"
#include "audio/window_track.h"
#include "base/error.h"
#include "nn/audio_encoder.h"

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace lipsync::audio {

inline constexpr double kFeatureFramesPerSecond = 25.0; ///< what the networks were trained at
inline constexpr std::size_t kMelWindowColumns = 16; ///< mel columns the encoder hears at once (0.2 s)
inline constexpr std::size_t kFeatureSize = 512; ///< numbers of one audio feature
inline constexpr std::size_t kFeatureWindowRows = 16; ///< features a generator hears for one frame
inline constexpr std::size_t kFeatureWindowElements = kFeatureWindowRows * kFeatureSize;

/// Number of mel windows of so many columns, in the order of operations of the specification's section 1.7:
/// int((columns − 16) / 80 · fps) + 2. Fewer than 16 columns count as 16.
std::size_t melWindowCount(std::size_t columns, double framesPerSecond = kFeatureFramesPerSecond);

/// First column of a mel window: int(80 · (window / fps)).
std::size_t melWindowStart(std::size_t window, double framesPerSecond = kFeatureFramesPerSecond);

/// The same inside a sound of so many columns: a window that would reach past the end takes the last 16.
std::size_t melWindowStartWithin(std::size_t columns, std::size_t window,
                                 double framesPerSecond = kFeatureFramesPerSecond);

/// Frames of the video that belongs to so many 16 kHz samples: their mel windows and two more (section 1.9).
std::size_t videoFrameCount(std::size_t samples, double framesPerSecond = kFeatureFramesPerSecond);

/// Turns `batch` mel windows (each 80 × 16, band by band) into `batch` features (each 512).
using FeatureEncoder = std::function<Status(std::span<const float> windows, int batch, std::span<float> features)>;

/// The encoder of an avatar as a FeatureEncoder; `encoder` must outlive it.
inline FeatureEncoder featureEncoder(nn::AudioEncoder& encoder)
{
    return [&encoder](std::span<const float> windows, int batch, std::span<float> features) {
        return encoder.encode(windows, batch, features);
    };
}

/// How a FeatureTrack cuts and encodes the sound.
struct FeatureTrackOptions {
    double framesPerSecond = kFeatureFramesPerSecond;
    /// Windows encoded together: 4 take about 0.7 of the time of one by one, and a stream waits 120 ms longer for
    /// them. The last bits of the features depend on it, so a file and a stream that shall agree need the same.
    int encodeBatch = 4;
    StftPadding padding = StftPadding::Zero;
    std::size_t windowRows = kFeatureWindowRows; ///< features a generator hears for one frame, even
};

/// The audio features of one voice while it arrives (specification sections 1.7 to 1.9): the table
/// F = [f0, f0, f1, …, f(n−1), f(n−1)] and, for every frame of the video, the 16 rows around it.
/// A sound shorter than 16 mel columns is followed by silence up to there, so any sound has at least 4 frames.
/// Every feature is the same to the last bit however the sound was cut into pieces, since windows are always
/// encoded in the same groups of `encodeBatch`. One thread at a time; failures of the encoder are final.
class FeatureTrack final : public WindowTrack {
public:
    explicit FeatureTrack(FeatureEncoder encoder, FeatureTrackOptions options = {});

    /// Appends 16 kHz mono samples and encodes every group of windows they complete. Usage after finish().
    Status push(std::span<const float> samples) override;

    /// The voice ends here: encodes the windows that were waiting for more sound.
    Status finish() override;
    bool finished() const override { return m_finished; }

    /// Before the end the frames whose 7 following rows are known too.
    std::size_t readyFrames() const override;

    std::optional<std::size_t> frameCount() const override;

    /// Copies rows frame − 8 … frame + 7 of F to `out` (16 × 512 = 32 × 16 × 16 floats), zeros outside of F.
    /// Usage when the frame is not ready or `out` has another size.
    Status window(std::size_t frame, std::span<float> out) const override;
    Result<std::size_t> framesOf(std::size_t samples) const override;

    /// Rows of F known so far; frameCount() of them once finished.
    std::size_t featureRows() const;

    /// One known row of F: 512 floats, valid as long as the track.
    std::span<const float> feature(std::size_t row) const;

private:
    using Feature = std::array<float, kFeatureSize>;

    Status advance();
    std::size_t completeWindows() const;
    Status encodeGroup(std::size_t count);
    void copyMelWindow(std::size_t window, std::span<float> out) const;
    std::size_t windowStart(std::size_t window) const;

    const FeatureEncoder m_encoder;
    const FeatureTrackOptions m_options;
    MelStream m_mel;
    std::size_t m_sampleCount = 0;
    std::deque<Feature> m_features; ///< f0, f1, … without the repeated ends
    std::vector<float> m_melWindows; ///< of one group
    std::vector<float> m_groupFeatures; ///< of one group
    std::optional<Error> m_failure;
    bool m_finished = false;
};

} // namespace lipsync::audio
