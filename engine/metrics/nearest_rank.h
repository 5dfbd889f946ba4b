// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace lipsync::metrics {

/// Which of `count` sorted values, counted from 1, is the percentile: the first that `percent` (0 to 100) of them do
/// not exceed.
inline std::uint64_t nearestRank(double percent, std::uint64_t count)
{
    // 99.9 % of 1000 must not become the 1000th by the last bit of 0.999.
    constexpr double kRounding = 1e-6;
    const double share = std::clamp(percent, 0.0, 100.0) / 100;
    return static_cast<std::uint64_t>(std::max(std::ceil(share * static_cast<double>(count) - kRounding), 1.0));
}

} // namespace lipsync::metrics
