// SPDX-License-Identifier: GPL-3.0-or-later
#include "avatar/template_loop.h"

#include <algorithm>
#include <vector>

#include <QTest>

using namespace lipsync::avatar;

namespace {

/// The stateful rule of specification section 1.13, word for word.
std::vector<int> statefulPingPong(int frameCount, int startFrame, int outputFrames)
{
    const int last = frameCount - 1;
    int index = 0;
    int step = 0;
    std::vector<int> frames;
    for (int i = 0; i < outputFrames; ++i) {
        if (index > last - 1)
            step = -1;
        if (index < 1)
            step = +1;
        index += step;
        frames.push_back(index + startFrame);
    }
    return frames;
}

std::vector<int> sequence(const TemplateLoop& loop, int outputFrames)
{
    std::vector<int> frames;
    for (int i = 0; i < outputFrames; ++i)
        frames.push_back(loop.frameAt(i));
    return frames;
}

} // namespace

class TemplateLoopTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pingPongEqualsTheReferencesStatefulRule_data()
    {
        QTest::addColumn<int>("frameCount");
        for (const int count : {2, 3, 4, 12, 523})
            QTest::addRow("%d frames", count) << count;
    }

    void pingPongEqualsTheReferencesStatefulRule()
    {
        QFETCH(int, frameCount);
        const int outputFrames = 5 * frameCount + 7;
        QCOMPARE(sequence(TemplateLoop(LoopRule::PingPong, frameCount, 0), outputFrames),
                 statefulPingPong(frameCount, 0, outputFrames));
    }

    void pingPongBeginsAtFrameOneAndRepeatsNoEnd()
    {
        QCOMPARE(sequence(TemplateLoop(LoopRule::PingPong, 4, 0), 9), (std::vector<int>{1, 2, 3, 2, 1, 0, 1, 2, 3}));
    }

    void startFrameShiftsTheReferencesSequenceAndNeverRunsOffTheEnd()
    {
        const TemplateLoop loop(LoopRule::PingPong, 10, 4);
        const auto frames = sequence(loop, 40);
        QCOMPARE(frames, statefulPingPong(10 - 4, 4, 40));
        QCOMPARE(*std::min_element(frames.begin(), frames.end()), 4);
        QCOMPARE(*std::max_element(frames.begin(), frames.end()), 9);
    }

    void mirrorRepeatsBothEnds()
    {
        QCOMPARE(sequence(TemplateLoop(LoopRule::Mirror, 3, 0), 8), (std::vector<int>{0, 1, 2, 2, 1, 0, 0, 1}));
    }

    void moduloStartsAgain()
    {
        QCOMPARE(sequence(TemplateLoop(LoopRule::Modulo, 3, 1), 5), (std::vector<int>{1, 2, 1, 2, 1}));
    }

    void everyRuleRepeatsAfterItsPeriod_data()
    {
        QTest::addColumn<int>("rule");
        QTest::addColumn<int>("period");
        QTest::newRow("ping-pong") << static_cast<int>(LoopRule::PingPong) << 12;
        QTest::newRow("mirror") << static_cast<int>(LoopRule::Mirror) << 14;
        QTest::newRow("modulo") << static_cast<int>(LoopRule::Modulo) << 7;
    }

    void everyRuleRepeatsAfterItsPeriod()
    {
        QFETCH(int, rule);
        QFETCH(int, period);
        const TemplateLoop loop(static_cast<LoopRule>(rule), 7, 0);
        QCOMPARE(loop.period(), period);
        for (std::int64_t i = 0; i < period; ++i) {
            QCOMPARE(loop.frameAt(i + period * 1'000'000'000LL), loop.frameAt(i));
            QCOMPARE(loop.frameAt(i - period), loop.frameAt(i));
        }
    }

    void aLoneFrameStaysItself()
    {
        for (const auto rule : {LoopRule::PingPong, LoopRule::Mirror, LoopRule::Modulo})
            QCOMPARE(sequence(TemplateLoop(rule, 1, 0), 3), (std::vector<int>{0, 0, 0}));
    }
};

QTEST_GUILESS_MAIN(TemplateLoopTest)
#include "template_loop_test.moc"
