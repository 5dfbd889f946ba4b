// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/metrics/some_frame.h"
#include "metrics/rate_window.h"
#include "metrics/stage_metrics.h"

#include <QtTest>

#include <thread>
#include <vector>

using namespace lipsync;
using namespace lipsync::metrics;
using namespace std::chrono_literals;

class StageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFramesTimeIsInItsStages();
    void classesAreApartAndTogether();
    void dropsAreCountedByReason();
    void aFrameThatWasNeverPastedHasNoPasteTime();
    void batchesAndQueuesAreShown();
    void anIntervalHoldsOnlyWhatIsNew();
    void theRateIsThatOfTheLastTwoSeconds();
    void theRateIsRightFromTheFirstTenth();
    void theRateForgetsAndIgnoresTheOld();
    void framesOfFourThreadsAreAllCounted();
};

void StageTest::aFramesTimeIsInItsStages()
{
    VirtualClock clock;
    StageMetrics metrics(clock);
    metrics.record(someFrame(1, 0));
    StatsSnapshot snapshot;
    metrics.fillSnapshot(snapshot);
    QCOMPARE(snapshot.framesDone, std::uint64_t{1});
    const std::vector<double> expected{4, 1, 8, 1, 2, 1}; // as someFrame says
    for (std::size_t stage = 0; stage < kStages; ++stage) {
        QCOMPARE(snapshot.stages[stage].count, std::uint64_t{1});
        QCOMPARE(snapshot.stages[stage].meanMs, expected[stage]);
        QCOMPARE(snapshot.stages[stage].p999Ms, expected[stage]);
    }
    QCOMPARE(snapshot.stage(Stage::Infer).maxMs, 8.0);
    QCOMPARE(snapshot.endToEnd.meanMs, 17.0);
}

void StageTest::classesAreApartAndTogether()
{
    VirtualClock clock;
    StageMetrics metrics(clock);
    metrics.record(someFrame(1, 0));
    FrameTrace bulk = someFrame(2, 0);
    bulk.frameClass = FrameClass::Bulk;
    bulk.delivered = at(83);
    bulk.deadline.reset();
    metrics.record(bulk);
    StatsSnapshot snapshot;
    metrics.fillSnapshot(snapshot);
    QCOMPARE(snapshot.of(FrameClass::Preview).endToEnd.meanMs, 17.0);
    QCOMPARE(snapshot.of(FrameClass::Bulk).endToEnd.meanMs, 83.0);
    QCOMPARE(snapshot.of(FrameClass::Bulk).framesDone, std::uint64_t{1});
    QCOMPARE(snapshot.of(FrameClass::Live).endToEnd.count, std::uint64_t{0});
    QCOMPARE(snapshot.endToEnd.count, std::uint64_t{2});
    QCOMPARE(snapshot.endToEnd.meanMs, 50.0);
}

void StageTest::dropsAreCountedByReason()
{
    VirtualClock clock;
    StageMetrics metrics(clock);
    FrameTrace trace = someFrame(1, 0);
    for (const FrameOutcome outcome : {FrameOutcome::Failed, FrameOutcome::Expired, FrameOutcome::Cancelled}) {
        trace.outcome = outcome;
        metrics.record(trace);
    }
    trace.outcome = FrameOutcome::Done;
    metrics.record(trace);
    trace.delivered = *trace.deadline + 1ns;
    metrics.record(trace);
    metrics.countDrop(DropReason::Refused, 7);
    StatsSnapshot snapshot;
    metrics.fillSnapshot(snapshot);
    QCOMPARE(snapshot.dropped(DropReason::Failed), std::uint64_t{1});
    QCOMPARE(snapshot.dropped(DropReason::Expired), std::uint64_t{1});
    QCOMPARE(snapshot.dropped(DropReason::Cancelled), std::uint64_t{1});
    QCOMPARE(snapshot.dropped(DropReason::Late), std::uint64_t{1});
    QCOMPARE(snapshot.dropped(DropReason::Refused), std::uint64_t{7});
    QCOMPARE(snapshot.framesDone, std::uint64_t{2});
}

void StageTest::aFrameThatWasNeverPastedHasNoPasteTime()
{
    VirtualClock clock;
    StageMetrics metrics(clock);
    FrameTrace trace = someFrame(1, 0);
    trace.pasted = trace.delivered = {};
    metrics.record(trace);
    StatsSnapshot snapshot;
    metrics.fillSnapshot(snapshot);
    QCOMPARE(snapshot.stage(Stage::Paste).count, std::uint64_t{0});
    QCOMPARE(snapshot.stage(Stage::Deliver).count, std::uint64_t{0});
    QCOMPARE(snapshot.endToEnd.meanMs, 14.0);
}

