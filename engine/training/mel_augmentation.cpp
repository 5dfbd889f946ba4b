// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/mel_augmentation.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace lipsync::training {

namespace {

constexpr int kBands = 80;
constexpr float kPerDecibel = 0.08f;
constexpr float kFloor = -4.0f;
constexpr float kCeiling = 4.0f;

float uniform(std::mt19937& random, float low, float high)
{
    return std::uniform_real_distribution<float>(low, high)(random);
}

bool chance(std::mt19937& random, double probability)
{
    return std::bernoulli_distribution(probability)(random);
}

/// Moves formants up or down, as a shorter or longer vocal tract does.
void warpFormants(std::span<float> column, float factor)
{
    std::array<float, kBands> source;
    std::copy(column.begin(), column.end(), source.begin());
    for (int band = 0; band < kBands; ++band) {
        const float position = std::min(static_cast<float>(band) * factor, kBands - 1.0f);
        const int below = std::min(static_cast<int>(position), kBands - 2);
        const float share = position - static_cast<float>(below);
        column[band] = source[below] + share * (source[below + 1] - source[below]);
    }
}

} // namespace

void augmentMel(std::span<float> mel, std::mt19937& random)
{
    const auto columns = mel.size() / kBands;
    const float warp = chance(random, 0.7) ? uniform(random, 0.82f, 1.18f) : 1.0f;
    const float gain = uniform(random, -14.0f, 10.0f) * kPerDecibel;
    const float tilt = uniform(random, -8.0f, 8.0f) * kPerDecibel;
    const float ripple = uniform(random, 0.0f, 6.0f) * kPerDecibel;
    const float ripplePhase = uniform(random, 0.0f, 6.283f), ripplePeriod = uniform(random, 0.5f, 2.5f);
    const bool reverberant = chance(random, 0.4);
    // 15 to 60 dB fall a second-fifth, in normalised units a column of 12.5 ms.
    const float decay = uniform(random, 0.75f, 4.0f) * kPerDecibel;
    const float reverbLevel = uniform(random, 8.0f, 22.0f) * kPerDecibel;
    const int limit = chance(random, 0.3) ? std::uniform_int_distribution<int>(52, kBands)(random) : kBands;
    const float noise = chance(random, 0.7) ? uniform(random, -4.0f, -1.2f) : kFloor;
    const float noiseTilt = uniform(random, -1.0f, 0.3f);

    std::array<float, kBands> tail;
    tail.fill(kFloor * 2);
    std::normal_distribution<float> grain(0.0f, 0.25f);
    for (std::size_t t = 0; t < columns; ++t) {
        const auto column = mel.subspan(t * kBands, kBands);
        warpFormants(column, warp);
        for (int band = 0; band < kBands; ++band) {
            const float place = static_cast<float>(band) / kBands;
            float value = column[band] + gain + tilt * (place - 0.5f) +
                ripple * std::sin(ripplePhase + 6.283f * ripplePeriod * place);
            if (reverberant) {
                tail[band] = std::max(tail[band] - decay, value - reverbLevel);
                value = std::max(value, tail[band]);
            }
            if (band >= limit)
                value = kFloor;
            if (noise > kFloor)
                value = std::max(value, noise + noiseTilt * place + grain(random));
            column[band] = std::clamp(value, kFloor, kCeiling);
        }
    }
}

} // namespace lipsync::training
