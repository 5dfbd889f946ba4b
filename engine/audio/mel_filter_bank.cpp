// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/mel_filter_bank.h"

#include <algorithm>
#include <cmath>

namespace lipsync::audio {
namespace {

constexpr double kLowestHertz = 55.0;
constexpr double kHighestHertz = 7600.0;

// Slaney's scale: linear up to 1000 Hz, logarithmic above.
constexpr double kHertzPerMel = 200.0 / 3.0;
constexpr double kLogStartHertz = 1000.0;
constexpr double kLogStartMel = kLogStartHertz / kHertzPerMel;
const double kLogStep = std::log(6.4) / 27.0;

double melOfHertz(double hertz)
{
    return hertz < kLogStartHertz ? hertz / kHertzPerMel : kLogStartMel + std::log(hertz / kLogStartHertz) / kLogStep;
}

double hertzOfMel(double mel)
{
    return mel < kLogStartMel ? mel * kHertzPerMel : kLogStartHertz * std::exp(kLogStep * (mel - kLogStartMel));
}

} // namespace

MelFilterBank::MelFilterBank()
{
    std::array<double, kMelBandCount + 2> edges{};
    const double lowest = melOfHertz(kLowestHertz);
    const double step = (melOfHertz(kHighestHertz) - lowest) / static_cast<double>(edges.size() - 1);
    for (std::size_t i = 0; i < edges.size(); ++i)
        edges[i] = hertzOfMel(lowest + step * static_cast<double>(i));

    for (std::size_t m = 0; m < kMelBandCount; ++m) {
        Band& band = m_bands[m];
        const double area = 2.0 / (edges[m + 2] - edges[m]);
        for (std::size_t bin = 0; bin < kMelBins; ++bin) {
            const double hertz = static_cast<double>(bin) * kMelSampleRate / static_cast<double>(kMelFrameSize);
            const double rising = (hertz - edges[m]) / (edges[m + 1] - edges[m]);
            const double falling = (edges[m + 2] - hertz) / (edges[m + 2] - edges[m + 1]);
            // Rounded before and after the scaling, as the matrix the networks were trained with was.
            const auto triangle = static_cast<float>(std::max(0.0, std::min(rising, falling)));
            if (triangle <= 0.0F)
                continue;
            if (band.weights.empty())
                band.firstBin = bin;
            band.weights.push_back(static_cast<float>(triangle * area));
        }
    }
}

void MelFilterBank::apply(std::span<const double, kMelBins> magnitudes, std::span<double, kMelBandCount> bands) const
{
    for (std::size_t m = 0; m < kMelBandCount; ++m) {
        double sum = 0.0;
        for (std::size_t i = 0; i < m_bands[m].weights.size(); ++i)
            sum += static_cast<double>(m_bands[m].weights[i]) * magnitudes[m_bands[m].firstBin + i];
        bands[m] = sum;
    }
}

float MelFilterBank::weight(std::size_t band, std::size_t bin) const
{
    const Band& row = m_bands[band];
    return bin >= row.firstBin && bin - row.firstBin < row.weights.size() ? row.weights[bin - row.firstBin] : 0.0F;
}

std::size_t MelFilterBank::nonZeroCount() const
{
    std::size_t count = 0;
    for (const Band& band : m_bands)
        count += band.weights.size();
    return count;
}

} // namespace lipsync::audio
