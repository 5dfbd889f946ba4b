// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "metrics/stats_snapshot.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lipsync::metrics {

/// A distribution of durations at one moment. A value.
class HistogramSnapshot {
public:
    std::uint64_t count() const { return m_count; }
    Duration sum() const { return m_sum; }
    Duration mean() const; ///< exact; 0 when nothing was recorded, as for min and max
    Duration min() const { return m_min; }
    Duration max() const { return m_max; }
    /// The duration that `percent` (0 to 100) of the recorded ones do not exceed, by nearest rank; within 1/64 of the
    /// exact one from 1 µs to 73 min. 0 when nothing was recorded.
    Duration percentile(double percent) const;

    /// Adds another's recordings to these.
    void merge(const HistogramSnapshot& other);
    /// What was recorded after `earlier`, an older snapshot of the same histogram. Its min and max are bucket bounds.
    HistogramSnapshot since(const HistogramSnapshot& earlier) const;
    LatencySummary summary() const;

private:
    friend class LatencyHistogram;

    std::vector<std::uint64_t> m_buckets; ///< empty when nothing was recorded
    std::uint64_t m_count = 0;
    Duration m_sum{};
    Duration m_min{};
    Duration m_max{};
};

/// Counts durations in log-linear buckets: 16 ns wide up to 1 µs, then 32 to each doubling, up to 2^42 ns = 73 min.
/// Any thread may record and look, without locks; 9 KiB.
class LatencyHistogram {
public:
    /// Negative durations count as 0, longer ones than the range as its end (max and mean keep them exactly).
    void record(Duration duration);
    /// Misses at most what is being recorded in this moment.
    HistogramSnapshot snapshot() const;

    static constexpr int kBuckets = 1088;

private:
    std::array<std::atomic<std::uint64_t>, kBuckets> m_buckets{};
    std::atomic<std::int64_t> m_sum{0};
    std::atomic<std::int64_t> m_min{Duration::max().count()};
    std::atomic<std::int64_t> m_max{0};
};

} // namespace lipsync::metrics
