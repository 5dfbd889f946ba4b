// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audio/mel_filter_bank.h"
#include "nn/network_profile.h"

#include <cstddef>
#include <span>
#include <vector>

namespace lipsync::audio {

using nn::StftPadding;

/// Number of mel columns of a sound of so many samples: 1 + floor(samples / 200).
std::size_t melColumnCount(std::size_t samples);

/// The normalised mel spectrogram of the specification's section 1.6, column by column while the sound arrives.
/// A column is the same to the last bit however the sound was cut into pieces. One thread at a time.
class MelStream {
public:
    explicit MelStream(StftPadding padding = StftPadding::Zero);

    /// Appends 16 kHz mono samples within ±1. Not after finish().
    void push(std::span<const float> samples);

    /// The sound ends here: the last columns, which reach beyond it, become ready.
    void finish();
    bool finished() const { return m_finished; }

    /// Columns ready so far, including discarded ones; melColumnCount() of the sound once finished.
    std::size_t columns() const { return m_columnCount; }

    /// The 80 numbers within ±4 of a ready column that was not discarded, lowest band first.
    /// Valid until the next call of a function that is not const.
    std::span<const float> column(std::size_t index) const;

    /// Forgets the columns before this one, so that memory stays bounded on endless sound.
    void discardBefore(std::size_t column);

private:
    void emitReadyColumns();
    void emitColumn();
    double sampleAt(std::ptrdiff_t index) const;
    bool nextColumnIsReady() const;
    void forgetOldSamples();

    const StftPadding m_padding;
    const MelFilterBank m_filterBank;
    std::vector<double> m_hann; ///< periodic window of kMelFrameSize
    std::vector<double> m_frame; ///< windowed samples of the column at work
    std::vector<double> m_spectrum; ///< of the same, packed by the transform

    std::vector<double> m_samples; ///< after pre-emphasis, from m_firstSample on
    std::size_t m_firstSample = 0;
    std::size_t m_sampleCount = 0; ///< all that arrived
    double m_previousSample = 0.0; ///< last sample before pre-emphasis

    std::vector<float> m_columns; ///< from m_firstColumn on
    std::size_t m_firstColumn = 0;
    std::size_t m_columnCount = 0;
    bool m_finished = false;
};

/// The whole mel spectrogram of a sound, melColumnCount() × 80, time-major: MelStream fed at once.
std::vector<float> melSpectrogram(std::span<const float> samples, StftPadding padding = StftPadding::Zero);

} // namespace lipsync::audio
