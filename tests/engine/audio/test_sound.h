// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <random>
#include <span>
#include <vector>

namespace lipsync::audio {

/// A repeatable 16 kHz sound: a gliding tone whose loudness swells, with a little noise.
inline std::vector<float> testSound(std::size_t samples)
{
    std::mt19937 random(7);
    std::vector<float> sound(samples);
    double phase = 0.0;
    for (std::size_t i = 0; i < samples; ++i) {
        const double seconds = static_cast<double>(i) / 16000.0;
        phase += 2.0 * std::numbers::pi * (200.0 + 1500.0 * std::abs(std::sin(seconds))) / 16000.0;
        const double noise = static_cast<double>(random()) / 4294967296.0 - 0.5;
        sound[i] = static_cast<float>(0.6 * std::sin(9.0 * seconds) * std::sin(phase) + 0.01 * noise);
    }
    return sound;
}

/// Cuts a sound into pieces of 0 to `largest` samples and gives them to `take` in order.
template <typename Take>
void inRandomPieces(std::span<const float> sound, std::uint32_t seed, std::size_t largest, Take take)
{
    std::mt19937 random(seed);
    while (!sound.empty()) {
        const std::size_t size = std::min(sound.size(), random() % (largest + 1));
        take(sound.first(size));
        sound = sound.subspan(size);
    }
}

} // namespace lipsync::audio
