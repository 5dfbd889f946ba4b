// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/support/run_queue.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include <QObject>
#include <QTimer>

#include <time.h>

namespace lipsync::test {

/// Watches how long the window's thread does not come back to its event loop: a timer of a few milliseconds that
/// measures the time between two of its turns. What the thread waited for a processor that others had (the kernel's
/// run-queue delay) is known too: it is the machine's load and not the window's doing. What it computed is known as
/// well, so that a stall tells whether the window worked or was kept waiting.
class StallWatch final : public QObject {
public:
    StallWatch()
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        connect(&m_timer, &QTimer::timeout, this, [this] { turn(); });
    }

    void start()
    {
        m_stalls.clear();
        m_last = threadMoment();
        m_lastComputedMs = computedMs();
        m_timer.start(kInterval);
    }
    void stop() { m_timer.stop(); }

    /// One turn, in milliseconds; the first two beyond the timer's interval.
    struct Stall {
        double wholeMs = 0;
        double ownMs = 0; ///< without the time in which the thread wanted to run and had no processor
        double computedMs = 0; ///< by the thread; what ownMs has more it waited, or its processor stood still
    };

    /// The longest stall so far.
    double longestMs() const
    {
        double longest = 0;
        for (const Stall& stall : m_stalls)
            longest = std::max(longest, stall.wholeMs);
        return longest;
    }
    /// The one that was longest by the window's own doing.
    Stall longestOwn() const
    {
        const auto longest = std::max_element(m_stalls.begin(), m_stalls.end(),
                                              [](const Stall& a, const Stall& b) { return a.ownMs < b.ownMs; });
        return longest == m_stalls.end() ? Stall() : *longest;
    }
    /// Stalls longer than so many milliseconds.
    std::size_t countOver(double milliseconds) const
    {
        return static_cast<std::size_t>(std::count_if(
            m_stalls.begin(), m_stalls.end(), [=](const Stall& stall) { return stall.wholeMs > milliseconds; }));
    }
    std::size_t turns() const { return m_stalls.size(); }

private:
    static constexpr std::chrono::milliseconds kInterval{4};

    void turn()
    {
        const ThreadMoment now = threadMoment();
        const std::chrono::duration<double, std::milli> gone = now.at - m_last.at - kInterval;
        const double waitedMs = now.waitedMs - m_last.waitedMs, computed = computedMs();
        m_stalls.push_back(
            {std::max(0.0, gone.count()), std::max(0.0, gone.count() - waitedMs), computed - m_lastComputedMs});
        m_last = now;
        m_lastComputedMs = computed;
    }

    static double computedMs()
    {
        timespec time{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
    }

    QTimer m_timer;
    ThreadMoment m_last;
    double m_lastComputedMs = 0;
    std::vector<Stall> m_stalls;
};

} // namespace lipsync::test
