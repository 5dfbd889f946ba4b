// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "metrics/latency_histogram.h"
#include "scheduling/concurrency_plan.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

namespace lipsync::serving {

/// A count of things and the time they took together. Any thread.
struct CountedTime {
    std::atomic<std::uint64_t> count{0};
    std::atomic<std::uint64_t> nanoseconds{0};

    void add(Duration time)
    {
        count.fetch_add(1, std::memory_order_relaxed);
        nanoseconds.fetch_add(static_cast<std::uint64_t>(std::max(time, Duration::zero()).count()),
                              std::memory_order_relaxed);
    }
};

/// Frames of batches of one size; each counts all the time its batch took, in nanoseconds. Any thread.
struct BatchCounters {
    std::atomic<std::uint64_t> frames{0};
    std::atomic<std::uint64_t> input{0}, infer{0}, output{0};
};

/// What an avatar's served frames came to since it was loaded. Any thread.
struct FrameCounters {
    CountedTime succeeded, failed; ///< frames, from their call's beginning to their end
    CountedTime queue, input, infer, output; ///< of the frames that succeeded
    CountedTime requestsSucceeded, requestsFailed,
        requestsCancelled; ///< that asked for some of them by name and tensors
    std::atomic<std::uint64_t> cancelled{0};
    std::array<BatchCounters, PlanLimits::kLargestBatch> batches; ///< [n − 1]: of n frames, which may be of other calls
    std::atomic<std::int64_t> lastFrame{0}; ///< milliseconds since 1970
    metrics::LatencyHistogram compute; ///< from submission to the network's end
};

/// Batches of `size` that so many frames were in; what is left of one that was partly cancelled counts as one.
inline std::uint64_t executionsOf(std::uint64_t frames, std::uint64_t size)
{
    return (frames + size - 1) / size;
}

/// Batches of all sizes.
inline std::uint64_t executionsOf(const FrameCounters& counters)
{
    std::uint64_t executions = 0;
    for (std::size_t i = 0; i < counters.batches.size(); ++i)
        executions += executionsOf(counters.batches[i].frames.load(std::memory_order_relaxed), i + 1);
    return executions;
}

} // namespace lipsync::serving
