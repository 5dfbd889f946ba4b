// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers that the scheduler must reach, in virtual time; worker s(b) = 4 + 0.8 b ms unless said.
#include "scheduling/simulator.h"

#include <QtTest>

using namespace lipsync;
using namespace lipsync::scheduling;

namespace {

double bulkAloneFps(Scenario scenario)
{
    std::erase_if(scenario.loads, [](const SimulatedLoad& load) { return load.jobClass != JobClass::Bulk; });
    return simulate(scenario).of(JobClass::Bulk).fps;
}

Scenario mixed(BatchPolicy policy, double baseMs, double perFrameMs)
{
    auto scenario = mixedScenario();
    scenario.options.policy = policy;
    scenario.workers.front().baseMs = baseMs;
    scenario.workers.front().perFrameMs = perFrameMs;
    scenario.loads.front().isDeadlineKnown = policy == BatchPolicy::SlackAware;
    return scenario;
}

} // namespace

class SimulatorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eagerPullKeepsPoissonBelow25Ms()
    {
        auto scenario = poissonScenario();
        for (scenario.seed = 1; scenario.seed <= 5; ++scenario.seed) {
            const auto report = simulate(scenario);
            QVERIFY2(report.latency.p99Ms <= 25, qPrintable(QString::number(report.latency.p99Ms)));
            QCOMPARE(report.violation, std::string());
        }
    }

    void aTimerCostsMoreThanItBrings()
    {
        auto scenario = poissonScenario();
        scenario.options.maxWait = fromMilliseconds(20);
        const double p99 = simulate(scenario).latency.p99Ms;
        QVERIFY2(p99 > 33 && p99 < 39, qPrintable(QString::number(p99))); // 36 ms, counted from the oldest job
    }

    void previewsAreInTimeBesideAnEndlessExport()
    {
        auto scenario = mixedScenario();
        const double alone = bulkAloneFps(scenario);
        auto report = simulate(scenario);
        QCOMPARE(report.violation, std::string());
        QVERIFY(report.of(JobClass::Preview).lateFraction() <= 0.001);
        QVERIFY2(report.of(JobClass::Bulk).fps >= 0.85 * alone, qPrintable(QString::number(report.fps)));
        // Wherever the previews lie in the period.
        scenario.loads.front().randomPhase = true;
        for (scenario.seed = 1; scenario.seed <= 10; ++scenario.seed) {
            report = simulate(scenario);
            QVERIFY(report.of(JobClass::Preview).lateFraction() <= 0.001);
            QVERIFY2(report.of(JobClass::Bulk).fps >= 900, qPrintable(QString::number(report.fps)));
        }
    }

    void theOtherPoliciesAreWorse_data()
    {
        QTest::addColumn<int>("policy");
        QTest::addColumn<double>("baseMs");
        QTest::addColumn<double>("perFrameMs");
        QTest::addColumn<double>("p99Ms"); // as scheduling.md has them
        QTest::newRow("fifo") << int(BatchPolicy::Fifo) << 4.0 << 0.8 << 118.0;
        QTest::newRow("fifo, slow") << int(BatchPolicy::Fifo) << 6.0 << 2.0 << 280.0;
        QTest::newRow("strict, mixed") << int(BatchPolicy::StrictMixed) << 4.0 << 0.8 << 59.0;
        QTest::newRow("strict, mixed, slow") << int(BatchPolicy::StrictMixed) << 6.0 << 2.0 << 140.0;
        QTest::newRow("strict, separate, slow") << int(BatchPolicy::StrictSeparate) << 6.0 << 2.0 << 89.0;
        QTest::newRow("slack-aware") << int(BatchPolicy::SlackAware) << 4.0 << 0.8 << 40.0;
        QTest::newRow("slack-aware, slow") << int(BatchPolicy::SlackAware) << 6.0 << 2.0 << 40.0;
    }
    void theOtherPoliciesAreWorse()
    {
        QFETCH(int, policy);
        QFETCH(double, baseMs);
        QFETCH(double, perFrameMs);
        QFETCH(double, p99Ms);
        const auto report = simulate(mixed(static_cast<BatchPolicy>(policy), baseMs, perFrameMs));
        const double found = report.of(JobClass::Preview).latency.p99Ms;
        QVERIFY2(std::abs(found - p99Ms) < 2, qPrintable(QString::number(found)));
        QCOMPARE(report.violation, std::string());
    }

    void expiryIsExactWhileTheWorkerIsBusy()
    {
        auto scenario = mixed(BatchPolicy::StrictMixed, 6, 2);
        scenario.loads.front().isDeadlineKnown = true;
        scenario.options.refusesLate = false;
        const auto report = simulate(scenario);
        QVERIFY(report.of(JobClass::Preview).expired > 100);
        QVERIFY2(report.expiryErrorMs <= 2, qPrintable(QString::number(report.expiryErrorMs)));
    }

    void aHundredDrainsLoseNothing()
    {
        const auto report = simulate(drainScenario());
        QCOMPARE(report.drains, std::uint64_t{100});
        QCOMPARE(report.lost + report.duplicated + report.reordered, std::uint64_t{0});
        QCOMPARE(report.violation, std::string());
    }

    void aHundredDeathsLoseNothingAndAreShort()
    {
        const auto scenario = crashScenario();
        const auto report = simulate(scenario);
        QCOMPARE(report.workersLost, std::uint64_t{100});
        QCOMPARE(report.lost + report.duplicated + report.reordered, std::uint64_t{0});
        QCOMPARE(report.violation, std::string());
        for (const auto& jobClass : report.classes)
            QCOMPARE(jobClass.failed, std::uint64_t{0});
        QVERIFY(report.recoveryMs <= 500 + scenario.workers.front().loadMs);
    }

    void aSlowDeviceNeverHoldsTheLastFrames()
    {
        // 20 frames that the fast device alone finishes in less than the slow one needs for one.
        Scenario scenario;
        SimulatedWorkers fast, slow;
        fast.device = "cuda:0";
        slow.device = "cpu";
        slow.baseMs = 200;
        scenario.workers = {slow, fast};
        SimulatedLoad load;
        load.arrival = SimulatedLoad::Arrival::Endless;
        load.outstanding = 20;
        scenario.loads = {load};
        scenario.loads.front().jobClass = JobClass::Bulk;
        scenario.warmUpSeconds = 5; // both are measured then
        scenario.seconds = 10;
        const auto pull = simulate(scenario);
        scenario.options.balance = Balance::RoundRobin;
        const auto dealt = simulate(scenario);
        QVERIFY2(pull.latency.maxMs < 200, qPrintable(QString::number(pull.latency.maxMs)));
        QVERIFY(dealt.latency.maxMs > 200);
    }
};

QTEST_GUILESS_MAIN(SimulatorTest)
#include "simulator_test.moc"
