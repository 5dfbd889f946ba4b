// SPDX-License-Identifier: GPL-3.0-or-later
// Self-reenactment of a small avatar through the real workers.

#include "scoring/avatar_score.h"

#include "engine/media/sample_media.h"
#include "scoring/sync_meter.h"
#include "support/syncnet_weights.h"
#include "support/test_avatar.h"

#include <cmath>

#include <QTemporaryDir>
#include <QTest>
#include <opencv2/core.hpp>

using namespace lipsync;
using namespace lipsync::scoring;
namespace fs = std::filesystem;

namespace {

constexpr int kTemplateFrames = 12; ///< of the test avatar
constexpr std::size_t kSamples = 640 * (kTemplateFrames + 2); ///< of a voice that has as many frames and more

/// A face whose mouth is open by this part of the eyes' distance of 40 pixels.
Landmarks faceOpenBy(double opening)
{
    Landmarks face;
    for (std::size_t i = 0; i < face.size(); ++i)
        face[i] = {20.0F + static_cast<float>(i % 8) * 6, 25.0F + static_cast<float>(i / 8) * 5};
    face[36] = {28, 36};
    face[45] = {68, 36};
    for (std::size_t i = 48; i < 68; ++i)
        face[i] = {36.0F + static_cast<float>((i - 48) % 10) * 2, i < 58 ? 60.0F : 66.0F};
    for (const std::size_t upper : {61, 62, 63})
        face[upper] = {48, 62};
    for (const std::size_t lower : {65, 66, 67})
        face[lower] = {48, static_cast<float>(62 + 40 * opening)};
    return face;
}

/// "Finds" a face whose mouth is the wider open the brighter the middle of its picture is.
Result<LandmarkFinder> brightnessFinder(std::optional<cv::Rect> /*face*/)
{
    return LandmarkFinder([](const cv::Mat& picture) -> Result<std::optional<Landmarks>> {
        const auto level = cv::mean(picture(cv::Rect(40, 60, 8, 8)));
        return std::optional(faceOpenBy(level[2] / 1000));
    });
}

const char* why(const Result<ScoreReport>& report)
{
    static std::string text;
    text = report ? std::string() : report.error().text();
    return text.c_str();
}

} // namespace

class AvatarScoreTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_folder = m_temporary.path().toStdString();
        const auto sound = media::sample::chirp(16000, kSamples, 0.56, 3000);
        media::sample::writeWav(m_folder / "own.wav", 16000, 1, std::span<const float>(sound));
        const auto made = test::makeTestAvatar(m_folder / "mute.avatar");
        QVERIFY2(made, made ? "" : made.error().text().c_str());
        auto service = session::FrameService::create({});
        QVERIFY(service);
        m_service = std::move(*service);
    }

    void cleanupTestCase() { m_service.reset(); }

    void anAvatarIsComparedWithItsOwnFrames()
    {
        std::vector<double> shares;
        const auto report = scoreAvatar(*m_service, ownVoice(), {},
                                        [&](std::string_view, double share) { shares.push_back(share); }, {});
        QVERIFY2(report, why(report));
        QCOMPARE(report->frames, std::int64_t{kTemplateFrames});
        QCOMPARE(report->referenceOffset.value(), kTemplateFrames / 2);
        for (const auto* likeness : {&report->likeness, &report->likenessOfTemplate, &report->likenessWithTruth}) {
            QVERIFY(likeness->has_value());
            QVERIFY((*likeness)->psnrFace.value() > 5 && (*likeness)->psnrFace.value() < 60);
            QVERIFY((*likeness)->ssimMouth.value() > 0 && (*likeness)->ssimMouth.value() < 1);
            QVERIFY(!(*likeness)->landmarkDistance); // nobody looks for landmarks
        }
        QVERIFY(!report->voice && report->landmarkSource.empty() && !report->sync);
        QVERIFY(report->jitter.pixels && report->jitterOfTruth->pixels);
        QCOMPARE(report->notes.size(), std::size_t{1});
        QVERIFY(std::is_sorted(shares.begin(), shares.end()));
        QCOMPARE(shares.back(), 1.0);
    }

    void theTemplatesOwnMouthIsThatOfTheOtherFrame()
    {
        // A frame's red is 7 levels higher than that of the one before (tests/support): six further on the error is 42
        // levels in one of three channels. The border of the test avatar's crop is not under the mask.
        auto request = ownVoice();
        request.paste = avatar::PasteMode::Exact;
        request.withTruthShown = false;
        const auto report = scoreAvatar(*m_service, request, {}, ignore, {});
        QVERIFY2(report, why(report));
        const double expected = 10 * std::log10(255 * 255 / (42.0 * 42.0 / 3));
        QVERIFY2(std::abs(report->likenessOfTemplate->psnrMouth.value() - expected) < 0.7,
                 qPrintable(QString::number(*report->likenessOfTemplate->psnrMouth)));
        QVERIFY(!report->likenessWithTruth);

        request.referenceOffset = 1; // its neighbour, except for the last frame, whose neighbour is the first
        const auto nearer = scoreAvatar(*m_service, request, {}, ignore, {});
        QVERIFY2(nearer, why(nearer));
        QVERIFY(*nearer->likenessOfTemplate->psnrMouth > *report->likenessOfTemplate->psnrMouth);
    }

    void landmarksGiveOpeningsAndDistances()
    {
        const auto report = scoreAvatar(*m_service, ownVoice(), brightnessFinder, ignore, {});
        QVERIFY2(report, why(report));
        QCOMPARE(report->framesWithFace, std::int64_t{kTemplateFrames});
        QCOMPARE(report->landmarkSource, std::string("tracker"));
        QVERIFY(report->likeness->landmarkDistance.value() > 0);
        // All points but the mouth's stand still in this finder.
        QCOMPARE(report->jitter.landmarks.value(), 0.0);
        QVERIFY(report->voice && report->meanOpening.value() > 0);
        QVERIFY(std::abs(*report->likeness->landmarkDistanceShare - *report->likeness->landmarkDistance / 40) < 1e-6);
        QVERIFY(report->notes.empty());
        QVERIFY(!verdictsOf(*report).empty());
    }

    void anotherVoiceHasNoTruth()
    {
        const auto sound = media::sample::chirp(16000, 640 * 40, 1.6, 3000);
        media::sample::writeWav(m_folder / "other.wav", 16000, 1, std::span<const float>(sound));
        auto request = ownVoice();
        request.voice = m_folder / "other.wav";
        request.voiceIsOwn = false;
        request.frames = 30; // more than the template has
        const auto report = scoreAvatar(*m_service, request, brightnessFinder, ignore, {});
        QVERIFY2(report, why(report));
        QCOMPARE(report->frames, std::int64_t{30});
        QVERIFY(!report->likeness && !report->likenessWithTruth && !report->referenceOffset);
        QVERIFY(report->voice && report->jitter.pixels && report->jitterOfTruth->pixels);
        QCOMPARE(report->notes.size(), std::size_t{1});
    }

    void aRangeIsMeasuredAlone()
    {
        auto request = ownVoice();
        request.firstFrame = 1;
        request.frames = 10;
        request.withTruthShown = false;
        const auto report = scoreAvatar(*m_service, request, brightnessFinder, ignore, {});
        QVERIFY2(report, why(report));
        QCOMPARE(report->frames, std::int64_t{10});
        QCOMPARE(report->firstFrame, 1);
    }

    void syncNetMeasuresAllButTheLastFiveFrames()
    {
        const auto network = nn::SyncNet::create(test::syncNetWeights());
        QVERIFY(network);
        auto request = ownVoice();
        request.withTruthShown = false;
        request.syncNet = network->get();
        request.syncReach = kWav2LipReach;
        const auto report = scoreAvatar(*m_service, request, brightnessFinder, ignore, {});
        QVERIFY2(report, why(report));
        QVERIFY(report->sync.has_value());
        QCOMPARE(report->sync->frames, std::int64_t{kTemplateFrames - 5});
        QVERIFY(std::isfinite(report->sync->distance) && report->sync->confidence >= 0);
        QVERIFY(report->syncOfFace);
    }

    void whatCannotBeMeasuredIsSaid_data()
    {
        QTest::addColumn<QString>("voice");
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("offset");
        QTest::addColumn<int>("frames");
        QTest::addColumn<bool>("usage");
        QTest::addColumn<QString>("word");
        QTest::newRow("no sound of its own") << "" << 0 << 6 << 0 << false << "--own-voice";
        QTest::newRow("outside") << "own.wav" << 12 << 6 << 0 << true << "frame 12";
        QTest::newRow("its own mouth") << "own.wav" << 0 << 24 << 0 << true << "offset";
        QTest::newRow("too few") << "own.wav" << 0 << 6 << 9 << false << "too few";
        QTest::newRow("too few left") << "own.wav" << 5 << 6 << 0 << false << "too few";
        QTest::newRow("no such file") << "none.wav" << 0 << 6 << 0 << false << "none.wav";
    }

    void whatCannotBeMeasuredIsSaid()
    {
        QFETCH(QString, voice);
        QFETCH(int, first);
        QFETCH(int, offset);
        QFETCH(int, frames);
        QFETCH(bool, usage);
        QFETCH(QString, word);
        auto request = ownVoice();
        request.voice = voice.isEmpty() ? fs::path() : m_folder / voice.toStdString();
        request.firstFrame = first;
        request.referenceOffset = offset;
        request.frames = frames;
        const auto report = scoreAvatar(*m_service, request, {}, ignore, {});
        QVERIFY(!report);
        QCOMPARE(report.error().code, usage ? ErrorCode::Usage : ErrorCode::InvalidInput);
        QVERIFY2(QString::fromStdString(report.error().message).contains(word), why(report));
    }

    void aFinderThatFailsEndsTheScore()
    {
        const LandmarkFinders failing = [](std::optional<cv::Rect>) -> Result<LandmarkFinder> {
            return LandmarkFinder([](const cv::Mat&) -> Result<std::optional<Landmarks>> {
                return failure(ErrorCode::Resource, "no landmark data");
            });
        };
        const auto report = scoreAvatar(*m_service, ownVoice(), failing, ignore, {});
        QVERIFY(!report);
        QCOMPARE(report.error().message, std::string("no landmark data"));
    }

    void stoppingEndsIt_data()
    {
        QTest::addColumn<double>("when");
        QTest::newRow("while another mouth is shown") << 0.2;
        QTest::newRow("while the workers compute") << 0.6;
    }

    void stoppingEndsIt()
    {
        QFETCH(double, when);
        std::stop_source stop;
        const auto report = scoreAvatar(
            *m_service, ownVoice(), {},
            [&](std::string_view, double share) {
                if (share >= when)
                    stop.request_stop();
            },
            stop.get_token());
        QVERIFY(!report);
        QCOMPARE(report.error().code, ErrorCode::Interrupted);
    }

private:
    static void ignore(std::string_view, double) { }

    AvatarScoreRequest ownVoice() const
    {
        AvatarScoreRequest request;
        request.avatar = m_folder / "mute.avatar";
        request.voice = m_folder / "own.wav";
        request.voiceIsOwn = true;
        return request;
    }

    QTemporaryDir m_temporary;
    fs::path m_folder;
    std::unique_ptr<session::FrameService> m_service;
};

QTEST_GUILESS_MAIN(AvatarScoreTest)
#include "avatar_score_test.moc"
