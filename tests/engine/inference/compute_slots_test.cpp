// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/compute_slots.h"

#include <QTest>

#include <atomic>
#include <thread>
#include <vector>

using namespace lipsync::inference;

class ComputeSlotsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void noMoreComputeThanThereAreCores()
    {
        constexpr int kCores = 2, kWorkers = 6, kTurns = 200;
        ComputeSlots slots(kCores);
        std::atomic<int> computing = 0, most = 0, turns = 0;
        {
            std::vector<std::jthread> workers;
            for (int w = 0; w < kWorkers; ++w) {
                workers.emplace_back([&] {
                    for (int i = 0; i < kTurns; ++i) {
                        const auto turn = slots.take(1);
                        const int now = ++computing;
                        int before = most;
                        while (before < now && !most.compare_exchange_weak(before, now)) { }
                        ++turns;
                        --computing;
                    }
                });
            }
        }
        QCOMPARE(turns.load(), kWorkers * kTurns);
        QVERIFY2(most <= kCores, qPrintable(QString::number(most)));
    }

    void aWorkerOfManyThreadsHasTheProcessorAlone()
    {
        ComputeSlots slots(2);
        std::atomic<bool> finished = false, sawFinished = false;
        std::jthread other;
        {
            const auto all = slots.take(8); // more than there are
            other = std::jthread([&] {
                const auto turn = slots.take(1);
                sawFinished = finished.load();
            });
            finished = true;
        }
        other.join();
        QVERIFY(sawFinished);
    }
};

QTEST_GUILESS_MAIN(ComputeSlotsTest)
#include "compute_slots_test.moc"
