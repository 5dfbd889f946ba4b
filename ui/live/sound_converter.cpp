// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/live/sound_converter.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>

namespace lipsync::ui {
namespace {

constexpr double kBand = 0.92; // of the lower rate's band that is kept; the rest is the filter's slope
constexpr int kZeroCrossings = 16; // of the low-pass to either side

double sinc(double x)
{
    return std::abs(x) < 1e-9 ? 1.0 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

// Hann window over −1 … 1.
double window(double x)
{
    return std::abs(x) >= 1 ? 0.0 : 0.5 + 0.5 * std::cos(std::numbers::pi * x);
}

} // namespace

SoundConverter::SoundConverter(const QAudioFormat& format)
    : m_format(format)
    , m_step(static_cast<double>(format.sampleRate()) / kLiveSampleRate)
    , m_cutoff(kBand * std::min(1.0, 1 / m_step))
    , m_reach(static_cast<int>(std::ceil(kZeroCrossings / m_cutoff)))
    , m_input(static_cast<std::size_t>(m_reach), 0.0F) // silence before the beginning
    , m_first(-m_reach)
{
}

std::vector<float> SoundConverter::convert(const QByteArray& bytes)
{
    auto sound = mono(bytes);
    if (m_format.sampleRate() == kLiveSampleRate)
        return sound;
    m_input.insert(m_input.end(), sound.begin(), sound.end());
    const auto end = m_first + static_cast<std::int64_t>(m_input.size());
    std::vector<float> made;
    double position = static_cast<double>(m_made) * m_step;
    for (; position + m_reach < static_cast<double>(end); position = static_cast<double>(m_made) * m_step) {
        made.push_back(at(position));
        ++m_made;
    }
    const auto needed = static_cast<std::int64_t>(std::floor(position)) - m_reach;
    const auto over = std::clamp<std::int64_t>(needed - m_first, 0, static_cast<std::int64_t>(m_input.size()));
    m_input.erase(m_input.begin(), m_input.begin() + over);
    m_first += over;
    return made;
}

std::vector<float> SoundConverter::mono(const QByteArray& bytes)
{
    m_rest += bytes;
    const int sampleBytes = m_format.bytesPerSample();
    const int channels = m_format.channelCount();
    const qsizetype frames = m_rest.size() / m_format.bytesPerFrame();
    std::vector<float> sound(static_cast<std::size_t>(frames));
    const char* next = m_rest.constData();
    for (float& sample : sound) {
        for (int channel = 0; channel < channels; ++channel, next += sampleBytes)
            sample += m_format.normalizedSampleValue(next);
        sample /= static_cast<float>(channels);
    }
    m_rest.remove(0, frames * m_format.bytesPerFrame());
    return sound;
}

// The device's sound through the low-pass, between its samples.
float SoundConverter::at(double position) const
{
    const auto middle = static_cast<std::int64_t>(std::floor(position));
    double sum = 0;
    for (std::int64_t i = middle - m_reach + 1; i <= middle + m_reach; ++i) {
        const auto index = i - m_first;
        if (index < 0 || index >= static_cast<std::int64_t>(m_input.size()))
            continue;
        const double distance = position - static_cast<double>(i);
        sum += static_cast<double>(m_input[static_cast<std::size_t>(index)]) * m_cutoff * sinc(m_cutoff * distance) *
            window(distance / m_reach);
    }
    return static_cast<float>(sum);
}

} // namespace lipsync::ui
