// SPDX-License-Identifier: GPL-3.0-or-later
#include "faces/crop_rule.h"
#include "faces/head_pose.h"
#include "faces/landmark_smoothing.h"

#include <cmath>
#include <random>

#include <QTest>

using namespace lipsync::faces;

namespace {

/// The mean face, `size` pixels between its eyes, with their middle at `place`.
Landmarks68 faceAt(cv::Point2f place, float size, float widen = 1.0F)
{
    Landmarks68 face;
    for (std::size_t i = 0; i < kLandmarkCount; ++i)
        face[i] = place + cv::Point2f(meanFace()[i].x * widen, meanFace()[i].y) * size;
    return face;
}

double noiseOf(const std::vector<double>& values)
{
    double squares = 0.0;
    for (std::size_t i = 2; i < values.size(); ++i)
        squares += std::pow(values[i] - 2 * values[i - 1] + values[i - 2], 2);
    return std::sqrt(squares / static_cast<double>(values.size() - 2) / 6.0);
}

} // namespace

class LandmarkTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aSimilarityIsFoundAndInverted()
    {
        const Similarity truth{1.2, 0.5, {30.0, -7.0}};
        Landmarks68 moved;
        for (std::size_t i = 0; i < kLandmarkCount; ++i)
            moved[i] = truth(meanFace()[i]);
        const auto found = fitSimilarity(meanFace(), moved);
        QVERIFY(std::abs(found.a - truth.a) < 1e-5 && std::abs(found.b - truth.b) < 1e-5);
        const auto back = found.inverse()(moved[30]);
        QVERIFY(cv::norm(back - meanFace()[30]) < 1e-5);
    }

    void theSizeOfAFaceIsTheDistanceOfItsEyes() { QVERIFY(std::abs(faceSize(faceAt({100, 100}, 80)) - 80.0) < 1e-3); }

    void aFaceHasTheShapeOfAFaceAndNoiseHasNot()
    {
        QVERIFY(shapeError(faceAt({100, 100}, 80)) < 1e-4);
        QVERIFY(shapeError(faceAt({100, 100}, 80, 0.5F)) < 0.02); // turned, roughly
        std::mt19937 random(1);
        std::uniform_real_distribution<float> place(0, 100);
        Landmarks68 noise;
        for (auto& point : noise)
            point = {place(random), place(random)};
        QVERIFY(shapeError(noise) > 0.3);
    }

    void theCropSquareFollowsSyncTalksRule()
    {
        const auto face = faceAt({200, 150}, 100);
        const auto square = faceSquare(face);
        QVERIFY(std::abs(square.top - face[28].y) < 1e-3);
        QVERIFY(std::abs(square.centreX - 200) < 1e-3);
        QVERIFY(std::abs(square.side - (face[15].x + face[16].x - face[0].x - face[1].x) / 2) < 1e-3);
        QVERIFY(face[8].y < square.top + square.side);
    }

    void theChinOfATurnedFaceStaysInside()
    {
        const auto face = faceAt({200, 150}, 100, 0.5F);
        const auto square = faceSquare(face);
        QVERIFY(square.top + 0.901 * square.side > face[8].y);
    }

    void cropsOfATremblingHeadAreSteady()
    {
        std::mt19937 random(2);
        std::normal_distribution<float> tremble(0, 1);
        std::vector<std::optional<Landmarks68>> frames;
        for (int i = 0; i < 200; ++i)
            frames.emplace_back(faceAt({200 + 20 * std::sin(i / 30.0F) + tremble(random), 150 + tremble(random)},
                                       60 + tremble(random)));
        const auto plan = planCrops(frames, std::vector<bool>(200, false), {400, 400});
        std::vector<double> left, side;
        for (const auto& square : plan.squares) {
            left.push_back(square.x);
            side.push_back(square.width);
        }
        QVERIFY2(noiseOf(left) <= 0.5, qPrintable(QString::number(noiseOf(left))));
        QCOMPARE(noiseOf(side), 0.0); // the face keeps its distance: no pumping
        QVERIFY(left.back() != left.front()); // but the square follows the head
        QVERIFY(plan.pushed.empty());
    }

    void cropsBridgeFramesWithoutAFaceButNotCuts()
    {
        std::vector<std::optional<Landmarks68>> frames;
        std::vector<bool> startsScene(40, false);
        for (int i = 0; i < 40; ++i) {
            const bool isSecond = i >= 20;
            frames.emplace_back(faceAt({isSecond ? 300.0F : 100.0F, 150}, 60));
            if (i >= 8 && i < 12)
                frames.back().reset();
        }
        startsScene[20] = true;
        const auto plan = planCrops(frames, startsScene, {400, 400});
        QCOMPARE(plan.squares[10], plan.squares[0]);
        QCOMPARE(plan.squares[19], plan.squares[0]);
        QVERIFY(std::abs(plan.squares[20].x - plan.squares[19].x - 200) <= 1);
    }

    void cropsStayInsideOfTheFrameAndSaySo()
    {
        std::vector<std::optional<Landmarks68>> frames(20, faceAt({30, 250}, 90));
        const auto plan = planCrops(frames, std::vector<bool>(20, false), {320, 320});
        for (const auto& square : plan.squares)
            QVERIFY((square & cv::Rect(0, 0, 320, 320)) == square && square.width == square.height);
        QCOMPARE(plan.pushed.size(), std::size_t{20});
    }

    void aClipWithoutFacesHasNoCrops()
    {
        const std::vector<std::optional<Landmarks68>> frames(5);
        QVERIFY(planCrops(frames, std::vector<bool>(5, false), {320, 320}).squares.empty());
    }

    void smoothingTakesTheTrembleAndLeavesTheMouth()
    {
        std::mt19937 random(3);
        std::normal_distribution<float> tremble(0, 0.5F);
        std::vector<std::optional<Landmarks68>> frames;
        for (int i = 0; i < 100; ++i) {
            auto face = faceAt({200 + static_cast<float>(i), 150}, 80);
            for (auto& point : face)
                point += cv::Point2f(tremble(random), tremble(random));
            if (i == 50) { // one frame's opening, as a vowel between two closures
                for (const std::size_t lip : {65, 66, 67})
                    face[lip].y += 10;
            }
            frames.emplace_back(face);
        }
        const auto smooth = smoothLandmarks(frames, std::vector<bool>(100, false));
        std::vector<double> before, after;
        for (int i = 0; i < 100; ++i) {
            before.push_back((*frames[static_cast<std::size_t>(i)])[30].y);
            after.push_back((*smooth[static_cast<std::size_t>(i)])[30].y);
        }
        QVERIFY(noiseOf(after) < 0.25 * noiseOf(before));
        const auto opening = [&](std::size_t i) { return (*smooth[i])[66].y - (*smooth[i])[62].y; };
        QVERIFY(opening(50) - opening(40) > 5.0); // kept for the most part
        QVERIFY(opening(50) > opening(49) && opening(50) > opening(51)); // and where it was
        const double head = (*smooth[70])[30].x - (*smooth[30])[30].x;
        QVERIFY(std::abs(head - 40.0) < 1.0); // a moving head does not lag
    }

    void nothingIsSmoothedAcrossLossesAndCuts()
    {
        std::vector<std::optional<Landmarks68>> frames(10, faceAt({100, 100}, 50));
        for (std::size_t i = 5; i < 10; ++i)
            frames[i] = faceAt({250, 100}, 50);
        frames[2].reset();
        std::vector<bool> startsScene(10, false);
        startsScene[5] = true;
        const auto smooth = smoothLandmarks(frames, startsScene);
        QVERIFY(!smooth[2]);
        QVERIFY(cv::norm((*smooth[4])[30] - (*frames[4])[30]) < 1e-3);
        QVERIFY(cv::norm((*smooth[5])[30] - (*frames[5])[30]) < 1e-3);
        QCOMPARE(faceRuns(frames, startsScene).size(), std::size_t{3});
    }

    void aTiltedHeadHasItsRoll()
    {
        auto face = faceAt({0, 0}, 80);
        const Similarity tilt{std::cos(0.3), std::sin(0.3), {180, 140}};
        for (auto& point : face)
            point = tilt(point);
        const auto pose = headPose(face, {360, 288});
        QVERIFY2(std::abs(pose.roll - 0.3 * 180 / CV_PI) < 4.0, qPrintable(QString::number(pose.roll)));
        QVERIFY(std::abs(pose.yaw) < 8.0);
    }
};

QTEST_GUILESS_MAIN(LandmarkTest)
#include "landmark_test.moc"
