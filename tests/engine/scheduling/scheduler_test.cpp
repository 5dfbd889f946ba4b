// SPDX-License-Identifier: GPL-3.0-or-later
// The scheduler step by step, with a clock that the test moves.
#include "scheduling/scheduler.h"

#include <QtTest>

#include <algorithm>

using namespace lipsync;
using namespace lipsync::scheduling;
using namespace std::chrono_literals;

namespace {

constexpr ModelId kModel = 1;

SchedulerOptions optionsWith(std::vector<int> sizes, bool refusesLate = true)
{
    SchedulerOptions options;
    options.batchSizes = std::move(sizes);
    options.refusesLate = refusesLate;
    return options;
}

/// A scheduler, what it wants and what it has delivered.
struct Bench {
    explicit Bench(SchedulerOptions options = {}, int workers = 1)
        : scheduler(clock, std::move(options))
    {
        scheduler.addModel(kModel);
        for (int i = 0; i < workers; ++i)
            scheduler.addWorker({"cpu", "cpu"});
        work();
    }
    /// Takes the scheduler's actions; starts and preparations succeed at once.
    void work()
    {
        for (auto actions = scheduler.takeActions(); !actions.empty(); actions = scheduler.takeActions()) {
            for (auto& action : actions) {
                if (const auto* start = std::get_if<StartWorker>(&action)) {
                    starts.push_back(clock.now());
                    scheduler.workerStarted(start->worker, start->incarnation, startStatus);
                } else if (const auto* prepare = std::get_if<PrepareModel>(&action)) {
                    preparations.push_back(*prepare);
                    scheduler.modelPrepared(prepare->worker, prepare->incarnation, prepare->model, {});
                } else if (auto* run = std::get_if<RunBatch>(&action)) {
                    running.push_back(std::move(*run));
                } else if (auto* deliver = std::get_if<Deliver>(&action)) {
                    results.push_back(std::move(deliver->result));
                }
            }
        }
    }
    void move(Duration by)
    {
        clock.advanceTo(clock.now() + by);
        if (const auto wakeup = scheduler.nextWakeup(); wakeup && *wakeup <= clock.now())
            scheduler.advance();
        work();
    }
    tl::expected<JobId, Refusal> submit(StreamId stream, std::optional<Duration> deadline = {}, std::size_t bytes = 0)
    {
        FrameJob job;
        job.stream = stream;
        job.sequence = ++sequence;
        job.model = kModel;
        job.bytes = bytes;
        if (deadline)
            job.deadline = clock.now() + *deadline;
        auto id = scheduler.submit(std::move(job));
        work();
        return id;
    }
    /// Ends the oldest running batch.
    void finish(BatchFailure failure = BatchFailure::None)
    {
        const auto run = std::move(running.front());
        running.erase(running.begin());
        BatchOutcome outcome;
        outcome.failure = failure;
        if (failure == BatchFailure::None)
            outcome.outputs.resize(run.batch.contents.size(), std::make_shared<JobOutput>());
        else
            outcome.error = {ErrorCode::Resource, "It was told to fail", {}};
        scheduler.batchFinished(run.worker, run.batch.number, std::move(outcome));
        work();
    }
    StreamId open(JobClass jobClass = JobClass::Bulk, bool latestWins = false)
    {
        return scheduler.openStream({jobClass, latestWins, {}});
    }
    /// Teaches it that a batch of one takes 10 ms.
    void measure(StreamId stream)
    {
        QVERIFY(submit(stream));
        move(10ms);
        finish();
        results.clear();
    }
    std::size_t sizeOf(std::size_t batch) const { return running.at(batch).batch.contents.size(); }

    VirtualClock clock;
    Scheduler scheduler;
    Status startStatus;
    std::vector<TimePoint> starts;
    std::vector<PrepareModel> preparations;
    std::vector<RunBatch> running;
    std::vector<JobResult> results;
    std::int64_t sequence = 0;
};

} // namespace

class SchedulerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyReasonForARefusalIsGiven()
    {
        using Reason = Refusal::Reason;
        auto options = optionsWith({1});
        options.classes[2].mostJobs = 2;
        options.classes[1].mostBytes = 100;
        options.classes[1].longestWait = 25ms;
        Bench bench(options);
        const auto bulk = bench.open(), live = bench.open(JobClass::Live);
        bench.measure(bulk);
        const auto reasonOf = [&](StreamId stream, std::optional<Duration> deadline = {}, std::size_t bytes = 0) {
            const auto refused = bench.submit(stream, deadline, bytes);
            return refused ? std::string("accepted") : std::string(toString(refused.error().reason));
        };
        QCOMPARE(reasonOf(99), std::string(toString(Reason::UnknownStream)));
        QCOMPARE(reasonOf(bulk, 5ms), std::string(toString(Reason::DeadlineUnreachable)));
        QCOMPARE(reasonOf(live, {}, 101), std::string(toString(Reason::QueueFull)));
        QCOMPARE(reasonOf(live), std::string("accepted")); // runs
        QCOMPARE(reasonOf(live), std::string("accepted"));
        QCOMPARE(reasonOf(live), std::string(toString(Reason::WaitTooLong)));
        QCOMPARE(reasonOf(bulk), std::string("accepted"));
        QCOMPARE(reasonOf(bulk), std::string("accepted"));
        QCOMPARE(reasonOf(bulk), std::string(toString(Reason::QueueFull)));
        bench.scheduler.drain(0ms);
        QCOMPARE(reasonOf(live), std::string(toString(Reason::Draining)));
        bench.scheduler.stopDraining();
        bench.scheduler.removeModel(kModel);
        QCOMPARE(reasonOf(live), std::string(toString(Reason::NotReady)));
    }

    void aMachineThatWasDisturbedIsTriedAgain()
    {
        Bench bench(optionsWith({1}));
        const auto bulk = bench.open(), live = bench.open(JobClass::Live), preview = bench.open(JobClass::Preview);
        for (const auto took : {10ms, 10ms, 10ms, 10ms, 400ms, 400ms, 400ms, 400ms, 400ms}) {
            QVERIFY(bench.submit(bulk));
            bench.move(took);
            bench.finish();
        }
        QVERIFY(!bench.submit(live, 5ms)); // no batch was ever that short
        QVERIFY(bench.submit(live, 15ms)); // nothing else to do: the worker tries
        QVERIFY(!bench.submit(live, 15ms));
        QVERIFY(bench.submit(preview, 40ms));
        QVERIFY(!bench.submit(preview, 5ms));
    }

    void aLameDuckStillTakesWork()
    {
        Bench bench;
        const auto stream = bench.open();
        bench.scheduler.drain(50ms);
        QVERIFY(bench.submit(stream));
        bench.move(50ms);
        QVERIFY(!bench.submit(stream));
        QVERIFY(!bench.scheduler.isDrained());
        bench.finish();
        QVERIFY(bench.scheduler.isDrained());
    }

    void resultsLeaveInOrderWhateverWorkerMadeThem()
    {
        Bench bench(optionsWith({1}), 2);
        const auto stream = bench.open();
        QVERIFY(bench.submit(stream));
        QVERIFY(bench.submit(stream));
        std::swap(bench.running[0], bench.running[1]);
        bench.finish(); // the second frame
        QVERIFY(bench.results.empty());
        bench.finish();
        QCOMPARE(bench.results.size(), std::size_t{2});
        QVERIFY(bench.results[0].sequence < bench.results[1].sequence);
    }

    void theLatestWishWins()
    {
        Bench bench(optionsWith({1}));
        const auto stream = bench.open(JobClass::Preview, /*latestWins=*/true);
        for (int i = 0; i < 3; ++i)
            QVERIFY(bench.submit(stream));
        QCOMPARE(bench.results.size(), std::size_t{2}); // one of them ran already
        QVERIFY(bench.results[0].outcome == JobOutcome::Cancelled);
        bench.finish(); // of the first: of no interest any more, but the worker is free
        QCOMPARE(bench.running.size(), std::size_t{1});
        bench.finish();
        QCOMPARE(bench.results.back().sequence, std::int64_t{3});
        QVERIFY(bench.results.back().outcome == JobOutcome::Done);
    }

    void aDeadlineEndsAJobExactly()
    {
        Bench bench(optionsWith({1}, /*refusesLate=*/false));
        const auto stream = bench.open();
        QVERIFY(bench.submit(stream)); // the worker is busy with it
        const auto other = bench.open();
        QVERIFY(bench.submit(other, 7ms));
        QVERIFY(bench.scheduler.nextWakeup() == bench.clock.now() + 7ms);
        bench.move(7ms);
        QVERIFY(bench.results.front().outcome == JobOutcome::Expired);
    }

    void theBadFrameFailsAlone()
    {
        Bench bench(optionsWith({1, 2, 4, 8}));
        const auto stream = bench.open();
        for (int i = 0; i < 9; ++i) // the first runs alone, then eight
            QVERIFY(bench.submit(stream));
        bench.finish();
        QCOMPARE(bench.sizeOf(0), std::size_t{8});
        bench.finish(BatchFailure::Job);
        QCOMPARE(bench.sizeOf(0), std::size_t{4}); // the first half is good
        bench.finish();
        for (const auto size : {std::size_t{4}, std::size_t{2}, std::size_t{2}}) {
            QCOMPARE(bench.sizeOf(0), size);
            bench.finish(size == 2 && bench.results.size() == 5 ? BatchFailure::None : BatchFailure::Job);
        }
        while (!bench.running.empty()) // one by one: the first of them is bad
            bench.finish(bench.results.size() == 7 ? BatchFailure::Job : BatchFailure::None);
        QCOMPARE(bench.results.size(), std::size_t{9});
        const auto failed = [](const JobResult& result) { return result.outcome == JobOutcome::Failed; };
        QCOMPARE(std::count_if(bench.results.begin(), bench.results.end(), failed), 1);
    }

    void outOfMemoryHalvesAndGrowsBack()
    {
        auto options = optionsWith({1, 2, 4, 8});
        options.regrowAfter = 2;
        Bench bench(options);
        const auto stream = bench.open();
        for (int i = 0; i < 60; ++i)
            QVERIFY(bench.submit(stream));
        bench.finish();
        QCOMPARE(bench.sizeOf(0), std::size_t{8});
        bench.finish(BatchFailure::OutOfMemory);
        std::vector<std::size_t> sizes;
        for (int i = 0; i < 5; ++i) {
            sizes.push_back(bench.sizeOf(0));
            bench.finish();
        }
        QCOMPARE(sizes, (std::vector<std::size_t>{4, 4, 8, 8, 8}));
    }

    void aLostWorkersFramesAreTriedTwiceMoreAndThenGivenUpAlone()
    {
        Bench bench(optionsWith({1, 2}));
        const auto stream = bench.open();
        bench.measure(stream);
        QVERIFY(bench.submit(stream));
        for (int loss = 0; loss < 3; ++loss) {
            QCOMPARE(bench.results.size(), std::size_t{0});
            bench.move(1s); // until it was started again
            bench.finish(BatchFailure::WorkerLost);
        }
        QVERIFY(bench.results.front().outcome == JobOutcome::Failed);
        QCOMPARE(bench.results.front().attempts, 3);
        // Neither the worker nor the model is given up for it.
        bench.move(1s);
        QVERIFY(bench.submit(stream));
        bench.finish();
        QVERIFY(bench.results.back().outcome == JobOutcome::Done);
    }

    void theFirstRestartIsAtOnceAndLaterOnesWait()
    {
        Bench bench(optionsWith({1}));
        const auto stream = bench.open();
        for (int i = 0; i < 3; ++i)
            QVERIFY(bench.submit(stream));
        bench.starts.clear();
        const auto begin = bench.clock.now();
        bench.finish(BatchFailure::WorkerLost);
        bench.move(0ms);
        bench.finish(BatchFailure::WorkerLost);
        bench.move(99ms);
        QCOMPARE(bench.starts.size(), std::size_t{1});
        QVERIFY(bench.starts.front() == begin);
        bench.move(1ms);
        QCOMPARE(bench.starts.size(), std::size_t{2});
    }

    void aHangingBatchIsTriedElsewhere()
    {
        auto options = optionsWith({1});
        options.unknownHang = 1s;
        Bench bench(options, 2);
        const auto stream = bench.open();
        QVERIFY(bench.submit(stream));
        const auto hanging = bench.running.front();
        bench.running.clear();
        bench.move(1s);
        QCOMPARE(bench.running.size(), std::size_t{1});
        QVERIFY(bench.running.front().worker != hanging.worker);
        // What the hanging one still reports does not matter.
        BatchOutcome late;
        late.outputs.push_back(std::make_shared<JobOutput>());
        bench.scheduler.batchFinished(hanging.worker, hanging.batch.number, std::move(late));
        bench.work();
        QVERIFY(bench.results.empty());
        bench.finish();
        QCOMPARE(bench.results.size(), std::size_t{1});
    }

    void newSizesArePreparedWhileJobsRun()
    {
        Bench bench(optionsWith({1, 2}));
        const auto stream = bench.open();
        QVERIFY(bench.submit(stream));
        bench.preparations.clear();
        bench.scheduler.setBatching({1, 4}, {}, Balance::FinishTime);
        bench.work();
        QVERIFY(bench.preparations.empty()); // it has a batch
        bench.finish();
        QCOMPARE(bench.preparations.size(), std::size_t{1});
        QCOMPARE(bench.preparations.front().batchSizes, (std::vector<int>{1, 4}));
    }

    void newSharesDecideFromTheNextTurnOn()
    {
        Bench bench(optionsWith({1}));
        const auto preview = bench.open(JobClass::Preview), bulk = bench.open();
        // Previews among the first half of the frames when half of all are previews.
        const auto previews = [&] {
            constexpr int kFrames = 18;
            for (int i = 0; i < kFrames; ++i) {
                static_cast<void>(bench.submit(preview));
                static_cast<void>(bench.submit(bulk));
            }
            while (!bench.running.empty())
                bench.finish();
            const auto first = std::exchange(bench.results, {});
            const auto isPreview = [](const JobResult& result) { return result.jobClass == JobClass::Preview; };
            return static_cast<int>(std::count_if(first.begin(), first.begin() + kFrames, isPreview));
        };
        QCOMPARE(previews(), 16); // of 8 : 1
        bench.scheduler.setShares({1, 1, 1});
        const int fair = previews();
        QVERIFY2(std::abs(fair - 9) <= 1, qPrintable(QString::number(fair)));
        bench.scheduler.setShares({1, 1, 8});
        const int few = previews();
        QVERIFY2(std::abs(few - 2) <= 1, qPrintable(QString::number(few)));
    }

    void jobsOfARemovedModelAreNotTriedAgain()
    {
        Bench bench(optionsWith({2}));
        const auto stream = bench.open();
        QVERIFY(bench.submit(stream));
        bench.scheduler.removeModel(kModel);
        bench.finish(BatchFailure::OutOfMemory);
        QVERIFY(bench.results.front().outcome == JobOutcome::Cancelled);
    }

    void balancesDealJobs_data()
    {
        QTest::addColumn<int>("balance");
        QTest::newRow("round robin") << int(Balance::RoundRobin);
        QTest::newRow("least outstanding") << int(Balance::LeastOutstanding);
        QTest::newRow("random of two") << int(Balance::RandomOfTwo);
        QTest::newRow("finish time") << int(Balance::FinishTime);
    }
    void balancesDealJobs()
    {
        QFETCH(int, balance);
        auto options = optionsWith({1});
        options.balance = static_cast<Balance>(balance);
        Bench bench(options, 3);
        const auto stream = bench.open();
        for (int i = 0; i < 60; ++i)
            QVERIFY(bench.submit(stream));
        std::map<WorkerId, int> jobs;
        while (!bench.running.empty()) {
            ++jobs[bench.running.front().worker];
            bench.finish();
        }
        QCOMPARE(bench.results.size(), std::size_t{60});
        QCOMPARE(jobs.size(), std::size_t{3});
        for (const auto& [worker, count] : jobs)
            QVERIFY2(count >= 8, qPrintable(QString::number(count)));
    }
};

QTEST_GUILESS_MAIN(SchedulerTest)
#include "scheduler_test.moc"
