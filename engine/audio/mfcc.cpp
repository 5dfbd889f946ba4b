// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/mfcc.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

#include <opencv2/core.hpp>

namespace lipsync::audio {

namespace {

constexpr double kSampleRate = 16000.0;
constexpr double kPreEmphasis = 0.97;
constexpr double kLifter = 22.0;
/// Takes the place of no energy at all, so that its logarithm exists.
constexpr double kLeastEnergy = std::numeric_limits<double>::epsilon();

// The mel scale of the HTK toolkit.
double melOf(double hertz)
{
    return 2595.0 * std::log10(1.0 + hertz / 700.0);
}

double hertzOf(double mel)
{
    return 700.0 * (std::pow(10.0, mel / 2595.0) - 1.0);
}

} // namespace

std::size_t mfccRowCount(std::size_t samples)
{
    return samples <= kMfccFrame ? 1 : 1 + (samples - kMfccFrame + kMfccStep - 1) / kMfccStep;
}

Mfcc::Mfcc()
    : m_filters(kFilters * kBins)
    , m_cosines(kMfccCoefficients * kFilters)
{
    // Triangles between whole bins, evenly spaced in mel from 0 Hz to half the sample rate.
    std::array<std::size_t, kFilters + 2> corners{};
    const double highest = melOf(kSampleRate / 2);
    for (std::size_t i = 0; i < corners.size(); ++i) {
        const double hertz = hertzOf(highest * static_cast<double>(i) / (kFilters + 1));
        corners[i] = static_cast<std::size_t>(std::floor((kTransform + 1) * hertz / kSampleRate));
    }
    for (std::size_t filter = 0; filter < kFilters; ++filter) {
        const auto left = corners[filter], peak = corners[filter + 1], right = corners[filter + 2];
        auto* weights = &m_filters[filter * kBins];
        for (auto bin = left; bin < peak; ++bin)
            weights[bin] = static_cast<double>(bin - left) / static_cast<double>(peak - left);
        for (auto bin = peak; bin < right; ++bin)
            weights[bin] = static_cast<double>(right - bin) / static_cast<double>(right - peak);
    }
    for (std::size_t row = 0; row < kMfccCoefficients; ++row) {
        const auto number = static_cast<double>(row);
        const double norm = std::sqrt((row == 0 ? 1.0 : 2.0) / kFilters);
        const double lift = 1.0 + kLifter / 2 * std::sin(std::numbers::pi * number / kLifter);
        for (std::size_t filter = 0; filter < kFilters; ++filter) {
            const double angle = std::numbers::pi * number * (2.0 * static_cast<double>(filter) + 1) / (2.0 * kFilters);
            m_cosines[row * kFilters + filter] = lift * norm * std::cos(angle);
        }
    }
}

std::array<double, kMfccCoefficients> Mfcc::row(std::span<const std::int16_t> sound, std::size_t index) const
{
    assert(index < mfccRowCount(sound.size()));
    std::array<double, kTransform> frame{}, spectrum{};
    for (std::size_t i = 0; i < kMfccFrame; ++i) {
        const auto at = index * kMfccStep + i;
        if (at < sound.size())
            frame[i] = at == 0 ? sound[0] : sound[at] - kPreEmphasis * sound[at - 1];
    }
    const cv::Mat input(1, kTransform, CV_64F, frame.data());
    cv::Mat packed(1, kTransform, CV_64F, spectrum.data()); // re0, re1, im1, …, re(n/2)
    cv::dft(input, packed);

    std::array<double, kBins> power{};
    power.front() = spectrum.front() * spectrum.front() / kTransform;
    power.back() = spectrum.back() * spectrum.back() / kTransform;
    for (std::size_t bin = 1; bin + 1 < kBins; ++bin) {
        const double real = spectrum[2 * bin - 1], imaginary = spectrum[2 * bin];
        power[bin] = (real * real + imaginary * imaginary) / kTransform;
    }
    double energy = 0;
    for (const double value : power)
        energy += value;
    const auto logarithm = [](double value) { return std::log(value == 0 ? kLeastEnergy : value); };

    std::array<double, kFilters> bands{};
    for (std::size_t filter = 0; filter < kFilters; ++filter) {
        double sum = 0;
        for (std::size_t bin = 0; bin < kBins; ++bin)
            sum += power[bin] * m_filters[filter * kBins + bin];
        bands[filter] = logarithm(sum);
    }
    std::array<double, kMfccCoefficients> cepstrum{};
    for (std::size_t row = 0; row < kMfccCoefficients; ++row) {
        for (std::size_t filter = 0; filter < kFilters; ++filter)
            cepstrum[row] += m_cosines[row * kFilters + filter] * bands[filter];
    }
    cepstrum[0] = logarithm(energy);
    return cepstrum;
}

std::vector<std::int16_t> toSixteenBits(std::span<const float> samples)
{
    std::vector<std::int16_t> numbers(samples.size());
    std::transform(samples.begin(), samples.end(), numbers.begin(), [](float sample) {
        const float scaled = std::round(sample * 32768.0F);
        return static_cast<std::int16_t>(std::clamp(scaled, -32768.0F, 32767.0F));
    });
    return numbers;
}

} // namespace lipsync::audio
