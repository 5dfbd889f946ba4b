// SPDX-License-Identifier: GPL-3.0-or-later
// What always-on histograms and traces cost a frame: from one thread, and from several that write to the same ones.
#include "metrics/stage_metrics.h"
#include "metrics/trace_ring.h"

#include <benchmark/benchmark.h>

namespace {

using namespace lipsync;
using namespace lipsync::metrics;

/// A frame with all its times, a little different each time.
FrameTrace someFrame(std::int64_t sequence)
{
    FrameTrace trace;
    trace.sequence = sequence;
    trace.batch = static_cast<std::uint64_t>(sequence) / 4 + 1;
    trace.batchSize = 4;
    trace.attempts = 1;
    trace.submitted = TimePoint{} + sequence * std::chrono::microseconds(50);
    trace.started = trace.submitted + std::chrono::microseconds(900 + sequence % 512);
    trace.input = std::chrono::microseconds(200);
    trace.infer = std::chrono::microseconds(7000 + sequence % 1024);
    trace.output = std::chrono::microseconds(100);
    trace.finished = trace.started + trace.input + trace.infer + trace.output;
    trace.pasted = trace.finished + std::chrono::microseconds(700);
    trace.delivered = trace.pasted + std::chrono::microseconds(30);
    return trace;
}

void histogramRecord(benchmark::State& state)
{
    static LatencyHistogram histogram;
    std::int64_t nanoseconds = 1000;
    for ([[maybe_unused]] auto _ : state) {
        histogram.record(Duration(nanoseconds));
        nanoseconds = nanoseconds * 5 % 100000007;
    }
}
BENCHMARK(histogramRecord)->Threads(1)->Threads(2)->UseRealTime();

/// Everything StageMetrics counts of a frame.
void frameRecord(benchmark::State& state)
{
    static SteadyClock clock;
    static StageMetrics metrics(clock);
    std::int64_t sequence = 0;
    for ([[maybe_unused]] auto _ : state)
        metrics.record(someFrame(++sequence));
}
BENCHMARK(frameRecord)->Threads(1)->Threads(2)->UseRealTime();

void tracePush(benchmark::State& state)
{
    static TraceRing ring;
    std::int64_t sequence = 0;
    for ([[maybe_unused]] auto _ : state)
        ring.push(someFrame(++sequence));
}
BENCHMARK(tracePush)->Threads(1)->Threads(2)->UseRealTime();

/// What a poll of all distributions costs its reader.
void snapshotFill(benchmark::State& state)
{
    const SteadyClock clock;
    StageMetrics metrics(clock);
    for (std::int64_t sequence = 0; sequence < 10000; ++sequence)
        metrics.record(someFrame(sequence));
    for ([[maybe_unused]] auto _ : state) {
        StatsSnapshot snapshot;
        metrics.fillSnapshot(snapshot);
        benchmark::DoNotOptimize(snapshot);
    }
}
BENCHMARK(snapshotFill)->Unit(benchmark::kMicrosecond);

} // namespace
