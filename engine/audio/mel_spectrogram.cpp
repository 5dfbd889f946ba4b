// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/mel_spectrogram.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include <opencv2/core.hpp>

namespace lipsync::audio {
namespace {

constexpr std::size_t kHalfFrame = kMelFrameSize / 2;
constexpr double kPreEmphasis = 0.97;

// From magnitude to the networks' range, section 1.6: decibels over a floor, 100 dB mapped onto ±4.
constexpr double kMagnitudeFloor = 1e-5;
constexpr double kReferenceDecibels = 20.0;
constexpr double kDecibelRange = 100.0;
constexpr double kLargestValue = 4.0;

/// Kept samples and columns are moved to the front only when this many are obsolete, so that moving stays cheap.
constexpr std::size_t kObsoleteSamples = 16384;
constexpr std::size_t kObsoleteColumns = 256;

float normalise(double magnitude)
{
    const double decibels = 20.0 * std::log10(std::max(kMagnitudeFloor, magnitude)) - kReferenceDecibels;
    const double value = 2.0 * kLargestValue * ((decibels + kDecibelRange) / kDecibelRange) - kLargestValue;
    return static_cast<float>(std::clamp(value, -kLargestValue, kLargestValue));
}

/// Magnitudes of the spectrum as cv::dft packs that of real input: re0, re1, im1, …, re(n/2).
std::array<double, kMelBins> magnitudesOf(const std::vector<double>& packed)
{
    std::array<double, kMelBins> magnitudes{};
    magnitudes.front() = std::abs(packed.front());
    magnitudes.back() = std::abs(packed.back());
    for (std::size_t bin = 1; bin + 1 < kMelBins; ++bin)
        magnitudes[bin] = std::hypot(packed[2 * bin - 1], packed[2 * bin]);
    return magnitudes;
}

} // namespace

std::size_t melColumnCount(std::size_t samples)
{
    return 1 + samples / kMelHop;
}

MelStream::MelStream(StftPadding padding)
    : m_padding(padding)
    , m_hann(kMelFrameSize)
    , m_frame(kMelFrameSize)
    , m_spectrum(kMelFrameSize)
{
    for (std::size_t i = 0; i < kMelFrameSize; ++i)
        m_hann[i] = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * static_cast<double>(i) / kMelFrameSize);
}

void MelStream::push(std::span<const float> samples)
{
    assert(!m_finished);
    while (!samples.empty()) {
        const auto piece = samples.first(std::min(samples.size(), kObsoleteSamples));
        samples = samples.subspan(piece.size());
        for (const double sample : piece) {
            m_samples.push_back(sample - kPreEmphasis * m_previousSample);
            m_previousSample = sample;
        }
        m_sampleCount += piece.size();
        emitReadyColumns();
    }
}

void MelStream::finish()
{
    if (m_finished)
        return;
    m_finished = true;
    emitReadyColumns();
    m_samples = {};
}

std::span<const float> MelStream::column(std::size_t index) const
{
    assert(index >= m_firstColumn && index < m_columnCount);
    return {m_columns.data() + (index - m_firstColumn) * kMelBandCount, kMelBandCount};
}

void MelStream::discardBefore(std::size_t column)
{
    column = std::min(column, m_columnCount);
    if (column < m_firstColumn + kObsoleteColumns)
        return;
    m_columns.erase(m_columns.begin(),
                    m_columns.begin() + static_cast<std::ptrdiff_t>((column - m_firstColumn) * kMelBandCount));
    m_firstColumn = column;
}

bool MelStream::nextColumnIsReady() const
{
    if (m_finished)
        return m_columnCount < melColumnCount(m_sampleCount);
    const std::size_t centre = m_columnCount * kMelHop;
    std::size_t needed = centre + kHalfFrame;
    if (m_padding == StftPadding::Reflect && centre < kHalfFrame)
        needed = std::max(needed, kHalfFrame - centre + 1); // the mirror of the first sample under the column
    return m_sampleCount >= needed;
}

void MelStream::emitReadyColumns()
{
    while (nextColumnIsReady())
        emitColumn();
    forgetOldSamples();
}

double MelStream::sampleAt(std::ptrdiff_t index) const
{
    const auto count = static_cast<std::ptrdiff_t>(m_sampleCount);
    if (index < 0 || index >= count) {
        if (m_padding == StftPadding::Zero || count == 0)
            return 0.0;
        // Mirrored without repeating the ends; again and again where the sound is shorter than the padding.
        const std::ptrdiff_t period = std::max<std::ptrdiff_t>(1, 2 * (count - 1));
        index = ((index % period) + period) % period;
        index = std::min(index, period - index);
    }
    return m_samples[static_cast<std::size_t>(index) - m_firstSample];
}

void MelStream::emitColumn()
{
    const auto start = static_cast<std::ptrdiff_t>(m_columnCount * kMelHop) - static_cast<std::ptrdiff_t>(kHalfFrame);
    for (std::size_t i = 0; i < kMelFrameSize; ++i)
        m_frame[i] = m_hann[i] * sampleAt(start + static_cast<std::ptrdiff_t>(i));

    const cv::Mat frame(1, static_cast<int>(kMelFrameSize), CV_64F, m_frame.data());
    cv::Mat spectrum(1, static_cast<int>(kMelFrameSize), CV_64F, m_spectrum.data());
    cv::dft(frame, spectrum);

    std::array<double, kMelBandCount> bands{};
    m_filterBank.apply(magnitudesOf(m_spectrum), bands);
    for (const double band : bands)
        m_columns.push_back(normalise(band));
    ++m_columnCount;
}

void MelStream::forgetOldSamples()
{
    // A mirrored end reaches back half a frame from the last sample, no further than a column that is still open.
    const std::size_t centre = m_columnCount * kMelHop;
    const std::size_t needed = std::min(centre, m_sampleCount);
    const std::size_t first = needed > 2 * kMelFrameSize ? needed - 2 * kMelFrameSize : 0;
    if (first < m_firstSample + kObsoleteSamples)
        return;
    m_samples.erase(m_samples.begin(), m_samples.begin() + static_cast<std::ptrdiff_t>(first - m_firstSample));
    m_firstSample = first;
}

std::vector<float> melSpectrogram(std::span<const float> samples, StftPadding padding)
{
    MelStream stream(padding);
    stream.push(samples);
    stream.finish();
    std::vector<float> spectrogram;
    spectrogram.reserve(stream.columns() * kMelBandCount);
    for (std::size_t i = 0; i < stream.columns(); ++i) {
        const auto column = stream.column(i);
        spectrogram.insert(spectrogram.end(), column.begin(), column.end());
    }
    return spectrogram;
}

} // namespace lipsync::audio
