// SPDX-License-Identifier: GPL-3.0-or-later
// What a speaker's clip is cut and measured into.

#include "training/frame_split.h"
#include "training/mouth_shape.h"

#include <algorithm>

#include <QTest>

using namespace lipsync;

class SpeakerClipTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theHeldOutStretchSpeaks()
    {
        std::vector<std::uint8_t> speaking(200, 1);
        std::fill(speaking.begin() + 120, speaking.end(), std::uint8_t{0}); // silent from frame 120 on
        const auto split = training::splitFrames(speaking);
        QCOMPARE(split.heldCount, 30);
        QCOMPARE(split.gap, 8);
        QCOMPARE(split.heldFirst, 102); // the last stretch that speaks in 60 % of its frames, as the clip does
        for (const int frame : split.training) {
            QVERIFY(!split.isHeld(frame));
            QVERIFY(frame < split.heldFirst - split.gap || frame >= split.heldFirst + split.heldCount + split.gap);
        }
        QCOMPARE(static_cast<int>(split.training.size()), 200 - 30 - 2 * 8);
    }

    void aClipThatSpeaksThroughoutGivesItsEnd()
    {
        const auto split = training::splitFrames(std::vector<std::uint8_t>(10000, 1));
        QCOMPARE(split.heldFirst + split.heldCount, 10000);
        QCOMPARE(split.heldCount, 375); // 15 s are enough to judge by
        QCOMPARE(split.training.back(), 10000 - 375 - 25 - 1);
    }

    void theShortestClipStillHasBothParts()
    {
        const auto split = training::splitFrames(std::vector<std::uint8_t>(50, 0));
        QCOMPARE(split.heldCount, 8);
        QVERIFY(split.training.size() >= 34);
    }

    void mouthsAreMeasuredAgainstTheUsualWidth()
    {
        std::vector<cv::Point2f> landmarks(3 * training::kLandmarks, cv::Point2f(50, 50));
        const auto mouth = [&](int frame, float width, float open) {
            auto* face = landmarks.data() + frame * training::kLandmarks;
            face[48] = {50 - width / 2, 60};
            face[54] = {50 + width / 2, 60};
            for (int i = 0; i < 3; ++i) {
                face[61 + i] = {48.0f + 2.0f * static_cast<float>(i), 60 - open / 2};
                face[67 - i] = {48.0f + 2.0f * static_cast<float>(i), 60 + open / 2};
            }
        };
        mouth(0, 40, 0);
        mouth(1, 40, 10);
        mouth(2, 32, 20);
        const auto shapes = training::measureMouths(landmarks);
        QCOMPARE(shapes.size(), std::size_t{3});
        QCOMPARE(shapes[0].openness, 0.0f);
        QCOMPARE(shapes[1].openness, 0.5f); // half of half the usual width of 40
        QCOMPARE(shapes[2].openness, 1.0f);
        QCOMPARE(shapes[2].width, 0.8f);
        QVERIFY(training::mouthKind(shapes[0]) != training::mouthKind(shapes[1]));
        QVERIFY(training::mouthKind(shapes[1]) != training::mouthKind(shapes[2]));
    }

    void aMouthBoxHoldsTheLipsAndSomeSkin()
    {
        std::vector<cv::Point2f> face(training::kLandmarks, cv::Point2f(30, 90));
        face[48] = {0, 90};
        face[54] = {60, 90};
        face[51] = {30, 84};
        face[57] = {30, 99};
        const auto box = training::mouthBox(face);
        QCOMPARE(box, cv::Rect2f(-10, 79, 80, 25));
    }
};

QTEST_GUILESS_MAIN(SpeakerClipTest)
#include "speaker_clip_test.moc"
