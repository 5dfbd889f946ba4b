// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include <QAudioFormat>
#include <QByteArray>

namespace lipsync::ui {

inline constexpr int kLiveSampleRate = 16000; ///< what the engine hears

/// Turns what a device gives, piece by piece, into 16 kHz mono: samples of any format become floats, channels their
/// mean, and other rates are resampled with a low-pass below the lower of the two. The format must be valid.
class SoundConverter final {
public:
    explicit SoundConverter(const QAudioFormat& format);

    /// Bytes of a sample that is not complete yet are kept for the next piece.
    std::vector<float> convert(const QByteArray& bytes);

private:
    std::vector<float> mono(const QByteArray& bytes);
    float at(double position) const;

    const QAudioFormat m_format;
    const double m_step; ///< samples of the device a sample of ours
    const double m_cutoff; ///< of the low-pass, as a share of the device's band
    const int m_reach; ///< samples of the device that are looked at to either side
    QByteArray m_rest; ///< of a sample
    std::deque<float> m_input; ///< the device's sound from sample m_first on
    std::int64_t m_first = 0;
    std::int64_t m_made = 0; ///< samples of ours
};

} // namespace lipsync::ui
