// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that computes a network draws the demo's pictures with its trained weights.
#include "tuning/executor_comparison.h"

#include <QTest>

#include <set>

using namespace lipsync;
using namespace lipsync::tuning;

class ExecutorComparisonTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theDemoIsTheSameByAll()
    {
        const auto avatar = std::filesystem::path(LIPSYNC_SOURCE_DIR) / "resources/avatars/demo.avatar";
        const auto all = compareExecutors(avatar, {.threads = 2, .seconds = 0.01}, [](std::string_view, double) {}, {});
        QVERIFY2(all, all ? "" : all.error().message.c_str());
        QVERIFY(all->front().executor == nn::Executor::LibTorch && all->front().arithmetic == Arithmetic::Fp32);
        std::set<nn::Executor> exact;
        for (const auto& one : *all) {
            const auto told = QString("%1: %2 of the bytes by up to %3, %4 dB")
                                  .arg(QString::fromStdString(one.name))
                                  .arg(one.differingShare)
                                  .arg(one.largestDifference)
                                  .arg(one.psnr);
            qInfo("%s", qPrintable(told));
            if (one.arithmetic == Arithmetic::Fp32) {
                exact.insert(one.executor);
                QVERIFY2(one.largestDifference <= 1 && one.differingShare <= 0.001, qPrintable(told));
            }
            QVERIFY2(one.executor == nn::Executor::LibTorch || one.psnr >= 45, qPrintable(told));
        }
        const auto spec = avatar::AvatarPackage::open(avatar).value()->manifest().network;
        for (const auto executor : {nn::Executor::LibTorch, nn::Executor::OneDnn, nn::Executor::Direct})
            QCOMPARE(exact.contains(executor), nn::usableExecutor(spec, {.executor = executor}) == executor);
    }

    void aDeviceThatIsNotThereIsRefused()
    {
        const auto refused = compareExecutors("nowhere.avatar", {.device = "cuda:99"}, {}, {});
        QVERIFY(!refused);
        QVERIFY(!refused.error().message.empty());
    }
};

QTEST_GUILESS_MAIN(ExecutorComparisonTest)
#include "executor_comparison_test.moc"
