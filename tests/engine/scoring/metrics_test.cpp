// SPDX-License-Identifier: GPL-3.0-or-later
// The figures of a score against closed forms and slow, plain reckonings.

#include "scoring/mouth_shape.h"
#include "scoring/picture_jitter.h"
#include "scoring/picture_metrics.h"
#include "scoring/score_report.h"
#include "scoring/series.h"
#include "scoring/sync_distances.h"
#include "scoring/sync_face.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include <QTest>
#include <opencv2/core.hpp>

using namespace lipsync::scoring;

namespace {

bool near(double a, double b, double tolerance)
{
    return std::abs(a - b) <= tolerance;
}

cv::Mat noise(cv::Size size, std::uint32_t seed)
{
    std::mt19937 random(seed);
    cv::Mat picture(size, CV_8UC3);
    for (auto& number : cv::Mat_<cv::Vec3b>(picture))
        number = {static_cast<std::uint8_t>(random()), static_cast<std::uint8_t>(random()),
                  static_cast<std::uint8_t>(random())};
    return picture;
}

/// SSIM by its definition: every window, every weight, one after the other.
double slowSsim(const cv::Mat& a, const cv::Mat& b)
{
    double weights[11][11], total = 0;
    for (int y = 0; y < 11; ++y) {
        for (int x = 0; x < 11; ++x)
            total += weights[y][x] = std::exp(-((x - 5) * (x - 5) + (y - 5) * (y - 5)) / (2 * 1.5 * 1.5));
    }
    const double c1 = 0.01 * 255 * 0.01 * 255, c2 = 0.03 * 255 * 0.03 * 255;
    double sum = 0, count = 0;
    for (int channel = 0; channel < 3; ++channel) {
        for (int top = 0; top + 11 <= a.rows; ++top) {
            for (int left = 0; left + 11 <= a.cols; ++left) {
                double ma = 0, mb = 0;
                const auto each = [&](auto take) {
                    for (int y = 0; y < 11; ++y) {
                        for (int x = 0; x < 11; ++x)
                            take(weights[y][x] / total, a.at<cv::Vec3b>(top + y, left + x)[channel],
                                 b.at<cv::Vec3b>(top + y, left + x)[channel]);
                    }
                };
                each([&](double w, double va, double vb) { ma += w * va, mb += w * vb; });
                double va = 0, vb = 0, both = 0;
                each([&](double w, double x, double y) {
                    va += w * (x - ma) * (x - ma), vb += w * (y - mb) * (y - mb), both += w * (x - ma) * (y - mb);
                });
                sum += (2 * ma * mb + c1) * (2 * both + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
                ++count;
            }
        }
    }
    return sum / count;
}

const Verdict* verdictOf(const std::vector<Verdict>& verdicts, const std::string& key)
{
    const auto found = std::ranges::find(verdicts, key, &Verdict::key);
    return found == verdicts.end() ? nullptr : &*found;
}

Landmarks someFace()
{
    Landmarks face;
    for (std::size_t i = 0; i < face.size(); ++i)
        face[i] = {100.0F + static_cast<float>(i % 10) * 3, 80.0F + static_cast<float>(i / 10) * 5};
    face[36] = {100, 100};
    face[45] = {200, 100};
    return face;
}

/// Distances as the original reckons them: everything at once, in double.
std::vector<double> slowMeanDistances(const std::vector<std::vector<float>>& lips,
                                      const std::vector<std::vector<float>>& sounds, int reach)
{
    std::vector<double> means;
    for (int shift = -reach; shift <= reach; ++shift) {
        double sum = 0;
        for (int i = 0; i < static_cast<int>(lips.size()); ++i) {
            const int j = i + shift;
            double squares = 0;
            for (std::size_t n = 0; n < lips[0].size(); ++n) {
                const double sound = j >= 0 && j < static_cast<int>(sounds.size()) ? sounds[j][n] : 0.0;
                squares += std::pow(lips[i][n] - sound + 1e-6, 2);
            }
            sum += std::sqrt(squares);
        }
        means.push_back(sum / static_cast<double>(lips.size()));
    }
    return means;
}

std::vector<std::vector<float>> randomPoints(std::size_t count, std::uint32_t seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> number;
    std::vector<std::vector<float>> points(count, std::vector<float>(16));
    for (auto& point : points)
        std::generate(point.begin(), point.end(), [&] { return number(random); });
    return points;
}

} // namespace

class MetricsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void identicalPicturesAreIdentical()
    {
        const auto picture = noise({40, 30}, 1);
        QCOMPARE(meanSquaredError(picture, picture), 0.0);
        QVERIFY(std::isinf(psnr(0)));
        QCOMPARE(ssim(picture, picture).value(), 1.0);
    }

