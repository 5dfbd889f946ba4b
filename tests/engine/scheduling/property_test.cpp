// SPDX-License-Identifier: GPL-3.0-or-later
// The scheduler's promises over random scenarios. LIPSYNC_SEED=N plays one of them again, LIPSYNC_SCENARIOS=N so many.
#include "engine/scheduling/random_scenario.h"
#include "scheduling/simulator.h"

#include <QtTest>

using namespace lipsync::scheduling;

namespace {

#if defined(__SANITIZE_THREAD__)
constexpr int kScenarios = 200; // there is but one thread
#elif defined(__SANITIZE_ADDRESS__)
constexpr int kScenarios = 1000; // ten times slower
#else
constexpr int kScenarios = 10000;
#endif

} // namespace

class PropertyTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void promisesHoldInRandomScenarios()
    {
        bool isOne = false;
        const int seed = qEnvironmentVariableIntValue("LIPSYNC_SEED", &isOne);
        bool isGiven = false;
        const int given = qEnvironmentVariableIntValue("LIPSYNC_SCENARIOS", &isGiven);
        const int first = isOne ? seed : 1;
        const int last = isOne ? seed : isGiven ? given : kScenarios;
        std::uint64_t done = 0, workersLost = 0;
        for (int number = first; number <= last; ++number) {
            const auto report = simulate(randomScenario(static_cast<std::uint64_t>(number)));
            const auto replay = QString("%1; play it again with LIPSYNC_SEED=%2")
                                    .arg(QString::fromStdString(report.violation))
                                    .arg(number);
            QVERIFY2(report.violation.empty(), qPrintable(replay));
            QCOMPARE(report.lost + report.duplicated + report.reordered, std::uint64_t{0});
            for (const auto& jobClass : report.classes)
                done += jobClass.done;
            workersLost += report.workersLost;
        }
        // The scenarios are worth something: work gets done, and workers are lost.
        QVERIFY(isOne || done > static_cast<std::uint64_t>(last) * 100);
        QVERIFY(isOne || workersLost > static_cast<std::uint64_t>(last));
    }

    void theSameSeedGivesTheSameReport()
    {
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            const auto once = simulate(randomScenario(seed)), again = simulate(randomScenario(seed));
            QCOMPARE(once.batches, again.batches);
            QCOMPARE(once.latency.meanMs, again.latency.meanMs);
            QCOMPARE(once.fps, again.fps);
        }
    }
};

QTEST_GUILESS_MAIN(PropertyTest)
#include "property_test.moc"
