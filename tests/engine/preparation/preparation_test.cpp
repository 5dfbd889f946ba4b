// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/preparation.h"

#include "avatar/avatar_package.h"
#include "base/file_system.h"
#include "media/video_reader.h"
#include "media/video_writer.h"
#include "preparation/clip_analysis.h"

#include <cmath>
#include <functional>

#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

using namespace lipsync;
using namespace lipsync::preparation;
namespace fs = std::filesystem;

namespace {

bool hasWarning(const std::vector<std::string>& warnings, const std::string& word)
{
    return std::any_of(warnings.begin(), warnings.end(),
                       [&](const auto& warning) { return warning.find(word) != std::string::npos; });
}

/// A report with nothing to complain about.
QualityReport goodReport()
{
    QualityReport report;
    report.frames = report.framesWithFace = report.framesDetected = 3000;
    report.faceWidth = {300, 310, 320};
    report.sharpness = {150, 200, 250};
    report.brightness = {120, 125, 130};
    report.contrast = {40, 42, 44};
    report.sound = {true, -20, -1, 0.8, 0.0};
    return report;
}

} // namespace

/// Videos of the drawn demo person, looked at by the real detectors.
class PreparationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_temporary.isValid());
        m_root = m_temporary.path().toStdString();
        m_demo = fs::path(LIPSYNC_SOURCE_DIR) / "resources/avatars/demo.avatar/template.mp4";
    }

    void cleanup()
    {
        fs::remove_all(output());
        QVERIFY(!fs::exists(fs::path(output()).concat(".part")));
        QVERIFY(!fs::exists(fs::path(output()).concat(".preparing")));
    }

    void aVideoBecomesAPreparedAvatar()
    {
        auto request = requestFor(m_demo);
        request.seconds = 0.8;
        request.title = "Drawn";
        request.pictures = m_root / "pictures";
        std::vector<double> shares;
        const auto report = prepare(request, [&](const auto& state) { shares.push_back(state.share); });
        QVERIFY2(report, report ? "" : report.error().text().c_str());
        QCOMPARE(report->frames, std::size_t{20});
        QCOMPARE(report->framesWithFace, std::size_t{20});
        QCOMPARE(report->frameSources, std::string(20, 'D'));
        QVERIFY(report->cropJitter <= 0.5);
        QVERIFY(hasWarning(report->warnings, "no sound") && hasWarning(report->warnings, "0.8 s long"));
        QVERIFY(std::is_sorted(shares.begin(), shares.end()) && shares.back() <= 1.0);

        const auto package = avatar::AvatarPackage::open(output());
        QVERIFY2(package, package ? "" : package.error().text().c_str());
        QVERIFY(!(*package)->isTrained());
        QCOMPARE((*package)->manifest().title, std::string("Drawn"));
        QCOMPARE((*package)->manifest().name, std::string("made"));
        const auto landmarks = (*package)->landmarks();
        QCOMPARE((*landmarks)->shape, (std::vector<std::size_t>{20, 68, 2}));
        const auto& crop = (*package)->crops().front();
        const float chin = (*landmarks)->values[8 * 2 + 1];
        QVERIFY(chin > static_cast<float>(crop.y1) && chin < static_cast<float>(crop.y2));
        const auto text = readFile((*package)->reportFile().value(), 1 << 20);
        QCOMPARE(nlohmann::json::parse(*text).at("frames_with_face").get<int>(), 20);
        QVERIFY(!cv::imread((*package)->previewFile()->string()).empty());
        QVERIFY(!fs::is_empty(request.pictures));
    }

    void framesWithoutAFaceAreReportedOneByOne()
    {
        const auto video = makeVideo("black.mp4", 20, [](cv::Mat picture, int frame) {
            return frame >= 8 && frame < 12 ? cv::Mat(picture.size(), CV_8UC3, cv::Scalar(20, 20, 20)) : picture;
        });
        const auto report = prepare(requestFor(video));
        QVERIFY2(report, report ? "" : report.error().text().c_str());
        QCOMPARE(report->frameSources, std::string("DDDDDDDDLLLLDDDDDDDD"));
        QCOMPARE(report->lost.size(), std::size_t{1});
        QCOMPARE(report->lost.front().first, std::size_t{8});
        QCOMPARE(report->lost.front().last, std::size_t{11});
        QVERIFY(hasWarning(report->warnings, "8–11") && hasWarning(report->warnings, "jumps"));
        const auto package = avatar::AvatarPackage::open(output());
        QVERIFY2(package, package ? "" : package.error().text().c_str());
        const auto landmarks = (*package)->landmarks();
        QVERIFY(std::isnan((*landmarks)->values[9 * 68 * 2]) && std::isfinite((*landmarks)->values[12 * 68 * 2]));
    }

    void aVideoWithoutAFaceIsRefused()
    {
        const auto video = makeVideo("empty.mp4", 12, [](const cv::Mat& picture, int) {
            return cv::Mat(picture.size(), CV_8UC3, cv::Scalar(120, 90, 60));
        });
        const auto report = prepare(requestFor(video));
        QVERIFY(!report && report.error().code == ErrorCode::InvalidInput);
        QVERIFY(report.error().message.find("--face x,y,w,h") != std::string::npos);
        QVERIFY(!fs::exists(output()));
    }

    void whatIsNoVideoIsRefused()
    {
        QVERIFY(writeFile(m_root / "text.mp4", "this is no video"));
        const auto report = prepare(requestFor(m_root / "text.mp4"));
        QVERIFY(!report && report.error().code == ErrorCode::InvalidInput);
        QVERIFY(report.error().message.find("text.mp4") != std::string::npos);
    }

    void aBoxOutsideOfThePictureIsRefused()
    {
        auto request = requestFor(m_demo);
        request.seconds = 0.4;
        request.faceBox = cv::Rect2f(2000, 2000, 100, 100);
        const auto report = prepare(request);
        QVERIFY(!report && report.error().code == ErrorCode::Usage);
    }

    void anExistingFolderIsLeftAlone()
    {
        fs::create_directory(output());
        auto request = requestFor(m_demo);
        QVERIFY(!prepare(request));
        request.overwrite = true; // it is no avatar
        const auto report = prepare(request);
        QVERIFY(!report && report.error().code == ErrorCode::InvalidInput);
        QVERIFY(fs::is_directory(output()) && fs::is_empty(output()));
    }

    void aStopLeavesNothing()
    {
        std::stop_source stop;
        const auto report = prepare(
            requestFor(m_demo),
            [&](const auto& state) {
                if (state.stage == "finding the face" && state.frames == 3)
                    stop.request_stop();
            },
            stop.get_token());
        QVERIFY(!report && report.error().code == ErrorCode::Interrupted);
        QVERIFY(!fs::exists(output()));
    }

    void aGoodClipHasNoWarnings()
    {
        const auto warnings = warningsOf(goodReport(), {});
        QVERIFY2(warnings.empty(), warnings.empty() ? "" : warnings.front().c_str());
    }

    void everyFaultHasItsWarning_data()
    {
        using Change = std::function<void(QualityReport&)>;
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("word");
        const auto row = [](const char* name, Change change, const char* word) {
            QTest::newRow(name) << change << QString(word);
        };
        row(
            "lost",
            [](auto& report) {
                report.lost = {{25, 49}};
            },
            "frames 25–49 (0:01.0)");
        row(
            "covered",
            [](auto& report) {
                report.mouthCovered = {{3, 3}};
            },
            "cover the mouth in 1 frames: frames 3 ");
        row(
            "tracked",
            [](auto& report) {
                report.tracked = {{0, 900}};
            },
            "no detector");
        row(
            "turned",
            [](auto& report) {
                report.turned = {{0, 600}};
            },
            "turned far");
        row(
            "cut", [](auto& report) { report.cuts = {75}; }, "frame 75 (0:03.0)");
        row(
            "elsewhere", [](auto& report) { report.elsewhere = {1500}; }, "1:00.0");
        row(
            "others", [](auto& report) { report.otherFaces = 2; }, "--face 2");
        row(
            "small", [](auto& report) { report.faceWidth.median = 60; }, "60 pixels wide");
        row(
            "outside",
            [](auto& report) {
                report.cropPushed = {{0, 99}};
            },
            "leaves the picture");
        row(
            "soft", [](auto& report) { report.sharpness.most = 20; }, "out of focus");
        row(
            "blurred",
            [](auto& report) {
                report.blurred = {{0, 299}};
            },
            "blurred in 300 frames");
        row(
            "dark", [](auto& report) { report.brightness.median = 20; }, "dark");
        row(
            "bright", [](auto& report) { report.brightness.median = 240; }, "too bright");
        row(
            "flat", [](auto& report) { report.contrast.median = 5; }, "contrast");
        row(
            "clipped", [](auto& report) { report.clippedShare = 0.2; }, "20 % of the face");
        row(
            "flicker", [](auto& report) { report.flicker = 5; }, "flickers");
        row(
            "silent", [](auto& report) { report.sound = {}; }, "no sound");
        row(
            "quiet", [](auto& report) { report.sound.loudness = -60; }, "very quiet");
        row(
            "few words", [](auto& report) { report.sound.heardShare = 0.1; }, "Only 10 %");
        row(
            "overdriven", [](auto& report) { report.sound.clippedShare = 0.05; }, "overdriven");
        row(
            "short", [](auto& report) { report.frames = 100; }, "4.0 s long");
    }

    void everyFaultHasItsWarning()
    {
        using Change = std::function<void(QualityReport&)>;
        QFETCH(Change, change);
        QFETCH(QString, word);
        auto report = goodReport();
        change(report);
        const auto warnings = warningsOf(report, {});
        QCOMPARE(warnings.size(), std::size_t{1});
        QVERIFY2(hasWarning(warnings, word.toStdString()), warnings.front().c_str());
    }

    void soundIsMeasured()
    {
        constexpr int kRate = 16000;
        std::vector<float> samples(kRate, 0.0F);
        for (int i = 0; i < kRate / 2; ++i)
            samples[static_cast<std::size_t>(i)] = 0.1F * static_cast<float>(std::sin(2 * CV_PI * 440 * i / kRate));
        const auto sound = measureSound(samples, kRate);
        QVERIFY(std::abs(sound.peak + 20.0) < 0.1); // 0.1 of full scale
        QVERIFY(std::abs(sound.loudness + 23.0) < 0.2); // a sine's RMS is 3 dB below its peak
        QVERIFY(std::abs(sound.heardShare - 0.5) < 0.02);
        QCOMPARE(sound.clippedShare, 0.0);
        QVERIFY(measureSound({}, kRate).heardShare == 0.0);
    }

private:
    fs::path output() const { return m_root / "made.avatar"; }

    PreparationRequest requestFor(const fs::path& video) const
    {
        PreparationRequest request;
        request.video = video;
        request.output = output();
        return request;
    }

    /// The demo's first frames with something done to them.
    fs::path makeVideo(const char* name, int frames, const std::function<cv::Mat(cv::Mat, int)>& change)
    {
        const auto file = m_root / name;
        auto reader = media::VideoReader::open(m_demo).value();
        media::VideoOptions options;
        options.width = reader->info().width;
        options.height = reader->info().height;
        options.overwrite = true;
        auto writer = media::VideoWriter::create(file, options).value();
        for (int i = 0; i < frames; ++i) {
            if (!writer->write(change(*reader->next().value(), i)))
                qFatal("the video could not be written");
        }
        if (!writer->finish())
            qFatal("the video could not be finished");
        return file;
    }

    QTemporaryDir m_temporary;
    fs::path m_root;
    fs::path m_demo;
};

QTEST_GUILESS_MAIN(PreparationTest)
#include "preparation_test.moc"
