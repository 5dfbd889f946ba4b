// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/latency_histogram.h"

#include "metrics/nearest_rank.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace lipsync::metrics {

namespace {

constexpr int kUnitBits = 4; ///< the finest bucket is 2^4 ns wide
constexpr int kDoublingBits = 5; ///< 2^5 buckets to each doubling: half a bucket is at most 1/64 of its lower bound
constexpr std::uint64_t kDoubling = std::uint64_t{1} << kDoublingBits;
constexpr std::uint64_t kLongest = (std::uint64_t{1} << 42) - 1;

std::size_t bucketOf(std::int64_t nanoseconds)
{
    const std::uint64_t units = std::min(static_cast<std::uint64_t>(nanoseconds), kLongest) >> kUnitBits;
    if (units < kDoubling)
        return static_cast<std::size_t>(units);
    const int shift = std::bit_width(units) - 1 - kDoublingBits;
    return static_cast<std::size_t>(static_cast<std::uint64_t>(shift) * kDoubling + (units >> shift));
}

/// First nanosecond of a bucket.
std::int64_t lowerBound(std::size_t bucket)
{
    if (bucket < 2 * kDoubling)
        return static_cast<std::int64_t>(bucket << kUnitBits);
    const std::size_t shift = bucket / kDoubling - 1;
    return static_cast<std::int64_t>((kDoubling + bucket % kDoubling) << (shift + kUnitBits));
}

Duration middle(std::size_t bucket)
{
    return Duration((lowerBound(bucket) + lowerBound(bucket + 1)) / 2);
}

static_assert((LatencyHistogram::kBuckets - 1) / kDoubling == 42 - kUnitBits - kDoublingBits);

} // namespace

Duration HistogramSnapshot::mean() const
{
    return m_count == 0 ? Duration{} : m_sum / static_cast<std::int64_t>(m_count);
}

Duration HistogramSnapshot::percentile(double percent) const
{
    if (m_count == 0)
        return {};
    const std::uint64_t rank = nearestRank(percent, m_count);
    if (rank <= 1)
        return m_min;
    if (rank >= m_count)
        return m_max;
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < m_buckets.size(); ++bucket) {
        seen += m_buckets[bucket];
        if (seen >= rank)
            return std::clamp(middle(bucket), m_min, m_max);
    }
    return m_max;
}

void HistogramSnapshot::merge(const HistogramSnapshot& other)
{
    if (other.m_count == 0)
        return;
    if (m_count == 0) {
        *this = other;
        return;
    }
    for (std::size_t bucket = 0; bucket < m_buckets.size(); ++bucket)
        m_buckets[bucket] += other.m_buckets[bucket];
    m_count += other.m_count;
    m_sum += other.m_sum;
    m_min = std::min(m_min, other.m_min);
    m_max = std::max(m_max, other.m_max);
}

HistogramSnapshot HistogramSnapshot::since(const HistogramSnapshot& earlier) const
{
    if (earlier.m_count == 0)
        return *this;
    HistogramSnapshot interval;
    if (m_count <= earlier.m_count)
        return interval;
    interval.m_buckets = m_buckets;
    std::size_t first = m_buckets.size(), last = 0;
    for (std::size_t bucket = 0; bucket < m_buckets.size(); ++bucket) {
        interval.m_buckets[bucket] -= std::min(earlier.m_buckets[bucket], m_buckets[bucket]);
        if (interval.m_buckets[bucket] > 0) {
            first = std::min(first, bucket);
            last = bucket;
        }
        interval.m_count += interval.m_buckets[bucket];
    }
    interval.m_sum = m_sum - earlier.m_sum;
    interval.m_min = std::clamp(Duration(lowerBound(first)), m_min, m_max);
    interval.m_max = std::clamp(Duration(lowerBound(last + 1)), m_min, m_max);
    return interval;
}

LatencySummary HistogramSnapshot::summary() const
{
    LatencySummary summary;
    summary.count = m_count;
    summary.meanMs = milliseconds(mean());
    summary.p50Ms = milliseconds(percentile(50));
    summary.p95Ms = milliseconds(percentile(95));
    summary.p99Ms = milliseconds(percentile(99));
    summary.p999Ms = milliseconds(percentile(99.9));
    summary.maxMs = milliseconds(m_max);
    return summary;
}

void LatencyHistogram::record(Duration duration)
{
    const std::int64_t value = std::max<std::int64_t>(duration.count(), 0);
    m_buckets[bucketOf(value)].fetch_add(1, std::memory_order_relaxed);
    m_sum.fetch_add(value, std::memory_order_relaxed);
    std::int64_t known = m_min.load(std::memory_order_relaxed);
    while (value < known && !m_min.compare_exchange_weak(known, value, std::memory_order_relaxed)) { }
    known = m_max.load(std::memory_order_relaxed);
    while (value > known && !m_max.compare_exchange_weak(known, value, std::memory_order_relaxed)) { }
}

HistogramSnapshot LatencyHistogram::snapshot() const
{
    HistogramSnapshot snapshot;
    std::vector<std::uint64_t> buckets(m_buckets.size());
    for (std::size_t bucket = 0; bucket < buckets.size(); ++bucket) {
        buckets[bucket] = m_buckets[bucket].load(std::memory_order_relaxed);
        snapshot.m_count += buckets[bucket];
    }
    if (snapshot.m_count == 0)
        return snapshot;
    snapshot.m_buckets = std::move(buckets);
    snapshot.m_sum = Duration(m_sum.load(std::memory_order_relaxed));
    snapshot.m_max = Duration(m_max.load(std::memory_order_relaxed));
    // A writer may have counted its duration and not yet noted it as the shortest.
    snapshot.m_min = std::min(Duration(m_min.load(std::memory_order_relaxed)), snapshot.m_max);
    return snapshot;
}

} // namespace lipsync::metrics