    void psnrOfAKnownErrorIsKnown()
    {
        const cv::Mat dark(20, 20, CV_8UC3, cv::Scalar::all(100));
        const cv::Mat lighter(20, 20, CV_8UC3, cv::Scalar::all(105));
        QCOMPARE(meanSquaredError(dark, lighter), 25.0);
        QVERIFY(near(psnr(25), 10 * std::log10(65025.0 / 25), 1e-12)); // 34.15 dB
        // Uniform bytes differ by 255² · (1/6) on average: 7.78 dB.
        QVERIFY(near(psnr(meanSquaredError(noise({200, 200}, 1), noise({200, 200}, 2))), 7.78, 0.1));
    }

    void ssimIsSymmetricAndThatOfItsDefinition()
    {
        const auto a = noise({23, 17}, 3);
        auto b = a.clone();
        cv::addWeighted(a, 0.7, noise(a.size(), 4), 0.3, 0, b);
        QVERIFY(near(ssim(a, b).value(), ssim(b, a).value(), 1e-12));
        QVERIFY(near(ssim(a, b).value(), slowSsim(a, b), 1e-9));
        QVERIFY(ssim(a, b).value() < 0.99);
    }

    void pictureWithoutAWindowHasNoSsim()
    {
        QVERIFY(!ssim(noise({10, 40}, 1), noise({10, 40}, 2)));
        QVERIFY(ssim(noise({11, 11}, 1), noise({11, 11}, 2)));
    }

    void likenessOfManyPicturesIsThatOfTheirCommonError()
    {
        PictureLikeness likeness;
        QVERIFY(!likeness.psnr() && !likeness.ssim());
        const cv::Mat dark(20, 20, CV_8UC3, cv::Scalar::all(100));
        likeness.add(dark, dark);
        likeness.add(dark, cv::Mat(20, 20, CV_8UC3, cv::Scalar::all(110)));
        likeness.add({}, {});
        QCOMPARE(likeness.pairs(), std::int64_t{2});
        QVERIFY(near(likeness.psnr().value(), psnr(50), 1e-9));
    }

    void correlationHasItsKnownValues()
    {
        const std::vector<double> a{1, 2, 3, 4}, b{2, 4, 6, 8}, down{4, 3, 2, 1}, flat{5, 5, 5, 5};
        QVERIFY(near(correlation(a, b), 1, 1e-12));
        QVERIFY(near(correlation(a, down), -1, 1e-12));
        QCOMPARE(correlation(a, flat), 0.0);
        const std::vector<double> c{1, 3, 2, 4};
        QVERIFY(near(correlation(a, c), 0.8, 1e-12)); // Spearman's example: 1 − 6·2/(4·15)
    }

    void unknownValuesArePassedOver()
    {
        const std::vector<double> a{1, unknown(), 2, 9, 3}, b{10, 7, 20, unknown(), 30};
        QVERIFY(near(correlation(a, b), 1, 1e-12));
        QVERIFY(near(mean(a), 3.75, 1e-12));
        QCOMPARE(mean(std::vector<double>{unknown()}), 0.0);
        QCOMPARE(correlation(std::vector<double>{unknown(), 1}, std::vector<double>{1, 2}), 0.0);
    }

    void theLagOfAShiftedSeriesIsItsShift_data()
    {
        QTest::addColumn<int>("shift");
        for (const int shift : {-4, -1, 0, 1, 3, 5})
            QTest::newRow(qPrintable(QString::number(shift))) << shift;
    }

    void theLagOfAShiftedSeriesIsItsShift()
    {
        QFETCH(int, shift);
        std::mt19937 random(5);
        std::vector<double> early(100), late(100);
        for (auto& value : early)
            value = static_cast<double>(random() % 1000);
        for (int i = 0; i < 100; ++i)
            late[i] = early[(i - shift + 100) % 100];
        const auto lag = bestLag(early, late, 5);
        QCOMPARE(lag.frames, shift);
        QVERIFY(lag.correlation > 0.999);
        QCOMPARE(lag.atOnce, correlation(early, late));
    }

    void theEnvelopeIsTheLoudnessOfEachFrame()
    {
        std::vector<float> sound(640 * 5, 0.0F);
        std::fill(sound.begin() + 640 * 2, sound.begin() + 640 * 3, 0.5F);
        const auto envelope = speechEnvelope(sound, 8); // longer than the sound
        const std::vector<double> expected{0, 0.125, 0.25, 0.125, 0, 0, 0, 0};
        for (std::size_t i = 0; i < expected.size(); ++i)
            QVERIFY(near(envelope[i], expected[i], 1e-6));
        // At 20 frames a second a frame has 800 samples.
        QVERIFY(near(speechEnvelope(std::vector<float>(8000, 0.5F), 10, 800)[5], 0.5, 1e-6));
    }

