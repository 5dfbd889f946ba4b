// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/support/run_queue.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <QString>
#include <QTest>

#include <pthread.h>
#include <sched.h>
#include <sys/times.h>
#include <unistd.h>

namespace lipsync::test {

/// What the machine did since this was made or restarted that is not this process's doing: the part of its processors
/// that other processes and other machines on the same host had, and how long one of them stood still. A bar of time
/// can only be judged while both are little.
class MachineWatch {
public:
    static constexpr double kMostShare = 0.1;
    static constexpr double kMostStopMs = 60;

    MachineWatch()
    {
        restart();
        // The host may stop one processor while the others run on.
        cpu_set_t usable;
        if (::sched_getaffinity(0, sizeof usable, &usable) != 0)
            return;
        for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
            if (CPU_ISSET(processor, &usable))
                m_hearts.emplace_back([this, processor](const std::stop_token& stop) { beat(processor, stop); });
        }
    }

    /// Forgets what was until now.
    void restart()
    {
        m_busy = busyTicks();
        m_own = ownTicks();
        m_begin = nowTicks();
        m_longestStopMs = 0;
    }

    /// Of others, 0 to 1 of all processors.
    double share() const
    {
        const double all = (nowTicks() - m_begin) * static_cast<double>(sysconf(_SC_NPROCESSORS_ONLN));
        const double others = busyTicks() - m_busy - (ownTicks() - m_own);
        return all > 0 ? std::clamp(others / all, 0.0, 1.0) : 0.0;
    }
    /// By how much a thread that only sleeps came late, at most, in milliseconds, without the time for which others had
    /// its processor.
    double longestStopMs() const { return m_longestStopMs; }

    bool isDisturbed() const { return share() > kMostShare || longestStopMs() > kMostStopMs; }
    QString told() const
    {
        return QStringLiteral("others had %1 % of the machine, a processor of which stood still for %2 ms at most")
            .arg(100 * share(), 0, 'f', 0)
            .arg(longestStopMs(), 0, 'f', 0);
    }

private:
    void beat(int processor, const std::stop_token& stop)
    {
        constexpr std::chrono::milliseconds kInterval(5);
        cpu_set_t only;
        CPU_ZERO(&only);
        CPU_SET(processor, &only);
        ::pthread_setaffinity_np(::pthread_self(), sizeof only, &only);
        ThreadMoment last = threadMoment();
        while (!stop.stop_requested()) {
            std::this_thread::sleep_for(kInterval);
            const ThreadMoment now = threadMoment();
            const std::chrono::duration<double, std::milli> late = now.at - last.at - kInterval;
            const double stopMs = late.count() - (now.waitedMs - last.waitedMs);
            double longest = m_longestStopMs;
            while (stopMs > longest && !m_longestStopMs.compare_exchange_weak(longest, stopMs))
                ;
            last = now;
        }
    }

    // First line of /proc/stat (Linux, proc(5)): user nice system idle iowait irq softirq steal …, in ticks.
    static double busyTicks()
    {
        std::ifstream file("/proc/stat");
        std::string name;
        double user = 0, nice = 0, system = 0, idle = 0, waits = 0, irq = 0, softIrq = 0, steal = 0;
        file >> name >> user >> nice >> system >> idle >> waits >> irq >> softIrq >> steal;
        return user + nice + system + irq + softIrq + steal;
    }
    static double ownTicks()
    {
        tms used{};
        ::times(&used);
        return static_cast<double>(used.tms_utime + used.tms_stime);
    }
    static double nowTicks()
    {
        tms ignored{};
        return static_cast<double>(::times(&ignored));
    }

    double m_busy = 0, m_own = 0, m_begin = 0;
    std::atomic<double> m_longestStopMs = 0;
    std::vector<std::jthread> m_hearts; ///< one a processor
};

/// How a measurement against bars ended.
struct Judgement {
    QString missed; ///< the bar that was missed, by how much, and what the machine did; empty: all were met
    bool isDisturbed = false; ///< no turn met the bars, and the machine had disturbed every one: not to be judged
};

/// Measures until the figures are within their bars, three times at most: a machine shared with others spoils one
/// measurement now and then, a fault of ours spoils each. `measure` calls restart() where the measured time begins and
/// says which bar was missed, nothing when none was. A check that fails inside it ends the turns.
inline Judgement judge(const std::function<void(MachineWatch& machine, QString& missed)>& measure)
{
    constexpr int kTurns = 3;
    Judgement judged;
    judged.isDisturbed = true;
    for (int turn = 1; turn <= kTurns; ++turn) {
        MachineWatch machine;
        judged.missed.clear();
        measure(machine, judged.missed);
        if (judged.missed.isEmpty() || QTest::currentTestFailed())
            return Judgement();
        judged.missed += QStringLiteral("; ") + machine.told();
        judged.isDisturbed = judged.isDisturbed && machine.isDisturbed();
        qInfo("Turn %d of %d: %s.", turn, kTurns, qPrintable(judged.missed));
    }
    return judged;
}

/// Ends the test as it was judged; a skip is said aloud.
#define VERIFY_JUDGED(judgement)                                                                                       \
    do {                                                                                                               \
        const lipsync::test::Judgement verdict = (judgement);                                                          \
        if (verdict.isDisturbed)                                                                                       \
            QSKIP(qPrintable(verdict.missed));                                                                         \
        QVERIFY2(verdict.missed.isEmpty(), qPrintable(verdict.missed));                                                \
    } while (false)

} // namespace lipsync::test
