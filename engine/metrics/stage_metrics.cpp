// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/stage_metrics.h"

#include <algorithm>

namespace lipsync::metrics {

namespace {

template <typename Enum> std::size_t indexOf(Enum value)
{
    return static_cast<std::size_t>(value);
}

} // namespace

HistogramSnapshot StageTotals::endToEndOfAll() const
{
    HistogramSnapshot all;
    for (const HistogramSnapshot& ofClass : endToEnd)
        all.merge(ofClass);
    return all;
}

StageTotals StageTotals::since(const StageTotals& earlier) const
{
    StageTotals interval;
    for (std::size_t i = 0; i < kStages; ++i)
        interval.stages[i] = stages[i].since(earlier.stages[i]);
    for (std::size_t i = 0; i < kFrameClasses; ++i) {
        interval.endToEnd[i] = endToEnd[i].since(earlier.endToEnd[i]);
        interval.queueDepths[i] = queueDepths[i].since(earlier.queueDepths[i]);
    }
    interval.batchSizes = batchSizes.since(earlier.batchSizes);
    for (std::size_t i = 0; i < kDropReasons; ++i)
        interval.drops[i] = drops[i] - earlier.drops[i];
    return interval;
}

void StageTotals::fill(StatsSnapshot& snapshot) const
{
    for (std::size_t i = 0; i < kStages; ++i)
        snapshot.stages[i] = stages[i].summary();
    for (std::size_t i = 0; i < kFrameClasses; ++i) {
        ClassStats& stats = snapshot.classes[i];
        stats.endToEnd = endToEnd[i].summary();
        stats.framesDone = stats.endToEnd.count;
        stats.queue.mean = queueDepths[i].mean();
        stats.queue.p99 = queueDepths[i].percentile(99);
        stats.queue.max = queueDepths[i].max();
    }
    snapshot.endToEnd = endToEndOfAll().summary();
    snapshot.framesDone = snapshot.endToEnd.count;
    const auto& counts = batchSizes.counts;
    const auto used = std::min(static_cast<std::size_t>(batchSizes.max()) + 1, counts.size());
    snapshot.batchSizes.assign(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(used));
    snapshot.meanBatch = batchSizes.mean();
    snapshot.drops = drops;
}

StageMetrics::StageMetrics(const Clock& clock)
    : m_clock(clock)
    , m_rate(clock.now())
{
}

void StageMetrics::record(const FrameTrace& trace)
{
    switch (trace.outcome) {
    case FrameOutcome::Failed:
        return countDrop(DropReason::Failed);
    case FrameOutcome::Expired:
        return countDrop(DropReason::Expired);
    case FrameOutcome::Cancelled:
        return countDrop(DropReason::Cancelled);
    case FrameOutcome::Done:
        break;
    }
    const auto note = [&](Stage stage, Duration duration) { m_stages[indexOf(stage)].record(duration); };
    note(Stage::Queue, trace.queueTime());
    note(Stage::Input, trace.input);
    note(Stage::Infer, trace.infer);
    note(Stage::Output, trace.output);
    if (trace.pasted != TimePoint{})
        note(Stage::Paste, trace.pasteTime());
    if (trace.delivered != TimePoint{})
        note(Stage::Deliver, trace.deliverTime());
    m_endToEnd[indexOf(trace.frameClass)].record(trace.end() - trace.submitted);
    m_rate.add(trace.end());
    if (trace.isLate())
        countDrop(DropReason::Late);
}

void StageMetrics::countDrop(DropReason reason, std::uint64_t frames)
{
    m_drops[indexOf(reason)].fetch_add(frames, std::memory_order_relaxed);
}

void StageMetrics::recordBatch(int frames)
{
    m_batchSizes.record(frames);
}

void StageMetrics::recordQueueDepth(FrameClass frameClass, std::int64_t jobs)
{
    m_queued[indexOf(frameClass)].store(jobs, std::memory_order_relaxed);
    m_queueDepths[indexOf(frameClass)].record(jobs);
}

StageTotals StageMetrics::totals() const
{
    StageTotals totals;
    for (std::size_t i = 0; i < kStages; ++i)
        totals.stages[i] = m_stages[i].snapshot();
    for (std::size_t i = 0; i < kFrameClasses; ++i) {
        totals.endToEnd[i] = m_endToEnd[i].snapshot();
        totals.queueDepths[i] = m_queueDepths[i].snapshot();
    }
    totals.batchSizes = m_batchSizes.snapshot();
    for (std::size_t i = 0; i < kDropReasons; ++i)
        totals.drops[i] = m_drops[i].load(std::memory_order_relaxed);
    return totals;
}

void StageMetrics::fillSnapshot(StatsSnapshot& snapshot) const
{
    totals().fill(snapshot);
    fillPresent(snapshot);
}

void StageMetrics::fillSnapshot(StatsSnapshot& snapshot, const StageTotals& earlier) const
{
    totals().since(earlier).fill(snapshot);
    fillPresent(snapshot);
}

void StageMetrics::fillPresent(StatsSnapshot& snapshot) const
{
    snapshot.time = m_clock.now();
    snapshot.framesPerSecond = m_rate.perSecond(snapshot.time);
    for (std::size_t i = 0; i < kFrameClasses; ++i)
        snapshot.classes[i].queue.now = m_queued[i].load(std::memory_order_relaxed);
}

} // namespace lipsync::metrics
