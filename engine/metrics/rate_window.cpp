// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/rate_window.h"

#include <algorithm>

namespace lipsync::metrics {

namespace {

constexpr int kCountBits = 24; ///< 16 million events in a tenth of a second

std::int64_t tickOf(TimePoint time)
{
    return std::max<std::int64_t>(time.time_since_epoch() / RateWindow::kTick, 0);
}

} // namespace

RateWindow::RateWindow(TimePoint start)
    : m_firstTick(tickOf(start))
{
}

void RateWindow::add(TimePoint time)
{
    const auto tick = static_cast<std::uint64_t>(tickOf(time));
    Slot& slot = m_slots[tick % kSlots];
    std::uint64_t value = slot.load(std::memory_order_relaxed);
    std::uint64_t next = 0;
    do {
        const std::uint64_t held = value >> kCountBits;
        if (held > tick)
            return;
        next = held == tick ? value + 1 : (tick << kCountBits) + 1;
    } while (!slot.compare_exchange_weak(value, next, std::memory_order_relaxed));
}

double RateWindow::perSecond(TimePoint now) const
{
    const std::int64_t end = tickOf(now);
    const std::int64_t begin = std::max(end - kWindowTicks, m_firstTick);
    if (begin >= end)
        return 0;
    std::uint64_t events = 0;
    for (const Slot& slot : m_slots) {
        const std::uint64_t value = slot.load(std::memory_order_relaxed);
        const auto tick = static_cast<std::int64_t>(value >> kCountBits);
        if (tick >= begin && tick < end)
            events += value & ((std::uint64_t{1} << kCountBits) - 1);
    }
    return static_cast<double>(events) / seconds((end - begin) * kTick);
}

} // namespace lipsync::metrics