    void theMouthsOpeningIsAPartOfTheEyesDistance()
    {
        auto face = someFace();
        for (const std::size_t upper : {61, 62, 63})
            face[upper] = {150, 150};
        for (const std::size_t lower : {65, 66, 67})
            face[lower] = {150, 160};
        QCOMPARE(faceSize(face), 100.0);
        QVERIFY(near(mouthOpening(face), 0.1, 1e-6));
        for (auto& point : face) // twice as near to the camera
            point *= 2;
        QVERIFY(near(mouthOpening(face), 0.1, 1e-6));
    }

    void aMouthElsewhereIsTheSameMouth()
    {
        const auto face = someFace();
        auto other = face;
        for (auto& point : other)
            point += cv::Point2f(7, -3);
        QVERIFY(near(mouthDistance(face, other), 0, 1e-5));
        other[48].x += 20; // the centre moves by one, so all points by one and this by nineteen
        QVERIFY(near(mouthDistance(face, other), (19.0 + 19.0) / 20, 1e-5));
    }

    void theMouthsBoxStaysInsideThePicture()
    {
        auto face = someFace();
        for (std::size_t i = 48; i < 68; ++i)
            face[i] = {150.0F + static_cast<float>(i - 48), 160.0F + static_cast<float>((i - 48) % 2) * 8};
        QCOMPARE(mouthBox(face, {0, 0, 400, 400}), cv::Rect(cv::Point(145, 158), cv::Point(174, 170)));
        QCOMPARE(mouthBox(face, {0, 0, 160, 400}).br().x, 160);
        QVERIFY(mouthBox(face, {0, 0, 100, 100}).empty());
    }

    void jitterOfNoiseIsItsDeviation()
    {
        std::mt19937 random(11);
        std::normal_distribution<float> shake(0, 0.7F);
        PointJitter jitter;
        QVERIFY(!jitter.value());
        for (int frame = 0; frame < 400; ++frame) {
            std::vector<cv::Point2f> points;
            for (int i = 0; i < 20; ++i) // a steady movement does not count
                points.emplace_back(static_cast<float>(2 * frame) + shake(random),
                                    static_cast<float>(-frame) + shake(random));
            jitter.add(points);
        }
        QVERIFY(near(jitter.value().value(), 0.7, 0.02));
    }

    void jitterDoesNotReachAcrossAGap()
    {
        PointJitter jitter;
        const std::vector<cv::Point2f> here{{0, 0}}, far{{1000, 0}};
        for (int i = 0; i < 3; ++i)
            jitter.add(here);
        jitter.add({});
        for (int i = 0; i < 3; ++i)
            jitter.add(far);
        QCOMPARE(jitter.value().value(), 0.0);
    }

    void pixelsAreWatchedAboveTheMouth()
    {
        std::mt19937 random(13);
        std::normal_distribution<double> shake(0, 4);
        PictureJitter face, everything;
        for (int frame = 0; frame < 40; ++frame) {
            cv::Mat picture(60, 60, CV_8UC3);
            for (int y = 0; y < 60; ++y) {
                for (int x = 0; x < 60; ++x) {
                    const auto level = static_cast<std::uint8_t>(
                        std::lround(y >= 30 ? static_cast<double>(random() % 256) : 100 + shake(random)));
                    picture.at<cv::Vec3b>(y, x) = {level, level, level};
                }
            }
            face.add(picture, {10, 10, 45, 45}, {20, 30, 20, 20});
            everything.add(picture, {10, 10, 45, 45}, {});
        }
        QVERIFY(near(face.value().value(), 4, 0.15));
        QVERIFY(everything.value().value() > 15);
        face.skip();
        QVERIFY(face.value().has_value());
    }

    void syncDistancesAreThoseOfTheOriginal_data()
    {
        QTest::addColumn<int>("frames");
        QTest::addColumn<int>("reach");
        QTest::newRow("long") << 40 << 15;
        QTest::newRow("shorter than the reach") << 6 << 15;
        QTest::newRow("one") << 1 << 10;
    }

    void syncDistancesAreThoseOfTheOriginal()
    {
        QFETCH(int, frames);
        QFETCH(int, reach);
        const auto lips = randomPoints(static_cast<std::size_t>(frames), 1);
        auto sounds = randomPoints(static_cast<std::size_t>(frames), 2);
        SyncDistances distances(reach);
        QVERIFY(!distances.score());
        for (int i = 0; i < frames; ++i)
            distances.add(lips[i], sounds[i]);
        const auto means = distances.meanDistances();
        const auto expected = slowMeanDistances(lips, sounds, reach);
        QCOMPARE(means.size(), expected.size());
        for (std::size_t i = 0; i < means.size(); ++i)
            QVERIFY(near(means[i], expected[i], 1e-12));
        auto sorted = expected;
        std::sort(sorted.begin(), sorted.end());
        const auto score = distances.score().value();
        QCOMPARE(score.frames, std::int64_t{frames});
        QVERIFY(near(score.distance, sorted.front(), 1e-12));
        QVERIFY(near(score.confidence, sorted[static_cast<std::size_t>(reach)] - sorted.front(), 1e-12));
    }

