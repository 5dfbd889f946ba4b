// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <fstream>
#include <string>

#include <sys/times.h>
#include <unistd.h>

namespace lipsync::test {

/// How much of the machine's processors others had since this was made: other processes, and other machines on the
/// same host. A bar of time can only be judged while that is little.
class MachineShare {
public:
    /// Above it, figures of time are told and not judged.
    static constexpr double kMost = 0.1;

    MachineShare()
        : m_busy(busyTicks())
        , m_own(ownTicks())
        , m_begin(nowTicks())
    {
    }

    /// 0 to 1, of all processors.
    double ofOthers() const
    {
        const double all = (nowTicks() - m_begin) * static_cast<double>(sysconf(_SC_NPROCESSORS_ONLN));
        const double others = busyTicks() - m_busy - (ownTicks() - m_own);
        return all > 0 ? std::clamp(others / all, 0.0, 1.0) : 0.0;
    }

private:
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

    double m_busy, m_own, m_begin;
};

/// Skips the rest of a test, aloud, when others had a part of the machine since `share` was made.
#define SKIP_UNLESS_ALONE(share)                                                                                       \
    do {                                                                                                               \
        const double others = (share).ofOthers();                                                                      \
        if (others > lipsync::test::MachineShare::kMost)                                                               \
            QSKIP(qPrintable(QStringLiteral("Others had %1 % of the machine: the figures above are not judged.")       \
                                 .arg(100 * others, 0, 'f', 0)));                                                      \
    } while (false)

} // namespace lipsync::test
