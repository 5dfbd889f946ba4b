// SPDX-License-Identifier: GPL-3.0-or-later
#include "faces/face_tracker.h"

#include "faces/landmark_model.h"
#include "media/video_reader.h"

#include <fstream>
#include <functional>

#include <QTemporaryDir>
#include <QTest>

#include <opencv2/imgproc.hpp>

using namespace lipsync;
using namespace lipsync::faces;
namespace fs = std::filesystem;

namespace {

std::vector<cv::Mat> readClip(const fs::path& file, int most)
{
    std::vector<cv::Mat> pictures;
    auto reader = media::VideoReader::open(file);
    while (reader && static_cast<int>(pictures.size()) < most) {
        const auto picture = (*reader)->next();
        if (!picture || !*picture)
            break;
        pictures.push_back(**picture);
    }
    return pictures;
}

cv::Mat shifted(const cv::Mat& picture, double x, double y)
{
    cv::Mat moved;
    cv::warpAffine(picture, moved, cv::Matx23d(1, 0, x, 0, 1, y), picture.size(), cv::INTER_LINEAR,
                   cv::BORDER_REPLICATE);
    return moved;
}

cv::Mat halfSize(const cv::Mat& picture)
{
    cv::Mat small;
    cv::resize(picture, small, {}, 0.5, 0.5, cv::INTER_AREA);
    return small;
}

} // namespace

