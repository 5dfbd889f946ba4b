// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>

namespace lipsync::scheduling {

/// Seeded chance whose draws do not depend on the standard library, unlike its distributions. One thread.
class SimulatedChance {
public:
    explicit SimulatedChance(std::uint64_t seed)
        : m_random(seed)
    {
    }

    /// From 0 to below 1.
    double uniform() { return static_cast<double>(m_random() >> 11) * 0x1.0p-53; }
    double between(double least, double most) { return least + (most - least) * uniform(); }
    /// A whole number of least … most.
    int whole(int least, int most) { return least + static_cast<int>(uniform() * (most - least + 1)); }
    bool happens(double probability) { return uniform() < probability; }
    double exponential(double mean) { return -mean * std::log(1 - uniform()); }
    double normal() { return std::sqrt(-2 * std::log(1 - uniform())) * std::cos(2 * std::numbers::pi * uniform()); }

private:
    std::mt19937_64 m_random;
};

} // namespace lipsync::scheduling
