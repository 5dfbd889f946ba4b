// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <fstream>
#include <vector>

#include <QObject>
#include <QTimer>

namespace lipsync::test {

/// Watches how long the window's thread does not come back to its event loop: a timer of a few milliseconds that
/// measures the time between two of its turns. What the thread waited for a processor that others had (the kernel's
/// run-queue delay) is known too: it is the machine's load and not the window's doing.
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
        m_ownStalls.clear();
        m_last = Clock::now();
        m_lastDelayMs = runQueueDelayMs();
        m_timer.start(kInterval);
    }
    void stop() { m_timer.stop(); }

    /// The longest stall so far, in milliseconds.
    double longestMs() const { return m_stalls.empty() ? 0 : *std::max_element(m_stalls.begin(), m_stalls.end()); }
    /// The same without the time in which the thread wanted to run and had no processor.
    double longestOwnMs() const
    {
        return m_ownStalls.empty() ? 0 : *std::max_element(m_ownStalls.begin(), m_ownStalls.end());
    }
    /// Stalls longer than so many milliseconds.
    std::size_t countOver(double milliseconds) const
    {
        return static_cast<std::size_t>(
            std::count_if(m_stalls.begin(), m_stalls.end(), [=](double stall) { return stall > milliseconds; }));
    }
    std::size_t turns() const { return m_stalls.size(); }

private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds kInterval{4};

    void turn()
    {
        const auto now = Clock::now();
        const std::chrono::duration<double, std::milli> gone = now - m_last - kInterval;
        const double delayMs = runQueueDelayMs();
        m_stalls.push_back(std::max(0.0, gone.count()));
        m_ownStalls.push_back(std::max(0.0, gone.count() - (delayMs - m_lastDelayMs)));
        m_last = now;
        m_lastDelayMs = delayMs;
    }

    // Second number of schedstat: nanoseconds on a run queue (Linux, Documentation/scheduler/sched-stats).
    static double runQueueDelayMs()
    {
        std::ifstream file("/proc/thread-self/schedstat");
        double ran = 0, waited = 0;
        file >> ran >> waited;
        return waited / 1e6;
    }

    QTimer m_timer;
    Clock::time_point m_last;
    double m_lastDelayMs = 0;
    std::vector<double> m_stalls, m_ownStalls;
};

} // namespace lipsync::test
