// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/count_histogram.h"

#include "metrics/nearest_rank.h"

#include <algorithm>
#include <cstddef>

namespace lipsync::metrics {

double CountSnapshot::mean() const
{
    return total == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(total);
}

std::int64_t CountSnapshot::max() const
{
    const auto last = std::find_if(counts.rbegin(), counts.rend(), [](std::uint64_t count) { return count > 0; });
    return last == counts.rend() ? 0 : counts.rend() - last - 1;
}

std::int64_t CountSnapshot::percentile(double percent) const
{
    const std::uint64_t rank = nearestRank(percent, total);
    std::uint64_t seen = 0;
    for (std::size_t number = 0; number < counts.size(); ++number) {
        seen += counts[number];
        if (seen >= rank)
            return static_cast<std::int64_t>(number);
    }
    return max();
}

void CountSnapshot::merge(const CountSnapshot& other)
{
    counts.resize(std::max(counts.size(), other.counts.size()));
    for (std::size_t number = 0; number < other.counts.size(); ++number)
        counts[number] += other.counts[number];
    total += other.total;
    sum += other.sum;
}

CountSnapshot CountSnapshot::since(const CountSnapshot& earlier) const
{
    CountSnapshot interval = *this;
    interval.total = 0;
    for (std::size_t number = 0; number < counts.size(); ++number) {
        if (number < earlier.counts.size())
            interval.counts[number] -= std::min(earlier.counts[number], counts[number]);
        interval.total += interval.counts[number];
    }
    interval.sum = sum - earlier.sum;
    return interval;
}

CountHistogram::CountHistogram(int limit)
    : m_counts(static_cast<std::size_t>(std::max(limit, 0)) + 1)
{
}

void CountHistogram::record(std::int64_t number)
{
    const std::int64_t counted = std::max<std::int64_t>(number, 0);
    const auto slot = std::min(static_cast<std::size_t>(counted), m_counts.size() - 1);
    m_counts[slot].fetch_add(1, std::memory_order_relaxed);
    m_sum.fetch_add(counted, std::memory_order_relaxed);
}

CountSnapshot CountHistogram::snapshot() const
{
    CountSnapshot snapshot;
    snapshot.counts.reserve(m_counts.size());
    for (const auto& count : m_counts) {
        snapshot.counts.push_back(count.load(std::memory_order_relaxed));
        snapshot.total += snapshot.counts.back();
    }
    snapshot.sum = m_sum.load(std::memory_order_relaxed);
    return snapshot;
}

} // namespace lipsync::metrics
