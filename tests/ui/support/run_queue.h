// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fstream>

namespace lipsync::test {

/// How long the calling thread has wanted to run and had no processor, in milliseconds: the second number of its
/// schedstat (Linux, Documentation/scheduler/sched-stats).
inline double runQueueDelayMs()
{
    std::ifstream file("/proc/thread-self/schedstat");
    double ran = 0, waited = 0;
    file >> ran >> waited;
    return waited / 1e6;
}

} // namespace lipsync::test
