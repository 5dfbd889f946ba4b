// SPDX-License-Identifier: GPL-3.0-or-later
#include "scripted_pool.h"

#include "tuning/load_generator.h"

#include <cmath>
#include <thread>

#include <QTest>

using namespace lipsync;
using namespace lipsync::test;
using namespace lipsync::tuning;

namespace {

constexpr double kRate = 200; ///< requests a second of the open loops: one each 5 ms
constexpr double kIntervalMs = 1000 / kRate;

LoadOptions pacedLoad(std::int64_t requests)
{
    LoadOptions options;
    options.rate = kRate;
    options.arrival = Arrival::Paced;
    options.requests = requests;
    options.seconds = 0;
    options.warmUpSeconds = 0;
    return options;
}

LoadOptions closedLoad(int concurrency, std::int64_t requests)
{
    LoadOptions options;
    options.concurrency = concurrency;
    options.requests = requests;
    options.seconds = 0;
    options.warmUpSeconds = 0;
    return options;
}

LoadReport reportOf(std::vector<double> rates)
{
    LoadReport report;
    report.intervalRates = std::move(rates);
    return report;
}

} // namespace

/// Load on workers without a network.
class LoadGeneratorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aClosedLoopEndsAfterItsRequests()
    {
        ScriptedPool workers(2);
        workers.gate().open();
        const auto report =
            offerLoad(workers.pool(), closedLoad(6, 100), [](std::int64_t) { return ScriptedPool::job(); }, {});
        QCOMPARE(report.requests, 100UL);
        QCOMPARE(report.successes, 100UL);
        QCOMPARE(report.failures + report.refusals, 0UL);
        QCOMPARE(report.latency.count(), 100UL);
        QVERIFY(report.framesPerSecond() > 0);
        QVERIFY(report.meanBatch() >= 1 && report.meanBatch() <= 4);
        QVERIFY(!report.interrupted);
    }

    void aClosedLoopKeepsThatManyUnderWay()
    {
        ScriptedPool workers;
        std::stop_source stop;
        std::atomic<std::int64_t> made = 0;
        std::jthread load([&] {
            offerLoad(
                workers.pool(), closedLoad(6, 100), [&](std::int64_t) { return ++made, ScriptedPool::job(); },
                stop.get_token());
        });
        QTRY_COMPARE(workers.pool().snapshot().outstanding, 6UL);
        QCOMPARE(made.load(), 6);
        workers.gate().open();
        QTRY_COMPARE(made.load(), 100);
    }

    void failuresAreCountedAndNotFatal()
    {
        ScriptedPool workers(2);
        workers.gate().open();
        const auto report =
            offerLoad(workers.pool(), closedLoad(5, 100),
                      [](std::int64_t request) { return ScriptedPool::job(/*fails=*/request % 5 == 0); }, {});
        QCOMPARE(report.successes, 80UL);
        QCOMPARE(report.failures, 20UL);
        QCOMPARE(report.latency.count(), 80UL);
        QVERIFY(report.firstFailure);
        QCOMPARE(report.firstFailure->message, std::string("It cannot be drawn."));
    }

    void refusalsAreCountedAndNotFatal()
    {
        scheduling::SchedulerOptions options;
        options.batchSizes = {1};
        options.classes[static_cast<std::size_t>(scheduling::JobClass::Bulk)].mostJobs = 2;
        ScriptedPool workers(1, options);
        constexpr std::int64_t kRequests = 20;
        const auto report = offerLoad(workers.pool(), pacedLoad(kRequests),
                                      [&](std::int64_t request) {
                                          if (request == kRequests - 1)
                                              workers.gate().open();
                                          return ScriptedPool::job();
                                      },
                                      {});
        QCOMPARE(report.requests, 20UL);
        QVERIFY(report.refusals >= 15); // at most three were taken before the gate opened
        QCOMPARE(report.successes + report.refusals, 20UL);
        QVERIFY(report.firstFailure && !report.firstFailure->message.empty());
    }

    void aStalledWorkerShowsInEveryRequestItDelays()
    {
        ScriptedPool workers;
        constexpr std::int64_t kReleasedBy = 29;
        const auto report = offerLoad(workers.pool(), pacedLoad(60),
                                      [&](std::int64_t request) {
                                          if (request == kReleasedBy)
                                              workers.gate().open();
                                          return ScriptedPool::job();
                                      },
                                      {});
        QCOMPARE(report.successes, 60UL);
        // Request k was meant for 5·k ms and could not be done before 5·29 ms.
        double waitedMs = 0;
        for (std::int64_t request = 0; request < kReleasedBy; ++request)
            waitedMs += static_cast<double>(kReleasedBy - request) * kIntervalMs;
        QVERIFY(milliseconds(report.latency.max()) >= kReleasedBy * kIntervalMs);
        QVERIFY(milliseconds(report.latency.mean()) >= waitedMs / 60);
    }

    void aStalledGeneratorCatchesUpWithItsSchedule()
    {
        ScriptedPool workers;
        workers.gate().open();
        constexpr std::int64_t kStalled = 5, kUntil = 25;
        const auto started = std::chrono::steady_clock::now();
        const auto report = offerLoad(workers.pool(), pacedLoad(40),
                                      [&](std::int64_t request) {
                                          const auto until = started + fromMilliseconds(kUntil * kIntervalMs);
                                          while (request == kStalled && std::chrono::steady_clock::now() < until)
                                              std::this_thread::yield();
                                          return ScriptedPool::job();
                                      },
                                      {});
        QCOMPARE(report.successes, 40UL);
        // Request 5 was meant for 25 ms and was sent at 125 ms or later; so were the 19 after it, in their order.
        QVERIFY(milliseconds(report.latency.max()) >= (kUntil - kStalled - 1) * kIntervalMs);
        double waitedMs = 0;
        for (std::int64_t request = kStalled; request < kUntil; ++request)
            waitedMs += static_cast<double>(kUntil - request - 1) * kIntervalMs;
        QVERIFY(milliseconds(report.latency.mean()) >= waitedMs / 40);
    }

    void theWarmUpDoesNotCount()
    {
        ScriptedPool workers;
        workers.gate().open();
        auto options = pacedLoad(20);
        options.warmUpSeconds = 0.05; // ten requests
        std::int64_t made = 0;
        const auto report =
            offerLoad(workers.pool(), options, [&](std::int64_t) { return ++made, ScriptedPool::job(); }, {});
        QCOMPARE(report.requests, 20UL);
        QCOMPARE(report.successes, 20UL);
        QCOMPARE(report.latency.count(), 20UL);
        QCOMPARE(made, 30);
    }

    void aShortTimeWaitsForTheFewestRequests()
    {
        ScriptedPool workers;
        workers.gate().open();
        LoadOptions options = closedLoad(4, 0);
        options.seconds = 1e-9;
        options.fewestRequests = 12;
        const auto report = offerLoad(workers.pool(), options, [](std::int64_t) { return ScriptedPool::job(); }, {});
        QCOMPARE(report.requests, 12UL);
        QCOMPARE(report.successes, 12UL);
    }

    void anEqualSeedGivesAnEqualSchedule()
    {
        ScriptedPool workers;
        workers.gate().open();
        LoadOptions options;
        options.rate = 2000;
        options.seconds = 0.05;
        options.warmUpSeconds = 0;
        const auto count = [&](std::uint64_t seed) {
            options.seed = seed;
            return offerLoad(workers.pool(), options, [](std::int64_t) { return ScriptedPool::job(); }, {}).requests;
        };
        const auto first = count(7);
        QVERIFY(first > 50 && first < 200); // 100 on average
        QCOMPARE(count(7), first);
    }

    void aStopEndsItWithWhatThereIs_data()
    {
        QTest::addColumn<bool>("open");
        QTest::newRow("closed loop") << false;
        QTest::newRow("open loop") << true;
    }

    void aStopEndsItWithWhatThereIs()
    {
        QFETCH(bool, open);
        ScriptedPool workers;
        workers.gate().open();
        std::stop_source stop;
        auto options = open ? pacedLoad(0) : closedLoad(4, 0); // without an end
        const auto report = offerLoad(
            workers.pool(), options,
            [&](std::int64_t request) {
                if (request == 20)
                    stop.request_stop();
                return ScriptedPool::job();
            },
            stop.get_token());
        QVERIFY(report.interrupted);
        QCOMPARE(report.requests, 21UL);
        QTRY_COMPARE(workers.pool().snapshot().outstanding, 0UL);
    }

    void speedIsStableWhenItsPiecesAgree()
    {
        QVERIFY(!reportOf({}).uncertainty());
        QVERIFY(!reportOf({10, 10}).isStable());
        QCOMPARE(reportOf({10, 10, 10}).uncertainty(), std::optional(0.0));
        QVERIFY(reportOf({10, 10, 10}).isStable());
        // Mean 10, standard deviation 5, t(0.975, 2) = 4.303.
        const auto uneven = reportOf({5, 10, 15});
        QVERIFY(std::abs(uneven.uncertainty().value() - 4.303 * 0.5 / std::sqrt(3.0)) < 1e-9);
        QVERIFY(!uneven.isStable());
    }

    void reportsAdd()
    {
        LoadReport first = reportOf({1});
        first.requests = first.successes = first.frames = 10;
        first.seconds = 1;
        first.batches = 5;
        LoadReport second = reportOf({3});
        second.requests = 40;
        second.successes = second.frames = 30;
        second.failures = 10;
        second.seconds = 1;
        second.batches = 5;
        second.firstFailure = Error{ErrorCode::Resource, "Full.", {}};
        first.merge(second);
        QCOMPARE(first.requests, 50UL);
        QCOMPARE(first.failures, 10UL);
        QCOMPARE(first.framesPerSecond(), 20.0);
        QCOMPARE(first.meanBatch(), 4.0);
        QCOMPARE(first.intervalRates, (std::vector<double>{1, 3}));
        QVERIFY(first.firstFailure);
    }
};

QTEST_GUILESS_MAIN(LoadGeneratorTest)
#include "load_generator_test.moc"
