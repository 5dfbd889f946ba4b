// SPDX-License-Identifier: GPL-3.0-or-later
// What the scheduler itself costs a job, with workers that take no time: alone, and through the pool with its threads
// at 20,000 jobs/s. Bars: 5 µs at the median and 50 µs at the 99th percentile; metrics at most 1 % of it all.
#include "metrics/nearest_rank.h"
#include "metrics/stage_metrics.h"
#include "metrics/trace_ring.h"
#include "scheduling/worker_pool.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <thread>
#include <vector>

namespace {

using namespace lipsync;
using namespace lipsync::scheduling;

constexpr ModelId kModel = 1;
constexpr int kStreams = 8;

BatchOutcome outcomeOf(std::size_t frames)
{
    static const auto output = std::make_shared<const JobOutput>();
    BatchOutcome outcome;
    outcome.outputs.assign(frames, output);
    return outcome;
}

struct Percentiles {
    explicit Percentiles(std::vector<double> microseconds)
    {
        std::sort(microseconds.begin(), microseconds.end());
        const auto at = [&](double percent) {
            return microseconds[metrics::nearestRank(percent, microseconds.size()) - 1];
        };
        p50 = at(50);
        p99 = at(99);
    }
    double p50, p99;
};

double microseconds(Duration duration)
{
    constexpr double kMicro = 1000;
    return milliseconds(duration) * kMicro;
}

/// A bare scheduler whose workers are ready; batches end when the benchmark says so.
class Bare {
public:
    explicit Bare(int workers)
        : scheduler(clock, options())
    {
        scheduler.addModel(kModel);
        for (int i = 0; i < workers; ++i)
            scheduler.addWorker({"cpu", "cpu"});
        finish(); // starts and preparations
        for (int i = 0; i < kStreams; ++i)
            streams.push_back(scheduler.openStream({JobClass::Live, false, {}}));
    }
    void submit(std::int64_t number)
    {
        FrameJob job;
        job.stream = streams[static_cast<std::size_t>(number % kStreams)];
        job.sequence = number;
        job.model = kModel;
        benchmark::DoNotOptimize(scheduler.submit(std::move(job)));
    }
    /// Until nothing is left to do.
    void finish()
    {
        for (auto actions = scheduler.takeActions(); !actions.empty(); actions = scheduler.takeActions()) {
            for (const auto& action : actions) {
                if (const auto* start = std::get_if<StartWorker>(&action))
                    scheduler.workerStarted(start->worker, start->incarnation, {});
                else if (const auto* prepare = std::get_if<PrepareModel>(&action))
                    scheduler.modelPrepared(prepare->worker, prepare->incarnation, prepare->model, {});
                else if (const auto* run = std::get_if<RunBatch>(&action))
                    scheduler.batchFinished(run->worker, run->batch.number, outcomeOf(run->batch.contents.size()));
            }
        }
    }
    static SchedulerOptions options()
    {
        SchedulerOptions options;
        options.batchSizes = batchSizesUpTo(16);
        return options;
    }

    SteadyClock clock;
    Scheduler scheduler;
    std::vector<StreamId> streams;
};

/// Submit, dispatch, finish and deliver; as many jobs at once as the argument says.
void bareScheduler(benchmark::State& state)
{
    Bare bare(2);
    std::vector<double> costs;
    std::int64_t number = 0;
    const auto jobs = state.range(0);
    for ([[maybe_unused]] auto _ : state) {
        const auto begin = bare.clock.now();
        for (std::int64_t i = 0; i < jobs; ++i)
            bare.submit(number++);
        bare.finish();
        costs.push_back(microseconds(bare.clock.now() - begin) / static_cast<double>(jobs));
    }
    const Percentiles percentiles(std::move(costs));
    state.counters["p50_us_per_job"] = percentiles.p50;
    state.counters["p99_us_per_job"] = percentiles.p99;
    state.SetItemsProcessed(number);
}
BENCHMARK(bareScheduler)->Arg(1)->Arg(16)->Arg(256)->Unit(benchmark::kMicrosecond);

class InstantWorker final : public Worker {
public:
    Status start() override { return {}; }
    Status prepare(ModelId, const std::vector<int>&) override { return {}; }
    void release(ModelId) override { }
    BatchOutcome run(const Batch& batch) override { return outcomeOf(batch.contents.size()); }
    Status checkHealth() override { return {}; }
    void abandon() noexcept override { }
};

double processMicroseconds()
{
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    constexpr double kMicro = 1e6, kNanoToMicro = 1e-3;
    return static_cast<double>(time.tv_sec) * kMicro + static_cast<double>(time.tv_nsec) * kNanoToMicro;
}

/// 20,000 jobs/s through the pool: what submit() takes its caller, and the time from then to delivery, which is all
/// the scheduler's, as workers take none. The argument says whether metrics and traces are kept.
void pool(benchmark::State& state)
{
    const bool isMeasured = state.range(0) != 0;
    constexpr Duration kPeriod = std::chrono::microseconds(50); // 20,000 a second
    constexpr int kJobs = 40'000;
    const SteadyClock clock;
    metrics::StageMetrics stages(clock);
    metrics::TraceRing ring;
    double cpu = 0;
    std::vector<double> submits, waits;
    for ([[maybe_unused]] auto _ : state) {
        std::atomic<int> delivered = 0;
        std::vector<double> took(kJobs);
        PoolEvents events;
        if (isMeasured) {
            events.ended = [&](const JobResult& result) {
                metrics::FrameTrace trace;
                trace.sequence = result.sequence;
                trace.batch = result.batch;
                trace.batchSize = result.batchSize;
                trace.submitted = result.submitted;
                trace.started = result.started;
                trace.finished = result.finished;
                stages.record(trace);
                ring.push(trace);
            };
        }
        WorkerPool pool(Bare::options(), std::move(events));
        pool.addModel(kModel);
        pool.addWorker({{"cpu", "cpu"}, [] { return std::make_unique<InstantWorker>(); }});
        if (!pool.waitForModel(kModel, {}))
            return state.SkipWithError("The workers are not ready");
        const auto stream = pool.openStream({JobClass::Live, false, {}}, [&](const JobResult& result) {
            took[static_cast<std::size_t>(result.sequence)] = microseconds(clock.now() - result.submitted);
            if (++delivered == kJobs)
                delivered.notify_all();
        });
        const double before = processMicroseconds();
        auto due = clock.now();
        for (int i = 0; i < kJobs; ++i, due += kPeriod) {
            std::this_thread::sleep_until(due); // a spinning thread would take a core from the others
            const auto now = clock.now();
            FrameJob job;
            job.sequence = i;
            job.model = kModel;
            while (!stream->submit(job)) { }
            submits.push_back(microseconds(clock.now() - now));
        }
        for (int count = delivered; count < kJobs; count = delivered)
            delivered.wait(count);
        cpu += (processMicroseconds() - before) / kJobs;
        waits.insert(waits.end(), took.begin(), took.end());
    }
    const Percentiles submit(std::move(submits)), wait(std::move(waits));
    state.counters["submit_p50_us"] = submit.p50;
    state.counters["submit_p99_us"] = submit.p99;
    state.counters["delivery_p50_us"] = wait.p50;
    state.counters["delivery_p99_us"] = wait.p99;
    state.counters["cpu_us_per_job"] = cpu / static_cast<double>(state.iterations());
}
BENCHMARK(pool)->Arg(0)->Arg(1)->ArgName("metrics")->Iterations(3)->UseRealTime()->Unit(benchmark::kMillisecond);

} // namespace
