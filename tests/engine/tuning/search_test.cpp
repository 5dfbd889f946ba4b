// SPDX-License-Identifier: GPL-3.0-or-later
#include "tuning/capacity.h"
#include "tuning/comparison.h"
#include "tuning/tuner.h"

#include <algorithm>
#include <cmath>

#include <QTest>

using namespace lipsync;
using namespace lipsync::tuning;

namespace {

/// A machine of four cores on which a batch of b frames takes (6 + 2 b) / threads^0.8 ms in fp32, and 0.7 of it in bf16.
double batchMs(const ConcurrencyPlan& plan, int batch)
{
    const double precision = plan.arithmetic == Arithmetic::Bf16 ? 0.7 : 1;
    return precision * (6 + 2 * batch) / std::pow(plan.threadsPerWorker, 0.8);
}

Result<LoadReport> scriptedLoad(const ConcurrencyPlan& plan, int concurrency, double)
{
    const int batch = plan.largestBatch(), workers = plan.workerCount();
    const double rate = 1000.0 * batch * workers / batchMs(plan, batch);
    LoadReport report;
    report.requests = report.successes = report.frames = static_cast<std::uint64_t>(rate);
    report.seconds = 1;
    metrics::LatencyHistogram latency;
    latency.record(fromMilliseconds(1000.0 * concurrency / rate)); // Little's law
    report.latency = latency.snapshot();
    return report;
}

TuneOptions fourCores()
{
    TuneOptions options;
    options.cores = 4;
    return options;
}

Result<TuneResult> search(const TuneOptions& options, const CellMeasurement& measure = scriptedLoad,
                          const std::stop_token& stop = {})
{
    return searchPlan(
        options, measure, [](std::string_view, double) {}, stop);
}

CapacityQuestion oneWorker()
{
    CapacityQuestion question;
    scheduling::SimulatedWorkers worker; // 4 + 0.8 b ms
    question.workers = {worker};
    question.batchSizes = {1, 2, 4, 8, 16};
    question.seconds = 10;
    return question;
}

} // namespace

