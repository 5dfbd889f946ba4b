// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "metrics/count_histogram.h"
#include "metrics/frame_trace.h"
#include "metrics/latency_histogram.h"
#include "metrics/rate_window.h"
#include "metrics/stats_snapshot.h"

#include <array>
#include <atomic>
#include <cstdint>

namespace lipsync::metrics {

/// Everything StageMetrics has counted since it was made, as distributions. A value, for reports and intervals.
struct StageTotals {
    std::array<HistogramSnapshot, kStages> stages; ///< by Stage; one recording a frame
    std::array<HistogramSnapshot, kFrameClasses> endToEnd; ///< by FrameClass
    std::array<CountSnapshot, kFrameClasses> queueDepths; ///< by FrameClass
    CountSnapshot batchSizes;
    std::array<std::uint64_t, kDropReasons> drops{}; ///< by DropReason

    HistogramSnapshot endToEndOfAll() const;
    /// What came after `earlier`, older totals of the same metrics.
    StageTotals since(const StageTotals& earlier) const;
    /// Sets the distributions and counters of the snapshot; leaves times, rates, current depths and states alone.
    void fill(StatsSnapshot& snapshot) const;
};

/// Counts what happens to frames and batches. Any thread may call anything, without locks; about 100 ns a frame.
class StageMetrics {
public:
    /// The clock says what "the last two seconds" are; it must outlive the metrics.
    explicit StageMetrics(const Clock& clock);

    /// Once a frame that was accepted, when it has ended: its stages and end-to-end time when it is done, and the drop
    /// when it failed, expired, was cancelled or is late.
    void record(const FrameTrace& trace);
    /// What record() does not see: refused frames, and finished ones that nobody took.
    void countDrop(DropReason reason, std::uint64_t frames = 1);
    /// Once a batch that is given to a worker.
    void recordBatch(int frames);
    /// The number of waiting jobs of a class, whenever it has changed.
    void recordQueueDepth(FrameClass frameClass, std::int64_t jobs);

    StageTotals totals() const;
    /// Fills in everything but workers, devices and process; distributions are since the beginning.
    void fillSnapshot(StatsSnapshot& snapshot) const;
    /// The same with distributions and counters of the time after `earlier` only.
    void fillSnapshot(StatsSnapshot& snapshot, const StageTotals& earlier) const;

private:
    void fillPresent(StatsSnapshot& snapshot) const;

    static constexpr int kLargestBatch = 64;
    static constexpr int kDeepestQueue = 4096;

    const Clock& m_clock;
    std::array<LatencyHistogram, kStages> m_stages;
    std::array<LatencyHistogram, kFrameClasses> m_endToEnd;
    std::array<CountHistogram, kFrameClasses> m_queueDepths{
        CountHistogram(kDeepestQueue), CountHistogram(kDeepestQueue), CountHistogram(kDeepestQueue)};
    std::array<std::atomic<std::int64_t>, kFrameClasses> m_queued{};
    CountHistogram m_batchSizes{kLargestBatch};
    std::array<std::atomic<std::uint64_t>, kDropReasons> m_drops{};
    RateWindow m_rate;
};

} // namespace lipsync::metrics
