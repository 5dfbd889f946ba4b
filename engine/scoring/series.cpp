// SPDX-License-Identifier: GPL-3.0-or-later
#include "scoring/series.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lipsync::scoring {

namespace {

template <typename Take> void forKnownPairs(std::span<const double> a, std::span<const double> b, Take take)
{
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        if (std::isfinite(a[i]) && std::isfinite(b[i]))
            take(a[i], b[i]);
    }
}

} // namespace

double unknown()
{
    return std::numeric_limits<double>::quiet_NaN();
}

double mean(std::span<const double> values)
{
    double sum = 0, count = 0;
    for (const double value : values) {
        if (std::isfinite(value)) {
            sum += value;
            ++count;
        }
    }
    return count > 0 ? sum / count : 0;
}

double correlation(std::span<const double> a, std::span<const double> b)
{
    double pairs = 0, sumA = 0, sumB = 0;
    forKnownPairs(a, b, [&](double x, double y) {
        ++pairs;
        sumA += x;
        sumB += y;
    });
    if (pairs < 2)
        return 0;
    const double meanA = sumA / pairs, meanB = sumB / pairs;
    double both = 0, squaresA = 0, squaresB = 0;
    forKnownPairs(a, b, [&](double x, double y) {
        both += (x - meanA) * (y - meanB);
        squaresA += (x - meanA) * (x - meanA);
        squaresB += (y - meanB) * (y - meanB);
    });
    return squaresA > 0 && squaresB > 0 ? both / std::sqrt(squaresA * squaresB) : 0;
}

Lag bestLag(std::span<const double> early, std::span<const double> late, int reach)
{
    const double atOnce = correlation(early, late);
    Lag best{0, atOnce, atOnce};
    for (int distance = 1; distance <= reach; ++distance) {
        const auto shift = static_cast<std::size_t>(distance);
        if (shift < late.size()) {
            if (const double value = correlation(early, late.subspan(shift)); value > best.correlation)
                best = {distance, value, atOnce};
        }
        if (shift < early.size()) {
            if (const double value = correlation(early.subspan(shift), late); value > best.correlation)
                best = {-distance, value, atOnce};
        }
    }
    return best;
}

std::vector<double> speechEnvelope(std::span<const float> speech16k, std::size_t frames, double samplesPerFrame)
{
    std::vector<double> loudness(frames);
    const auto sampleOf = [&](std::size_t frame) {
        return std::min(static_cast<std::size_t>(static_cast<double>(frame) * samplesPerFrame), speech16k.size());
    };
    for (std::size_t i = 0; i < frames; ++i) {
        double energy = 0;
        for (const float sample : speech16k.subspan(sampleOf(i), sampleOf(i + 1) - sampleOf(i)))
            energy += static_cast<double>(sample) * sample;
        loudness[i] = std::sqrt(energy / samplesPerFrame);
    }
    std::vector<double> smooth(frames);
    for (std::size_t i = 0; i < frames; ++i)
        smooth[i] = 0.25 * loudness[i ? i - 1 : 0] + 0.5 * loudness[i] + 0.25 * loudness[std::min(i + 1, frames - 1)];
    return smooth;
}

} // namespace lipsync::scoring
