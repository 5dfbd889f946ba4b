// SPDX-License-Identifier: GPL-3.0-or-later
// What a worker takes next: measured costs, the queue's order, the size of a batch, frames that are expected.
#include "scheduling/batch_decision.h"
#include "scheduling/cost_model.h"
#include "scheduling/job_queue.h"
#include "scheduling/stream_table.h"

#include <QtTest>

#include <map>

using namespace lipsync;
using namespace lipsync::scheduling;
using namespace std::chrono_literals;

namespace {

constexpr ModelId kModel = 1;
constexpr JobQueue::Weights kWeights{8, 4, 1};

TimePoint at(Duration time)
{
    return TimePoint{} + time;
}

JobQueue::Entry entry(JobId id, Duration order, bool hasDeadline = false)
{
    return {at(order), id, hasDeadline};
}

std::map<JobClass, int> takenOf(const std::vector<JobQueue::Pick>& picks)
{
    std::map<JobClass, int> taken;
    for (const auto& pick : picks)
        ++taken[pick.jobClass];
    return taken;
}

/// s(b) = 4 + 0.8 b ms.
std::optional<Duration> cost(int size)
{
    return fromMilliseconds(4 + 0.8 * size);
}

std::vector<JobQueue::Pick> bulk(int count)
{
    std::vector<JobQueue::Pick> picks;
    for (int i = 0; i < count; ++i)
        picks.push_back({entry(static_cast<JobId>(i + 1), 1h), JobClass::Bulk, {}});
    return picks;
}

} // namespace

class DecisionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void costsAreALineThroughWhatWasMeasured()
    {
        CostModel costs;
        QVERIFY(!costs.expected(1, kModel, 4));
        costs.record(1, kModel, 2, 10ms);
        QCOMPARE(milliseconds(*costs.expected(1, kModel, 4)), 20.0); // one size alone: in proportion
        costs.record(1, kModel, 8, 22ms);
        QVERIFY(std::abs(milliseconds(*costs.expected(1, kModel, 4)) - 14) < 0.01);
        QVERIFY(!costs.expected(2, kModel, 4));
    }

    void cautiousCostsCoverTheSpread()
    {
        CostModel costs;
        for (int i = 0; i < 400; ++i)
            costs.record(1, kModel, 4, i % 20 == 0 ? 15ms : 10ms);
        const double cautious = milliseconds(*costs.cautious(1, kModel, 4));
        QVERIFY2(cautious > 13 && cautious < 17, qPrintable(QString::number(cautious)));
    }

    void classesShareByWeight()
    {
        JobQueue queue(BatchPolicy::SlackAware, kWeights);
        for (JobId id = 1; id <= 300; ++id)
            queue.add(kModel, static_cast<JobClass>(id % 3), entry(id, 1h));
        const auto picks = queue.pick(kModel, 13 * 5, at(0s));
        auto taken = takenOf(picks);
        QCOMPARE(taken[JobClass::Preview], 40);
        QCOMPARE(taken[JobClass::Live], 20);
        QCOMPARE(taken[JobClass::Bulk], 5);
        queue.take(kModel, picks);
        QCOMPARE(queue.size(), std::size_t{300 - 65});
    }

    void theEarliestDeadlineGoesFirst()
    {
        JobQueue queue(BatchPolicy::SlackAware, kWeights);
        queue.add(kModel, JobClass::Bulk, entry(1, 30ms, true));
        queue.add(kModel, JobClass::Bulk, entry(2, 10ms, true));
        queue.add(kModel, JobClass::Preview, entry(3, 1h));
        const auto picks = queue.pick(kModel, 3, at(20ms));
        QCOMPARE(picks[0].entry.id, JobId{2}); // urgent, whatever its class
        QCOMPARE(picks[1].entry.id, JobId{3});
        QCOMPARE(picks[2].entry.id, JobId{1});
    }

    void urgentJobsDoNotStarveTheOthers()
    {
        JobQueue queue(BatchPolicy::SlackAware, kWeights);
        queue.add(kModel, JobClass::Bulk, entry(1, 1h));
        JobId next = 2;
        int batches = 0;
        for (bool isServed = false; !isServed; ++batches) {
            queue.add(kModel, JobClass::Preview, entry(next++, 1ms, true));
            const auto picks = queue.pick(kModel, 1, at(20ms));
            isServed = picks.front().entry.id == 1;
            queue.take(kModel, picks);
            QVERIFY(batches < 20);
        }
        QVERIFY(batches > 1);
    }

    void fifoKnowsNoClasses()
    {
        JobQueue queue(BatchPolicy::Fifo, kWeights);
        queue.add(kModel, JobClass::Bulk, entry(1, 1ms));
        queue.add(kModel, JobClass::Preview, entry(2, 2ms));
        queue.add(kModel, JobClass::Live, entry(3, 3ms));
        const auto picks = queue.pick(kModel, 3, at(0s));
        for (std::size_t i = 0; i < 3; ++i)
            QCOMPARE(picks[i].entry.id, JobId{i + 1});
    }

    void strictSeparateNeverMixesClasses()
    {
        JobQueue queue(BatchPolicy::StrictSeparate, kWeights);
        queue.add(kModel, JobClass::Bulk, entry(1, 1ms));
        queue.add(kModel, JobClass::Preview, entry(2, 2ms));
        QCOMPARE(queue.pick(kModel, 4, at(0s)).size(), std::size_t{1});
    }

    void paddingOrSplittingIsDecidedByCost_data()
    {
        QTest::addColumn<int>("waiting");
        QTest::addColumn<int>("jobs");
        QTest::addColumn<int>("size");
        // 4 cost 7.2 ms and 8 cost 10.4 ms: 5 padded make 481 frames/s, 4 alone 556.
        QTest::newRow("split") << 5 << 4 << 4;
        QTest::newRow("pad") << 7 << 7 << 8; // 673 frames/s
        QTest::newRow("exact") << 4 << 4 << 4;
        QTest::newRow("more than fits") << 20 << 8 << 8;
        QTest::newRow("one") << 1 << 1 << 1;
    }
    void paddingOrSplittingIsDecidedByCost()
    {
        QFETCH(int, waiting);
        const auto picks = bulk(waiting);
        const std::vector<int> sizes{1, 2, 4, 8};
        const auto decision = decideLargest({at(0s), picks, sizes, cost, {}, {}});
        QTEST(decision.jobs, "jobs");
        QTEST(decision.paddedSize, "size");
    }

    void aBatchKeepsItsMembersDeadlines()
    {
        auto picks = bulk(8);
        picks.front() = {entry(9, 8ms, true), JobClass::Preview, {}};
        const std::vector<int> sizes{1, 2, 4, 8};
        const auto decision = decideWithSlack({at(0s), picks, sizes, cost, {}, {}});
        QCOMPARE(decision.jobs, 4); // 7.2 ms; 8 would take 10.4
    }

    void aHopelessDeadlineHoldsNobodyBack()
    {
        auto picks = bulk(8);
        picks.front() = {entry(9, 1ms, true), JobClass::Preview, {}};
        const std::vector<int> sizes{1, 2, 4, 8};
        QCOMPARE(decideWithSlack({at(0s), picks, sizes, cost, {}, {}}).jobs, 8);
    }

    void aBatchLeavesTimeForAnExpectedFrame()
    {
        const auto picks = bulk(3);
        const std::vector<int> sizes{1, 2, 4};
        const std::vector<ExpectedFrame> expected{{at(1ms), at(11ms)}};
        const auto decision = decideWithSlack({at(0s), picks, sizes, cost, expected, {}});
        QCOMPARE(decision.jobs, 2); // 5.6 + 4.8 ms; 4 would take 7.2 + 4.8
    }

    void aWorkerWaitsForAFrameThatAnyBatchWouldMakeLate()
    {
        const auto picks = bulk(1);
        const std::vector<int> sizes{1};
        const std::vector<ExpectedFrame> expected{{at(1ms), at(7ms)}};
        auto decision = decideWithSlack({at(0s), picks, sizes, cost, expected, {}});
        QCOMPARE(decision.jobs, 0);
        QVERIFY(decision.holdUntil == at(1ms));
        // Not when another worker could take it.
        decision = decideWithSlack({at(0s), picks, sizes, cost, expected, at(0s)});
        QCOMPARE(decision.jobs, 1);
    }

    void pacedStreamsExpectFrames()
    {
        StreamTable streams;
        const auto paced = streams.open({JobClass::Preview, false, 40ms}, at(0s));
        streams.open({JobClass::Bulk, false, {}}, at(0s));
        QCOMPARE(streams.expected(at(0s), at(10ms)).size(), std::size_t{1}); // it may begin any moment
        streams.add(paced, 1, at(5ms), at(45ms));
        const auto frames = streams.expected(at(6ms), at(100ms));
        QCOMPARE(frames.size(), std::size_t{2});
        QVERIFY(frames[0].arrival == at(45ms) && frames[0].deadline == at(85ms));
        QVERIFY(frames[1].arrival == at(85ms));
        QVERIFY(streams.expected(at(86ms), at(200ms)).empty()); // it has paused
    }
};

QTEST_GUILESS_MAIN(DecisionTest)
#include "decision_test.moc"
