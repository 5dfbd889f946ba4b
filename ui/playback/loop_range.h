// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace lipsync::ui {

/// Frames that are played over and over, both ends included.
struct LoopRange {
    std::int64_t first = 0, last = 0;

    bool operator==(const LoopRange&) const = default;
};

} // namespace lipsync::ui