/// Real detectors on the drawn demo face, and on real speakers where they are there.
class FaceTrackerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        auto model = LandmarkModel::load();
        QVERIFY2(model, model ? "" : model.error().text().c_str());
        m_model = std::move(*model);
        m_demo = readClip(fs::path(LIPSYNC_SOURCE_DIR) / "resources/avatars/demo.avatar/template.mp4", 12);
        QCOMPARE(m_demo.size(), std::size_t{12});
        m_speakers = fs::path(LIPSYNC_SOURCE_DIR).parent_path() / "shared/assets/talking-faces";
    }

    void aMissingModelIsNamedWithItsPackage()
    {
        const auto missing = LandmarkModel::load("/nowhere/faces.dat");
        QVERIFY(!missing && missing.error().code == ErrorCode::InvalidInput);
        QVERIFY(missing.error().message.find("libdlib-data") != std::string::npos);
    }

    void aFileThatIsNoModelIsRefused()
    {
        QTemporaryDir folder;
        const auto file = fs::path(folder.path().toStdString()) / "model.dat";
        std::ofstream(file) << std::string(5000, '\x7f');
        const auto model = LandmarkModel::load(file);
        QVERIFY(!model && model.error().code == ErrorCode::InvalidInput);
        QVERIFY(model.error().message.find("model.dat") != std::string::npos);
    }

    void theDrawnFaceIsFound()
    {
        const auto seen = follow(m_demo);
        for (const auto& face : seen) {
            QVERIFY(face.source == FaceSource::Detected);
            QVERIFY(!face.isCut);
        }
        const auto& points = seen.front().landmarks;
        QVERIFY(points[36].x < points[45].x && points[30].y > points[27].y && points[8].y > points[57].y);
        QVERIFY(shapeError(points) < 0.1);
    }

    void aDrawnFaceTooSmallForTheDetectorIsFoundAtDoubleSize()
    {
        std::vector<cv::Mat> small;
        for (const auto& picture : m_demo)
            small.push_back(halfSize(halfSize(picture))); // the face is 60 pixels wide, the detector needs 80
        const auto seen = follow(small), large = follow(m_demo);
        for (std::size_t i = 0; i < seen.size(); ++i) {
            QVERIFY2(seen[i].isFound(), qPrintable(QString::number(i)));
            QVERIFY(cv::norm(seen[i].landmarks[30] * 4 - large[i].landmarks[30]) < 12);
        }
    }

    void theOperatorsBoxIsBelievedWhereNoDetectorSeesAFace()
    {
        // Inverted, a face is none to a detector, but it can be followed.
        std::vector<cv::Mat> pictures;
        for (std::size_t i = 0; i < m_demo.size(); ++i)
            pictures.push_back(shifted(cv::Scalar::all(255) - m_demo[i], static_cast<double>(i) * 2, 0));
        const auto truth = follow(m_demo);
        FaceTrackerOptions options;
        options.model = m_model;
        QVERIFY(!follow(pictures, options).front().isFound());
        options.box = truth.front().box;
        const auto seen = follow(pictures, options);
        QVERIFY(seen.front().source == FaceSource::Tracked);
        for (std::size_t i = 0; i < seen.size(); ++i) {
            QVERIFY(seen[i].isFound());
            const auto expected = truth[i].box + cv::Point2f(2.0F * static_cast<float>(i), 0);
            QVERIFY2(overlap(seen[i].box, expected) > 0.7, qPrintable(QString::number(i)));
        }
    }

    void theFaceThatWasChosenIsFollowed()
    {
        std::vector<cv::Mat> pairs; // a large face on the left, a smaller one on the right
        for (const auto& picture : m_demo) {
            cv::Mat pair(picture.rows, picture.cols * 2, CV_8UC3, cv::Scalar(190, 190, 190));
            picture.copyTo(pair(cv::Rect({}, picture.size())));
            const cv::Mat small = halfSize(picture);
            small.copyTo(pair(cv::Rect({picture.cols + 40, 100}, small.size())));
            pairs.push_back(pair);
        }
        const float middle = static_cast<float>(m_demo.front().cols);
        FaceTrackerOptions options;
        options.model = m_model;
        const auto largest = follow(pairs, options);
        options.number = 2;
        const auto second = follow(pairs, options);
        QCOMPARE(largest.front().otherFaces, 1);
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            QVERIFY(largest[i].isFound() && largest[i].box.x + largest[i].box.width < middle);
            QVERIFY(second[i].isFound() && second[i].box.x > middle);
        }
    }

    void aCoveredFaceIsLostAndFoundAgain()
    {
        auto pictures = m_demo;
        for (std::size_t i = 4; i < 8; ++i)
            pictures[i] = cv::Mat(pictures[i].size(), CV_8UC3, cv::Scalar(0, 0, 0));
        const auto seen = follow(pictures);
        for (std::size_t i = 0; i < seen.size(); ++i)
            QCOMPARE(seen[i].isFound(), i < 4 || i >= 8);
        QVERIFY(seen[4].isCut && seen[8].isCut);
        QVERIFY(!seen[8].isElsewhere);
    }

    void aFaceThatAppearsElsewhereIsMarked()
    {
        auto pictures = m_demo;
        for (std::size_t i = 6; i < pictures.size(); ++i) {
            cv::Mat other(pictures[i].size(), CV_8UC3, cv::Scalar(40, 90, 30));
            const cv::Mat small = halfSize(pictures[i]);
            small.copyTo(other(cv::Rect({other.cols - small.cols, other.rows - small.rows}, small.size())));
            pictures[i] = other;
        }
        const auto seen = follow(pictures);
        QVERIFY(seen[6].isFound() && seen[6].isCut && seen[6].isElsewhere);
        QVERIFY(!seen[7].isElsewhere);
    }

    void aTrackerCanStartFromAKnownFace()
    {
        const auto forwards = follow(m_demo);
        FaceTrackerOptions options;
        options.model = m_model;
        auto tracker = FaceTracker::create(options);
        QVERIFY(tracker && (*tracker)->startFrom(m_demo.back(), forwards.back()));
        for (std::size_t i = m_demo.size() - 1; i-- > 0;) {
            const auto seen = (*tracker)->next(m_demo[i]);
            QVERIFY2(seen && overlap(seen->box, forwards[i].box) > 0.75,
                     qPrintable(QString("frame %1: %2 %3")
                                    .arg(i)
                                    .arg(static_cast<int>(seen->source))
                                    .arg(overlap(seen->box, forwards[i].box))));
        }
    }

    void picturesOfAnotherSizeAreRefused()
    {
        FaceTrackerOptions options;
        options.model = m_model;
        auto tracker = FaceTracker::create(options);
        QVERIFY(tracker && (*tracker)->next(m_demo.front()));
        QVERIFY(!(*tracker)->next(halfSize(m_demo.front())));
        QVERIFY(!(*tracker)->next(cv::Mat()));
    }

    void everyFrameOfSixSpeakersHasItsFace_data()
    {
        QTest::addColumn<QString>("file");
        for (const char* file : {"bbaf2n", "brbk7n", "lbax4n", "lrwp9a", "sbia1a", "swiz3n"})
            QTest::newRow(file) << file;
    }

    void everyFrameOfSixSpeakersHasItsFace()
    {
        QFETCH(QString, file);
        const auto pictures = speaker(file, 75);
        if (pictures.empty())
            QSKIP("No talking faces in ../shared: nothing is known about real faces.");
        const auto seen = follow(pictures);
        QCOMPARE(seen.size(), std::size_t{75});
        for (const auto& face : seen)
            QVERIFY(face.source == FaceSource::Detected && !face.isCut);
    }

    /// Faults put into a speaker's clip: every face that is reported must lie where the untouched clip has it.
    void noFaultLeavesAWrongBox_data()
    {
        using Fault = std::function<cv::Mat(const cv::Mat&, const cv::Rect&, int)>;
        QTest::addColumn<Fault>("fault");
        QTest::addColumn<int>("mostFound"); // of the ten frames with the whole fault
        const auto bar = [](double left, double top, double width, double height) {
            return Fault([=](const cv::Mat& picture, const cv::Rect& box, int step) {
                cv::Mat covered = picture.clone();
                const double share = std::min(1.0, step / 10.0);
                cv::rectangle(
                    covered,
                    cv::Rect(static_cast<int>(box.x + left * box.width), static_cast<int>(box.y + top * box.height),
                             static_cast<int>(width * share * box.width), static_cast<int>(height * box.height)),
                    {60, 80, 90}, cv::FILLED);
                return covered;
            });
        };
        QTest::newRow("half covered") << bar(-0.2, -0.3, 0.7, 1.6) << 10;
        QTest::newRow("wholly covered") << bar(-0.2, -0.3, 1.4, 1.6) << 0;
        QTest::newRow("mouth covered") << bar(0.1, 0.6, 0.8, 0.6) << 10;
        QTest::newRow("blurred") << Fault([](const cv::Mat& picture, const cv::Rect&, int step) {
            cv::Mat blurred;
            cv::GaussianBlur(picture, blurred, {}, 0.5 + 0.5 * std::min(10, step));
            return blurred;
        }) << 10;
        QTest::newRow("dark") << Fault([](const cv::Mat& picture, const cv::Rect&, int step) {
            return cv::Mat(picture * (1.0 - 0.09 * std::min(10, step)));
        }) << 10;
    }

    void noFaultLeavesAWrongBox()
    {
        using Fault = std::function<cv::Mat(const cv::Mat&, const cv::Rect&, int)>;
        QFETCH(Fault, fault);
        QFETCH(int, mostFound);
        const auto pictures = speaker("lrwp9a", 30);
        if (pictures.empty())
            QSKIP("No talking faces in ../shared: nothing is known about real faces.");
        const auto truth = follow(pictures);
        std::vector<cv::Mat> faulty;
        for (int i = 0; i < 30; ++i) {
            const auto at = static_cast<std::size_t>(i);
            const int step = i < 5 ? 0 : i - 4;
            faulty.push_back(step == 0 || i >= 25 ? pictures[at] : fault(pictures[at], cv::Rect(truth[at].box), step));
        }
        const auto seen = follow(faulty);
        int found = 0;
        for (std::size_t i = 0; i < seen.size(); ++i) {
            if (!seen[i].isFound())
                continue;
            const double shared = overlap(boundingBox(seen[i].landmarks), boundingBox(truth[i].landmarks));
            QVERIFY2(shared > 0.5, qPrintable(QString("frame %1: %2").arg(i).arg(shared)));
            found += i >= 15 && i < 25 ? 1 : 0;
        }
        QVERIFY2(found <= mostFound, qPrintable(QString::number(found)));
        QVERIFY(seen.back().source == FaceSource::Detected);
    }

    void aCutBetweenSpeakersIsSeen()
    {
        auto pictures = speaker("bbaf2n", 10);
        const auto other = speaker("brbk7n", 10);
        if (pictures.empty())
            QSKIP("No talking faces in ../shared: nothing is known about real faces.");
        pictures.insert(pictures.end(), other.begin(), other.end());
        const auto seen = follow(pictures);
        for (std::size_t i = 0; i < seen.size(); ++i) {
            QVERIFY(seen[i].isFound());
            QCOMPARE(seen[i].isCut, i == 10);
        }
    }

    void framesASecond()
    {
        const auto pictures = speaker("lrwp9a", 75);
        if (pictures.empty())
            QSKIP("No talking faces in ../shared: nothing to be measured.");
        QBENCHMARK_ONCE
        {
            (void)follow(pictures);
        } // 75 frames of 360×288; at 60 a second 1250 ms
    }

private:
    std::vector<FaceObservation> follow(const std::vector<cv::Mat>& pictures)
    {
        FaceTrackerOptions options;
        options.model = m_model;
        return follow(pictures, options);
    }

    static std::vector<FaceObservation> follow(const std::vector<cv::Mat>& pictures, const FaceTrackerOptions& options)
    {
        std::vector<FaceObservation> seen;
        const auto tracker = FaceTracker::create(options);
        for (const auto& picture : pictures) {
            const auto face = (*tracker)->next(picture);
            if (!face)
                qFatal("%s", face.error().message.c_str());
            seen.push_back(*face);
        }
        return seen;
    }

    std::vector<cv::Mat> speaker(const QString& name, int most) const
    {
        return readClip(m_speakers / (name + ".mpg").toStdString(), most);
    }

    std::shared_ptr<const LandmarkModel> m_model;
    std::vector<cv::Mat> m_demo;
    fs::path m_speakers;
};

QTEST_GUILESS_MAIN(FaceTrackerTest)
#include "face_tracker_test.moc"
