// SPDX-License-Identifier: GPL-3.0-or-later
// Measures the demo avatar from rendered videos: does its mouth follow voices and sentences it was not trained on?

#include "rendered_mouth.h"

#include "engine/media/sample_media.h"
#include "media/audio_decoder.h"
#include "render/render_job.h"
#include "scoring/series.h"
#include "training/demo/demo_sentences.h"
#include "training/demo/demo_speech.h"

#include <algorithm>

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::test;
using lipsync::scoring::bestLag;
using lipsync::scoring::correlation;
using lipsync::scoring::mean;
using lipsync::scoring::speechEnvelope;
using lipsync::media::sample::writeWav;

namespace {

const std::filesystem::path kSource = LIPSYNC_SOURCE_DIR;
const std::filesystem::path kDemo = kSource / "resources/avatars/demo.avatar";
constexpr int kLagReach = 5;

/// Text of a failure, for QVERIFY2.
template <typename T> const char* why(const Result<T>& result)
{
    static std::string text;
    text = result ? std::string() : result.error().text();
    return text.c_str();
}

} // namespace

class DemoQualityTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_package = avatar::AvatarPackage::open(kDemo);
        QVERIFY2(m_package.has_value(), why(m_package));
        QVERIFY(m_folder.isValid());
    }

    void theDemoIsSmallEnoughToShip()
    {
        std::uintmax_t bytes = 0;
        for (const auto& entry : std::filesystem::directory_iterator(kDemo))
            bytes += entry.file_size();
        QVERIFY2(bytes <= 20'000'000, std::to_string(bytes).c_str());
    }

    void theMouthFollowsVoicesAndSentencesNeverTrainedOn()
    {
        // Every held-out voice says its share of the held-out sentences.
        std::vector<float> speech;
        std::vector<training::MouthPose> poses;
        const auto sentences = training::heldOutSentences();
        const auto voices = training::heldOutVoices();
        for (std::size_t i = 0; i < sentences.size(); ++i) {
            const auto said =
                training::speak(std::string(sentences[i]), {std::string(voices[i % voices.size()]), 160, 50});
            if (!said)
                QSKIP(why(said));
            speech.insert(speech.end(), said->samples.begin(), said->samples.end());
            poses.insert(poses.end(), said->mouth.begin(), said->mouth.end());
        }
        const auto video = renderSpeech(speech, "held-out", kDemo);
        QVERIFY(!video.empty());
        const auto seen = mouthSquares(video, **m_package);
        QVERIFY2(seen.has_value(), why(seen));
        const auto truth = drawnSquares(m_character, **m_package, poses);
        QVERIFY(std::abs(static_cast<int>(seen->size()) - static_cast<int>(truth.size())) <= 2);

        const auto seenOpening = openings(m_character, *seen), trueOpening = openings(m_character, truth);
        const double follows = correlation(trueOpening, seenOpening);
        const auto lag = bestLag(trueOpening, seenOpening, kLagReach);
        const double likeness = psnr(truth, *seen, m_character.mouthBox());
        qInfo("held-out voices: opening r %.3f, best lag %d, mouth PSNR %.2f dB, mean opening %.4f of %.4f", follows,
              lag.frames, likeness, mean(seenOpening), mean(trueOpening));
        QVERIFY(follows >= 0.80);
        QVERIFY(std::abs(lag.frames) <= 1);
        QVERIFY(likeness >= 25.0);
        verifyNoLineAtTheMask(*seen, truth);
    }

    void theTemplatesOwnMouthDoesNotLeak()
    {
        const auto said = training::speak(std::string(training::heldOutSentences()[0]),
                                          {std::string(training::heldOutVoices()[0]), 160, 50});
        if (!said)
            QSKIP(why(said));
        const std::filesystem::path open = path("open.avatar");
        QProcess maker;
        maker.start(LIPSYNC_BINARY_DIR "/lipsync-make-demo",
                    {"avatar", "--weights", QString::fromStdString(kDemo.string()), "--out",
                     QString::fromStdString(open.string()), "--template-mouth", "0.8"});
        QVERIFY(maker.waitForFinished(60'000));
        QCOMPARE(maker.exitCode(), 0);
        std::vector<double> meanOpening;
        for (const auto& avatar : {kDemo, open}) {
            const auto video = renderSpeech(said->samples, avatar.filename().string(), avatar);
            const auto squares = mouthSquares(video, **m_package);
            QVERIFY2(squares.has_value(), why(squares));
            meanOpening.push_back(mean(openings(m_character, *squares)));
        }
        const double ratio = meanOpening[1] / meanOpening[0];
        qInfo("mean opening with a closed template %.4f, with an open one %.4f, ratio %.2f", meanOpening[0],
              meanOpening[1], ratio);
        QVERIFY(ratio >= 0.67 && ratio <= 1.5);
    }

    void theMouthFollowsHumanSpeech_data()
    {
        QTest::addColumn<QString>("voice");
        QTest::newRow("the demo voice") << QString::fromStdString((kSource / "resources/voices/demo.flac").string());
        QTest::newRow("an inaugural address")
            << QString::fromStdString((kSource / "../shared/assets/voices/jfk.wav").string());
    }

    void theMouthFollowsHumanSpeech()
    {
        QFETCH(QString, voice);
        if (!QFile::exists(voice))
            QSKIP(qPrintable(voice + " is not on this machine"));
        const std::filesystem::path file = voice.toStdString();
        const auto speech = media::decodeSpeech(file);
        QVERIFY2(speech.has_value(), why(speech));
        const auto video = render(file, file.stem().string(), kDemo);
        const auto squares = mouthSquares(video, **m_package);
        QVERIFY2(squares.has_value(), why(squares));
        const auto opening = openings(m_character, *squares);
        const auto envelope = speechEnvelope(speech->samples, opening.size());
        const auto lag = bestLag(envelope, opening, kLagReach);

        // A pause is three frames and more at less than a fifteenth of the loud speech's level.
        auto sorted = envelope;
        std::sort(sorted.begin(), sorted.end());
        const double loud = sorted[sorted.size() * 9 / 10];
        std::vector<double> paused, spoken;
        for (std::size_t i = 1; i + 1 < opening.size(); ++i) {
            const double around = std::max({envelope[i - 1], envelope[i], envelope[i + 1]});
            if (around < loud / 15)
                paused.push_back(opening[i]);
            else if (envelope[i] > loud / 5)
                spoken.push_back(opening[i]);
        }
        const double share = paused.empty() ? 0 : mean(paused) / mean(spoken);
        qInfo("%s: opening against envelope r %.3f at lag %d; opening in %zu pause frames %.0f %% of that in speech",
              file.filename().c_str(), lag.correlation, lag.frames, paused.size(), share * 100);
        QVERIFY(lag.correlation >= 0.60);
        QVERIFY(std::abs(lag.frames) <= 2);
        QVERIFY(share <= 0.20);
    }

private:
    std::filesystem::path path(const std::string& name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    std::filesystem::path render(const std::filesystem::path& voice, const std::string& name,
                                 const std::filesystem::path& avatar)
    {
        render::RenderRequest request;
        request.avatar = avatar;
        request.voice = voice;
        request.output = path(name + ".mp4");
        session::FrameServiceOptions options;
        options.plan.devices = {{"cpu", 2}};
        const auto service = session::FrameService::create(options);
        const auto report = render::render(**service, request, [](const auto&) {}, {});
        if (!report) {
            qWarning("%s", report.error().text().c_str());
            return {};
        }
        return request.output;
    }

    std::filesystem::path renderSpeech(std::span<const float> speech, const std::string& name,
                                       const std::filesystem::path& avatar)
    {
        const auto voice = path(name + ".wav");
        writeWav(voice, 16000, 1, speech);
        return render(voice, name, avatar);
    }

    /// A seam would show as a column or row along the mask's border that differs from the true picture more than its
    /// neighbours on both sides do.
    void verifyNoLineAtTheMask(std::span<const cv::Mat> seen, std::span<const cv::Mat> truth)
    {
        cv::Mat difference = cv::Mat::zeros(160, 160, CV_64FC3);
        const auto count = std::min(seen.size(), truth.size());
        for (std::size_t i = 0; i < count; ++i) {
            cv::Mat one;
            cv::subtract(seen[i], truth[i], one, cv::noArray(), CV_64FC3);
            difference += one / static_cast<double>(count);
        }
        const auto lineLevel = [&](const cv::Rect& line) {
            const auto level = cv::mean(difference(line));
            return std::max({std::abs(level[0]), std::abs(level[1]), std::abs(level[2])});
        };
        double worst = 0;
        for (const int edge : {4, 5, 6, 153, 154, 155}) {
            worst = std::max(worst, lineLevel({edge, 20, 1, 120}));
            worst = std::max(worst, lineLevel({20, std::min(edge, 150), 120, 1}));
        }
        qInfo("mean difference along the mask's border: at most %.2f of 255", worst);
        QVERIFY(worst <= 4.0); // two percent of the range: not visible as a line
        verifyNoSpotAround(difference);
    }

    /// A spot is a place beside the mouth whose colour is wrong all the time: where the network's output is saturated.
    void verifyNoSpotAround(cv::Mat difference)
    {
        difference(m_character.mouthBox()).setTo(cv::Scalar::all(0));
        const double worst = cv::norm(difference, cv::NORM_INF);
        qInfo("mean difference of any pixel beside the mouth: at most %.1f of 255", worst);
        QVERIFY(worst <= 40.0);
    }

    QTemporaryDir m_folder;
    Result<std::shared_ptr<const avatar::AvatarPackage>> m_package;
    const training::DemoCharacter m_character;
};

QTEST_GUILESS_MAIN(DemoQualityTest)
#include "demo_quality_test.moc"