void StageTest::batchesAndQueuesAreShown()
{
    VirtualClock clock;
    StageMetrics metrics(clock);
    for (const int size : {1, 4, 4, 3})
        metrics.recordBatch(size);
    for (const int depth : {1, 2, 3, 2})
        metrics.recordQueueDepth(FrameClass::Live, depth);
    StatsSnapshot snapshot;
    metrics.fillSnapshot(snapshot);
    QVERIFY((snapshot.batchSizes == std::vector<std::uint64_t>{0, 1, 0, 1, 2}));
    QCOMPARE(snapshot.meanBatch, 3.0);
    const QueueDepth& live = snapshot.of(FrameClass::Live).queue;
    QCOMPARE(live.now, std::int64_t{2});
    QCOMPARE(live.mean, 2.0);
    QCOMPARE(live.max, std::int64_t{3});
    QCOMPARE(live.p99, std::int64_t{3});
    QCOMPARE(snapshot.of(FrameClass::Bulk).queue.max, std::int64_t{0});
}

void StageTest::anIntervalHoldsOnlyWhatIsNew()
{
    VirtualClock clock;
    StageMetrics metrics(clock);
    FrameTrace slow = someFrame(1, 0);
    slow.delivered = at(500);
    metrics.record(slow);
    metrics.recordBatch(64);
    metrics.recordQueueDepth(FrameClass::Preview, 9);
    const StageTotals earlier = metrics.totals();
    metrics.record(someFrame(2, 1000));
    metrics.recordBatch(2);
    StatsSnapshot snapshot;
    metrics.fillSnapshot(snapshot, earlier);
    QCOMPARE(snapshot.framesDone, std::uint64_t{1});
    QCOMPARE(snapshot.endToEnd.meanMs, 17.0);
    QVERIFY(snapshot.endToEnd.maxMs < 18);
    QCOMPARE(snapshot.meanBatch, 2.0);
    QCOMPARE(snapshot.batchSizes.size(), std::size_t{3});
    QCOMPARE(snapshot.dropped(DropReason::Late), std::uint64_t{0});
    QCOMPARE(snapshot.of(FrameClass::Preview).queue.now, std::int64_t{9});
    QCOMPARE(snapshot.of(FrameClass::Preview).queue.max, std::int64_t{0});
    metrics.fillSnapshot(snapshot);
    QCOMPARE(snapshot.framesDone, std::uint64_t{2});
    QCOMPARE(snapshot.dropped(DropReason::Late), std::uint64_t{1});
}

void StageTest::theRateIsThatOfTheLastTwoSeconds()
{
    VirtualClock clock;
    clock.advanceTo(at(0));
    StageMetrics metrics(clock);
    // 100 a second for three seconds, then 25 a second for two.
    for (int i = 0; i < 300; ++i)
        metrics.record(someFrame(i, i * 10));
    for (int i = 0; i < 50; ++i)
        metrics.record(someFrame(300 + i, 3000 + i * 40));
    StatsSnapshot snapshot;
    clock.advanceTo(at(5000));
    metrics.fillSnapshot(snapshot);
    QVERIFY(snapshot.time == clock.now());
    QVERIFY2(std::abs(snapshot.framesPerSecond - 25) <= 1, qPrintable(QString::number(snapshot.framesPerSecond)));
}

void StageTest::theRateIsRightFromTheFirstTenth()
{
    RateWindow window(at(0));
    QCOMPARE(window.perSecond(at(0)), 0.0);
    for (int i = 0; i < 50; ++i)
        window.add(at(i * 10));
    QCOMPARE(window.perSecond(at(500)), 100.0);
    QCOMPARE(window.perSecond(at(1000)), 50.0);
}

void StageTest::theRateForgetsAndIgnoresTheOld()
{
    RateWindow window(at(0));
    for (int i = 0; i < 100; ++i)
        window.add(at(50));
    QCOMPARE(window.perSecond(at(2000)), 50.0);
    QCOMPARE(window.perSecond(at(2100)), 0.0);
    window.add(at(50 + 3200)); // takes the place of the first tenth
    window.add(at(50));
    QCOMPARE(window.perSecond(at(3300)), 0.5);
    QCOMPARE(window.perSecond(at(100000)), 0.0);
}

void StageTest::framesOfFourThreadsAreAllCounted()
{
    constexpr int kThreads = 4, kEach = 5000;
    VirtualClock clock;
    clock.advanceTo(at(0));
    StageMetrics metrics(clock);
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < kThreads; ++thread) {
            threads.emplace_back([&metrics] {
                for (int i = 0; i < kEach; ++i) {
                    metrics.record(someFrame(i, i % 1000));
                    metrics.recordBatch(4);
                    metrics.countDrop(DropReason::Refused);
                }
            });
        }
        for (int i = 0; i < 20; ++i) {
            StatsSnapshot snapshot;
            metrics.fillSnapshot(snapshot);
            QVERIFY(snapshot.framesDone <= std::uint64_t{kThreads * kEach});
        }
    }
    clock.advanceTo(at(1100));
    StatsSnapshot snapshot;
    metrics.fillSnapshot(snapshot);
    QCOMPARE(snapshot.framesDone, std::uint64_t{kThreads * kEach});
    QCOMPARE(snapshot.dropped(DropReason::Refused), std::uint64_t{kThreads * kEach});
    QCOMPARE(snapshot.batchSizes[4], std::uint64_t{kThreads * kEach});
    QCOMPARE(snapshot.framesPerSecond, kThreads * kEach / 1.1);
}

QTEST_GUILESS_MAIN(StageTest)
#include "stage_test.moc"
