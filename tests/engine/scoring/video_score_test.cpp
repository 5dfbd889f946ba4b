// SPDX-License-Identifier: GPL-3.0-or-later
// Scores of videos whose mouth, a grey field, is known.

#include "scoring/video_score.h"

#include "engine/media/sample_media.h"
#include "media/video_writer.h"
#include "scoring/sync_meter.h"
#include "support/syncnet_weights.h"

#include <cmath>

#include <QTemporaryDir>
#include <QTest>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

using namespace lipsync;
using namespace lipsync::scoring;
namespace fs = std::filesystem;

namespace {

const cv::Size kSize{160, 128};
const cv::Rect kMouth{60, 80, 40, 24};

/// How loud frame i of the test's voice is, 0 to 1: something that never repeats within a lag's reach.
double loudness(int frame)
{
    return 0.5 + 0.3 * std::sin(0.9 * frame) + 0.2 * std::sin(0.37 * frame + 1);
}

std::vector<float> voiceOf(int frames, double framesPerSecond)
{
    const auto samples = static_cast<std::size_t>(frames / framesPerSecond * 16000);
    std::vector<float> sound(samples);
    for (std::size_t i = 0; i < samples; ++i)
        sound[i] =
            static_cast<float>(0.8 * loudness(static_cast<int>(i / 640)) * std::sin(0.3 * static_cast<double>(i)));
    return sound;
}

struct VideoPlan {
    int frames = 60;
    int rate = 25;
    int lag = 0; ///< frames of 1/25 s by which the mouth comes after the voice
    bool hasSound = true;
    cv::Size size = kSize;
    int bias = 0; ///< levels added to the mouth
};

Status writeVideo(const fs::path& file, const VideoPlan& plan)
{
    media::VideoOptions options;
    options.width = plan.size.width;
    options.height = plan.size.height;
    options.frameRateNumerator = plan.rate;
    options.quality = 5;
    if (plan.hasSound) {
        options.audioSampleRate = 16000;
        options.audioChannels = 1;
    }
    auto writer = media::VideoWriter::create(file, options);
    if (!writer)
        return failure(writer);
    for (int i = 0; i < plan.frames; ++i) {
        cv::Mat picture(plan.size, CV_8UC3, cv::Scalar(90, 100, 110));
        const double level = 50 + 150 * loudness(i * 25 / plan.rate - plan.lag) + plan.bias;
        picture(kMouth).setTo(cv::Scalar::all(level));
        if (auto written = (*writer)->write(picture); !written)
            return written;
    }
    if (plan.hasSound) {
        if (auto written = (*writer)->writeAudio(voiceOf(plan.frames, plan.rate)); !written)
            return written;
    }
    return (*writer)->finish();
}

/// A face whose mouth is open as far as its field is bright, in a place of its own.
Result<LandmarkFinder> fieldFinder(std::optional<cv::Rect> /*face*/)
{
    return LandmarkFinder([](const cv::Mat& picture) -> Result<std::optional<Landmarks>> {
        const double level = cv::mean(picture(kMouth & cv::Rect({}, picture.size())))[0];
        Landmarks face;
        for (std::size_t i = 0; i < face.size(); ++i)
            face[i] = {40.0F + static_cast<float>(i % 9) * 10, 30.0F + static_cast<float>(i / 9) * 8};
        face[36] = {50, 50};
        face[45] = {110, 50};
        for (std::size_t i = 48; i < 68; ++i)
            face[i] = {i % 2 ? 62.0F : 98.0F, i % 3 ? 82.0F : 102.0F};
        for (const std::size_t upper : {61, 62, 63})
            face[upper] = {80, 84};
        for (const std::size_t lower : {65, 66, 67})
            face[lower] = {80, static_cast<float>(84 + level / 16)};
        return std::optional(face);
    });
}

Result<LandmarkFinder> nothingFinder(std::optional<cv::Rect> /*face*/)
{
    return LandmarkFinder(
        [](const cv::Mat&) -> Result<std::optional<Landmarks>> { return std::optional<Landmarks>(); });
}

const char* why(const Result<ScoreReport>& report)
{
    static std::string text;
    text = report ? std::string() : report.error().text();
    return text.c_str();
}

void ignore(std::string_view, double) { }

} // namespace

class VideoScoreTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_folder = m_temporary.path().toStdString(); }

    void aMouthThatFollowsItsVoiceIsFound_data()
    {
        QTest::addColumn<int>("rate");
        QTest::addColumn<int>("lag");
        QTest::newRow("in step") << 25 << 0;
        QTest::newRow("three frames late") << 25 << 3;
        QTest::newRow("two early") << 25 << -2;
        QTest::newRow("at 50 frames a second") << 50 << 2;
    }

    void aMouthThatFollowsItsVoiceIsFound()
    {
        QFETCH(int, rate);
        QFETCH(int, lag);
        const auto video = file();
        const auto written = writeVideo(video, {.frames = 60 * rate / 25, .rate = rate, .lag = lag});
        QVERIFY2(written, written ? "" : written.error().text().c_str());
        const auto report = scoreVideo({.video = video}, fieldFinder, ignore, {});
        QVERIFY2(report, why(report));
        QVERIFY(std::abs(report->frames - 60) <= 1); // whatever the rate
        QCOMPARE(report->framesWithFace, report->frames);
        QCOMPARE(report->voice->frames, lag);
        QVERIFY(report->voice->correlation > 0.9);
        QCOMPARE(report->jitter.landmarks.value(), 0.0);
        QVERIFY(report->jitter.pixels.value() < 1.0); // only the mouth moves
        QVERIFY(!report->likeness);
    }

    void aVideoAgainstItselfIsIdentical()
    {
        const auto video = file();
        QVERIFY(writeVideo(video, {}));
        const auto report = scoreVideo({.video = video, .truth = video}, fieldFinder, ignore, {});
        QVERIFY2(report, why(report));
        QVERIFY(std::isinf(report->likeness->psnrMouth.value()) && std::isinf(report->likeness->psnrFace.value()));
        QCOMPARE(report->likeness->ssimMouth.value(), 1.0);
        QCOMPARE(report->likeness->landmarkDistance.value(), 0.0);
        QCOMPARE(report->likeness->opening->frames, 0);
        QCOMPARE(report->jitterOfTruth->pixels.value(), report->jitter.pixels.value());
    }

    void aKnownDifferenceHasItsKnownPsnr()
    {
        const auto video = file(), truth = file();
        QVERIFY(writeVideo(truth, {}));
        QVERIFY(writeVideo(video, {.bias = 20}));
        const auto report = scoreVideo({.video = video, .truth = truth}, fieldFinder, ignore, {});
        QVERIFY2(report, why(report));
        // The box holds the field and a little of its surroundings, which are the same in both.
        const double whole = 10 * std::log10(255 * 255 / (20.0 * 20.0));
        QVERIFY2(*report->likeness->psnrMouth > whole - 0.5 && *report->likeness->psnrMouth < whole + 5,
                 qPrintable(QString::number(*report->likeness->psnrMouth)));
        QVERIFY(*report->likeness->psnrFace > *report->likeness->psnrMouth);
    }

    void withoutAFaceWholePicturesAreCompared()
    {
        const auto video = file();
        QVERIFY(writeVideo(video, {}));
        const auto report = scoreVideo({.video = video, .truth = video}, nothingFinder, ignore, {});
        QVERIFY2(report, why(report));
        QVERIFY(report->likeness->psnrFace && !report->likeness->psnrMouth && !report->voice);
        QCOMPARE(report->notes.size(), std::size_t{1});
    }

    void aSilentVideoCanStillBeCompared()
    {
        const auto video = file();
        QVERIFY(writeVideo(video, {.hasSound = false}));
        const auto refused = scoreVideo({.video = video}, fieldFinder, ignore, {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::InvalidInput);
        const auto report = scoreVideo({.video = video, .truth = video}, fieldFinder, ignore, {});
        QVERIFY2(report, why(report));
        QVERIFY(report->likeness && !report->voice);
        media::sample::writeWav(m_folder / "voice.wav", 16000, 1, std::span<const float>(voiceOf(60, 25)));
        const auto heard = scoreVideo({.video = video, .voice = m_folder / "voice.wav"}, fieldFinder, ignore, {});
        QVERIFY2(heard, why(heard));
        QCOMPARE(heard->voice->frames, 0);
    }

    void aPartIsMeasuredWithItsOwnSound()
    {
        const auto video = file();
        QVERIFY(writeVideo(video, {.lag = 1}));
        const auto report = scoreVideo({.video = video, .firstFrame = 20, .frames = 30}, fieldFinder, ignore, {});
        QVERIFY2(report, why(report));
        QCOMPARE(report->frames, std::int64_t{30});
        QCOMPARE(report->voice->frames, 1);
    }

    void syncNetSeesFaceOrFrame()
    {
        const auto video = file();
        QVERIFY(writeVideo(video, {.frames = 12}));
        const auto network = nn::SyncNet::create(test::syncNetWeights());
        QVERIFY(network);
        for (const bool whole : {false, true}) {
            const auto report = scoreVideo(
                {.video = video, .syncOfWholeFrame = whole, .syncNet = network->get(), .syncReach = kSyncNetReach},
                fieldFinder, ignore, {});
            QVERIFY2(report, why(report));
            QCOMPARE(report->sync.value().frames, report->frames - 5);
            QCOMPARE(report->syncOfFace, !whole);
        }
    }

    void whatCannotBeMeasuredIsSaid_data()
    {
        QTest::addColumn<QString>("which");
        QTest::addColumn<QString>("word");
        QTest::newRow("no face") << "faceless"
                                 << "--face";
        QTest::newRow("too short") << "short"
                                   << "too few";
        QTest::newRow("other size") << "size"
                                    << "160";
        QTest::newRow("no video") << "text"
                                  << "no.mp4";
        QTest::newRow("nothing") << "absent"
                                 << "absent.mp4";
        QTest::newRow("beyond the end") << "beyond"
                                        << "frame 500";
    }

    void whatCannotBeMeasuredIsSaid()
    {
        QFETCH(QString, which);
        QFETCH(QString, word);
        VideoScoreRequest request;
        request.video = file();
        QVERIFY(writeVideo(request.video, {.frames = which == "short" ? 9 : 20}));
        if (which == "size") {
            request.truth = file();
            QVERIFY(writeVideo(request.truth, {.frames = 20, .size = {160, 144}}));
        } else if (which == "text") {
            request.video = m_folder / "no.mp4";
            media::sample::writeBytes(request.video, "This is a letter.");
        } else if (which == "absent") {
            request.video = m_folder / "absent.mp4";
        } else if (which == "beyond") {
            request.firstFrame = 500;
        }
        const auto report = scoreVideo(request, which == "faceless" ? nothingFinder : fieldFinder, ignore, {});
        QVERIFY(!report);
        QCOMPARE(report.error().code, which == "beyond" ? ErrorCode::Usage : ErrorCode::InvalidInput);
        QVERIFY2(QString::fromStdString(report.error().message).contains(word), why(report));
    }

    void stoppingEndsIt()
    {
        const auto video = file();
        QVERIFY(writeVideo(video, {}));
        std::stop_source stop;
        const auto report = scoreVideo(
            {.video = video}, fieldFinder, [&](std::string_view, double) { stop.request_stop(); }, stop.get_token());
        QVERIFY(!report);
        QCOMPARE(report.error().code, ErrorCode::Interrupted);
    }

    void weightsOfAnotherNetworkAreNotSyncNets()
    {
        const auto weights = m_folder / "other.safetensors";
        QVERIFY(nn::writeSafetensors(weights, nn::formulaAudioEncoderWeights()));
        const auto network = openSyncNet(weights, {});
        QVERIFY(!network);
        QCOMPARE(network.error().code, ErrorCode::InvalidInput);
        QVERIFY(network.error().message.find("syncnet_v2.model") != std::string::npos);
        QVERIFY(nn::writeSafetensors(m_folder / "sync.safetensors", test::syncNetWeights()));
        QVERIFY(openSyncNet(m_folder / "sync.safetensors", {}));
    }

private:
    fs::path file() { return m_folder / fmt::format("{}.mp4", m_files++); }

    QTemporaryDir m_temporary;
    fs::path m_folder;
    int m_files = 0;
};

QTEST_GUILESS_MAIN(VideoScoreTest)
#include "video_score_test.moc"
