// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace lipsync::metrics {

/// How many events happen a second, over a window that slides along. Any thread may add and look, without locks.
class RateWindow {
public:
    static constexpr Duration kTick = std::chrono::milliseconds(100);
    static constexpr std::int64_t kWindowTicks = 20; ///< two seconds

    /// Counts from `start` on.
    explicit RateWindow(TimePoint start);

    /// An event at `time`; of no effect when that is more than three seconds before the latest one.
    void add(TimePoint time);
    /// Events a second over the two seconds (fewer after the start) of whole tenths before `now`.
    double perSecond(TimePoint now) const;

private:
    /// A tenth of a second: its number in the upper bits, its events in the lower ones, so that both change at once.
    using Slot = std::atomic<std::uint64_t>;
    static constexpr std::size_t kSlots = 32;

    const std::int64_t m_firstTick;
    std::array<Slot, kSlots> m_slots{};
};

} // namespace lipsync::metrics