    void soundThatComesLateIsFound()
    {
        const auto lips = randomPoints(60, 1);
        SyncDistances distances(10);
        for (int i = 0; i < 60; ++i) // the sound of frame i is at i + 3
            distances.add(lips[i], lips[std::max(i - 3, 0)]);
        const auto score = distances.score().value();
        QCOMPARE(score.offset, -3);
        QVERIFY(score.distance < 1 && score.confidence > 3);
    }

    void figuresAreJudgedByTheirScales()
    {
        ScoreReport report;
        QVERIFY(verdictsOf(report).empty());
        report.likeness.emplace();
        report.likeness->psnrMouth = 31;
        report.likeness->ssimMouth = 0.85;
        report.likeness->landmarkDistance = 12;
        report.likeness->landmarkDistanceShare = 0.1;
        report.likenessOfTemplate.emplace().psnrMouth = 27;
        report.likenessWithTruth.emplace().psnrMouth = 37;
        const auto verdicts = verdictsOf(report);
        QVERIFY(verdictOf(verdicts, "likeness.psnr_mouth_db")->grade == Grade::Good);
        QVERIFY(verdictOf(verdicts, "likeness.ssim_mouth")->grade == Grade::Fair);
        QVERIFY(verdictOf(verdicts, "likeness.lmd_px")->grade == Grade::Poor);
        QCOMPARE(verdictOf(verdicts, "gain_mouth_db")->value, std::string("4.0 dB"));
        QVERIFY(verdictOf(verdicts, "gain_mouth_db")->grade == Grade::Good);
        QVERIFY(verdictOf(verdicts, "copying_mouth_db")->grade == Grade::Poor);
        for (const auto& verdict : verdicts)
            QVERIFY(verdict.sentence.ends_with('.'));
    }

    void identicalPicturesNeedNoNumber()
    {
        ScoreReport report;
        report.likeness.emplace().psnrMouth = psnr(0);
        report.likenessOfTemplate.emplace().psnrMouth = 20;
        const auto verdicts = verdictsOf(report);
        QCOMPARE(verdictOf(verdicts, "likeness.psnr_mouth_db")->value, std::string("identical"));
        QVERIFY(!verdictOf(verdicts, "gain_mouth_db"));
    }

    void aLagIsJudgedOnlyOfAMouthThatFollows()
    {
        ScoreReport report;
        report.frames = 100;
        report.voice = Lag{4, 0.1, 0.05};
        QVERIFY(!verdictOf(verdictsOf(report), "voice.lag_frames"));
        report.voice = Lag{-4, 0.6, 0.2};
        const auto verdicts = verdictsOf(report);
        QVERIFY(verdictOf(verdicts, "voice.lag_frames")->grade == Grade::Poor);
        QCOMPARE(verdictOf(verdicts, "voice.lag_frames")->value, std::string("-4 frames, -160 ms"));
        report.voice = Lag{-4, 0.6, 0.5}; // within chance of 100 frames
        QVERIFY(verdictOf(verdictsOf(report), "voice.lag_frames")->grade == Grade::Fair);
        report.voice = Lag{0, 0.2, 0.2}; // as much as the true mouth does
        report.voiceOfTruth = Lag{0, 0.22, 0.22};
        QVERIFY(verdictOf(verdictsOf(report), "voice.correlation")->grade == Grade::Good);
    }

    void theFaceForSyncNetIsTheSquareOfItsPipeline()
    {
        cv::Mat picture(200, 300, CV_8UC3, cv::Scalar::all(50));
        picture(cv::Rect(150, 80, 1, 1)).setTo(cv::Scalar::all(255));
        SyncFace face;
        QVERIFY(!face.isKnown());
        // Middle (150, 80), half side 30: x from 150 − 42, y from 80 − 30, side 84.
        const auto cut = face.cut(picture, {120, 60, 60, 40});
        QCOMPARE(cut.size(), cv::Size(84, 84));
        QCOMPARE(cut.at<cv::Vec3b>(30, 42)[0], std::uint8_t{255});
        QVERIFY(face.isKnown());
        // Beyond the frame it is grey.
        SyncFace corner;
        const auto beyond = corner.cut(picture, {-20, -20, 60, 60});
        QCOMPARE(beyond.at<cv::Vec3b>(0, 0)[0], std::uint8_t{110});
        QCOMPARE(beyond.at<cv::Vec3b>(60, 60)[0], std::uint8_t{50});
    }
};

QTEST_GUILESS_MAIN(MetricsTest)
#include "metrics_test.moc"
