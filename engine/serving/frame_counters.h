// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "metrics/latency_histogram.h"

#include <algorithm>
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

/// What an avatar's served frames came to since it was loaded. Any thread.
struct FrameCounters {
    CountedTime succeeded, failed; ///< frames, from their call's beginning to their end
    CountedTime queue, input, infer, output; ///< of the frames that succeeded
    CountedTime requestsSucceeded, requestsFailed; ///< calls that asked for one or more of them by name and tensors
    std::atomic<std::uint64_t> cancelled{0};
    std::atomic<std::uint64_t> millionthBatches{0}; ///< its share of the batches its frames were in
    std::atomic<std::int64_t> lastFrame{0}; ///< milliseconds since 1970
    metrics::LatencyHistogram compute; ///< from submission to the network's end
};

} // namespace lipsync::serving
