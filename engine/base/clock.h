// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

namespace lipsync {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

/// Where time comes from: the machine's clock, or a simulation's.
class Clock {
public:
    virtual ~Clock() = default;
    virtual TimePoint now() const = 0;
};

/// The machine's monotonic clock. Any thread.
class SteadyClock final : public Clock {
public:
    TimePoint now() const override { return std::chrono::steady_clock::now(); }
};

/// A clock that stands still until it is moved; for simulations. One thread.
class VirtualClock final : public Clock {
public:
    TimePoint now() const override { return m_now; }
    /// Never goes back.
    void advanceTo(TimePoint time)
    {
        if (time > m_now)
            m_now = time;
    }

private:
    TimePoint m_now{};
};

/// A duration in milliseconds, for people and reports.
inline double milliseconds(Duration duration)
{
    return std::chrono::duration<double, std::milli>(duration).count();
}

/// A duration in seconds.
inline double seconds(Duration duration)
{
    return std::chrono::duration<double>(duration).count();
}

/// A number of milliseconds, possibly with a fraction, as a duration.
inline Duration fromMilliseconds(double value)
{
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(value));
}

} // namespace lipsync
