// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>

namespace lipsync::test {

/// A point in the life of the calling thread.
struct ThreadMoment {
    std::chrono::steady_clock::time_point at;
    double waitedMs = 0; ///< for a processor, until then: it wanted to run and had none
};

/// The second number of a thread's schedstat (Linux, Documentation/scheduler/sched-stats), in milliseconds. Allocates
/// nothing: it would wait for whoever lost the processor while allocating.
inline double runQueueDelayMs()
{
    char text[96] = {};
    const int file = ::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    (void)!::read(file, text, sizeof text - 1);
    ::close(file);
    char* second = nullptr;
    (void)std::strtod(text, &second);
    return std::strtod(second, nullptr) / 1e6;
}

/// Now. Who loses the processor between the reading of a clock and of what it waited would count the wait for one
/// interval and the time for the next, so both are read again until they belong together.
inline ThreadMoment threadMoment()
{
    constexpr double kTogetherMs = 0.5;
    double before = runQueueDelayMs();
    while (true) {
        const auto at = std::chrono::steady_clock::now();
        const double after = runQueueDelayMs();
        if (after - before < kTogetherMs)
            return {at, before};
        before = after;
    }
}

} // namespace lipsync::test