/// Search for the best plan, plans of the compared strategies, and capacity, on machines that are scripts.
class SearchTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theFastestSettingIsFound()
    {
        const auto found = search(fourCores());
        QVERIFY2(found, found ? "" : found.error().text().c_str());
        // Workers of one thread lose nothing to each other, and larger batches are always faster there.
        QCOMPARE(found->chosen().workers(), 4);
        QCOMPARE(found->chosen().plan.threadsPerWorker, 1);
        QVERIFY(found->chosen().plan.largestBatch() >= 8);
        QVERIFY(found->keepsGoal);
        QVERIFY(found->cells.size() > 6);
        for (const auto& cell : found->cells)
            QVERIFY(cell.framesPerSecond() <= found->chosen().framesPerSecond());
        QVERIFY(!found->explanation.empty());
    }

    void theGoalBoundsTheLatency()
    {
        auto options = fourCores();
        options.goalP99Ms = 20; // two batches of one by a worker of one thread take 16 ms, of two 20 ms
        const auto found = search(options);
        QVERIFY(found);
        QVERIFY(found->keepsGoal);
        QVERIFY(found->chosen().p99Ms() <= 20);
        for (const auto& cell : found->cells)
            QVERIFY(cell.p99Ms() > 20 || cell.framesPerSecond() <= found->chosen().framesPerSecond());
    }

    void anUnreachableGoalIsToldAndTheNearestTaken()
    {
        auto options = fourCores();
        options.goalP99Ms = 0.5;
        const auto found = search(options);
        QVERIFY(found);
        QVERIFY(!found->keepsGoal);
        for (const auto& cell : found->cells)
            QVERIFY(cell.p99Ms() >= found->chosen().p99Ms());
        QVERIFY(std::any_of(found->explanation.begin(), found->explanation.end(),
                            [](const auto& sentence) { return sentence.find("nearest") != std::string::npos; }));
    }

    void aFasterPrecisionIsTaken()
    {
        auto options = fourCores();
        options.arithmetics = {Arithmetic::Fp32, Arithmetic::Bf16};
        const auto found = search(options);
        QVERIFY(found);
        QVERIFY(found->chosen().plan.arithmetic == Arithmetic::Bf16);
    }

    void candidatesAreMeasuredToo()
    {
        auto options = fourCores();
        ConcurrencyPlan candidate;
        candidate.devices = {{"cpu", 3}};
        candidate.batchSizes = {1, 3};
        options.candidates = {candidate};
        const auto found = search(options);
        QVERIFY(found);
        QVERIFY(std::any_of(found->cells.begin(), found->cells.end(),
                            [&](const auto& cell) { return cell.plan == candidate && cell.load.successes > 0; }));
    }

    void settingsThatFailAreLeftAside()
    {
        const auto found = search(fourCores(), [](const auto& plan, int concurrency, double seconds) {
            if (plan.workerCount() == 4)
                return Result<LoadReport>(failure(ErrorCode::Resource, "The device is full."));
            return scriptedLoad(plan, concurrency, seconds);
        });
        QVERIFY(found);
        QVERIFY(found->chosen().workers() < 4);
        QVERIFY(std::any_of(found->cells.begin(), found->cells.end(),
                            [](const auto& cell) { return cell.problem == "The device is full."; }));
    }

    void nothingThatWorksIsAnError()
    {
        const auto found = search(fourCores(), [](const auto&, int, double) {
            return Result<LoadReport>(failure(ErrorCode::Resource, "The device is full."));
        });
        QVERIFY(!found);
        QVERIFY(found.error().text().find("The device is full.") != std::string::npos);
    }

    void aStopEndsTheSearch()
    {
        std::stop_source stop;
        const auto found = search(
            fourCores(),
            [&](const auto& plan, int concurrency, double seconds) {
                stop.request_stop();
                return scriptedLoad(plan, concurrency, seconds);
            },
            stop.get_token());
        QVERIFY(!found);
        QCOMPARE(found.error().code, ErrorCode::Interrupted);
    }

    void strategiesUseTheWholeMachine()
    {
        ComparisonOptions options;
        options.cores = 2;
        options.adaptive.batchSizes = {1, 2};
        options.adaptive.arithmetic = Arithmetic::Bf16;
        const auto serial = planOf(Strategy::Serial, options).value();
        QCOMPARE(serial.workerCount() * serial.threadsPerWorker, 2);
        QCOMPARE(serial.largestBatch(), 1);
        const auto batching = planOf(Strategy::Batching, options).value();
        QCOMPARE(batching.workerCount(), 1);
        QCOMPARE(batching.largestBatch(), 8);
        QCOMPARE(batching.maxWaitMs, 20.0);
        const auto processes = planOf(Strategy::MultiProcess, options).value();
        QVERIFY(processes.isolation == Isolation::Process);
        QCOMPARE(processes.workerCount(), 2);
        const auto hybrid = planOf(Strategy::Hybrid, options).value();
        QCOMPARE(hybrid.largestBatch(), 4);
        QCOMPARE(hybrid.maxWaitMs, 10.0);
        QVERIFY(planOf(Strategy::Adaptive, options) == options.adaptive);
        for (const auto strategy : kStrategies) {
            const auto plan = planOf(strategy, options);
            QVERIFY(!plan || checkPlan(*plan));
            QVERIFY(!plan || plan->arithmetic == Arithmetic::Bf16); // the same for all
        }
    }

    void severalDevicesNeedSeveralDevices()
    {
        ComparisonOptions options;
        QVERIFY(!planOf(Strategy::MultiDevice, options));
        options.devices = {"cuda:0", "cuda:1"};
        const auto plan = planOf(Strategy::MultiDevice, options).value();
        QCOMPARE(plan.devices.size(), 2UL);
    }

    void capacityIsBoundedByTheWorkers()
    {
        const auto question = oneWorker();
        const int most = mostViewers(question, {});
        // 16 frames take 16.8 ms: 952 frames/s are 38 viewers, and waiting takes its share.
        QVERIFY2(most >= 10 && most <= 39, qPrintable(QString::number(most)));
        auto asked = question;
        asked.viewers = most;
        const auto good = answer(asked);
        QVERIFY(good.holds);
        QVERIFY(good.p99Ms > 4.8 && good.p99Ms <= asked.goalP99Ms);
        QVERIFY(good.lateFraction <= 0.01);
        QVERIFY(good.utilisation > 0 && good.utilisation <= 1);
        asked.viewers = 2 * most;
        QVERIFY(!answer(asked).holds);
    }

    void moreDevicesAndLessTalkHoldMoreViewers()
    {
        const auto question = oneWorker();
        const int most = mostViewers(question, {});
        auto twice = question;
        twice.workers.push_back(twice.workers.front());
        twice.workers.back().device = "another";
        QVERIFY(mostViewers(twice, {}) > most);
        auto quiet = question;
        quiet.duty = 0.3;
        QVERIFY(mostViewers(quiet, {}) > most);
    }

    void aGoalBelowTheCostHoldsNobody()
    {
        auto question = oneWorker();
        question.goalP99Ms = 2; // one frame takes 4.8 ms
        QCOMPARE(mostViewers(question, {}), 0);
        QVERIFY(!answer(question).holds);
    }
};

QTEST_GUILESS_MAIN(SearchTest)
#include "search_test.moc"
