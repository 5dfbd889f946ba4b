// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheduling/wait_correction.h"

#include <QTest>

using namespace lipsync;
using namespace lipsync::scheduling;
using namespace std::chrono_literals;

class WaitCorrectionTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void predictionsThatHoldStayAsTheyAre()
    {
        WaitCorrection correction;
        for (int i = 0; i < 1000; ++i)
            correction.took(100ms, 90ms);
        QCOMPARE(correction.corrected(100ms), Duration(100ms));
    }

    void jobsThatTakeHalfAsLongAgainAreExpected()
    {
        WaitCorrection correction;
        for (int i = 0; i < 200; ++i)
            correction.took(100ms, 150ms);
        QVERIFY(correction.factor() > 1.45 && correction.factor() < 1.55);
    }

    void thoseThatGaveUpEarlySayNothing()
    {
        WaitCorrection correction;
        for (int i = 0; i < 200; ++i)
            correction.gaveUp(100ms, 20ms);
        QCOMPARE(correction.factor(), 1.0);
        for (int i = 0; i < 200; ++i)
            correction.gaveUp(100ms, 130ms);
        QVERIFY(correction.factor() >= 1.3 && correction.factor() < 1.35);
    }

    void aDisturbedMomentIsBoundedAndForgotten()
    {
        WaitCorrection correction;
        for (int i = 0; i < 1000; ++i)
            correction.took(10ms, 10s);
        QCOMPARE(correction.factor(), WaitCorrection::kMost);
        for (int i = 0; i < 12'000; ++i)
            correction.took(100ms, 50ms);
        QCOMPARE(correction.factor(), 1.0);
    }
};

QTEST_APPLESS_MAIN(WaitCorrectionTest)
#include "wait_correction_test.moc"
