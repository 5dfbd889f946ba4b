// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace lipsync::scoring {

/// 16 kHz samples under one frame at 25 frames a second.
inline constexpr double kSamplesPerFrame = 640.0;

/// A number that is not known, e.g. the opening of a mouth that was not found. Every function here passes over it.
double unknown();

/// Mean of the known values; 0 when there is none.
double mean(std::span<const double> values);

/// Pearson's correlation of the pairs of which both are known; 0 when either side does not vary (a mouth that never
/// moves follows nothing). Of series of different lengths the longer one's end is left out.
double correlation(std::span<const double> a, std::span<const double> b);

/// Shift of `late` against `early`, in frames, at which they correlate best, and that correlation.
struct Lag {
    int frames = 0; ///< positive: `late` comes after `early`
    double correlation = 0;
    double atOnce = 0; ///< correlation without a shift
};
/// Tries every shift of −reach … reach; of equal ones the least far.
Lag bestLag(std::span<const double> early, std::span<const double> late, int reach);

/// Loudness of each frame of `samplesPerFrame` samples: root mean square, then a gentle smoothing (1 2 1) over three
/// frames. Sound that ends early is followed by silence.
std::vector<double> speechEnvelope(std::span<const float> speech16k, std::size_t frames,
                                   double samplesPerFrame = kSamplesPerFrame);

} // namespace lipsync::scoring
