// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

namespace lipsync::metrics {

/// A distribution of small whole numbers at one moment. A value.
struct CountSnapshot {
    std::vector<std::uint64_t> counts; ///< [n] = how often n was recorded; the last also counts everything larger
    std::uint64_t total = 0; ///< how many numbers were recorded
    std::int64_t sum = 0; ///< of the numbers, exact

    double mean() const; ///< 0 when nothing was recorded
    std::int64_t max() const; ///< largest that was recorded, at most the histogram's limit
    /// By nearest rank; `percent` from 0 to 100. 0 when nothing was recorded.
    std::int64_t percentile(double percent) const;
    void merge(const CountSnapshot& other);
    /// What was recorded after `earlier`, an older snapshot of the same histogram.
    CountSnapshot since(const CountSnapshot& earlier) const;
};

/// Counts whole numbers from 0 to a limit: batch sizes, queue depths. Any thread may record and look, without locks.
class CountHistogram {
public:
    /// Numbers above `limit` count as `limit`.
    explicit CountHistogram(int limit);

    /// Negative numbers count as 0.
    void record(std::int64_t number);
    CountSnapshot snapshot() const;

private:
    std::vector<std::atomic<std::uint64_t>> m_counts;
    std::atomic<std::int64_t> m_sum{0};
};

} // namespace lipsync::metrics
