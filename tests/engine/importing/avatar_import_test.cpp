// SPDX-License-Identifier: GPL-3.0-or-later
#include "importing/avatar_import.h"

#include "avatar/avatar_package.h"
#include "base/npy.h"
#include "engine/media/sample_media.h"
#include "importing/source.h"
#include "media/audio_decoder.h"
#include "media/video_reader.h"
#include "nn/formula_weights.h"
#include "nn/script_agreement.h"
#include "support/foreign_sources.h"
#include "support/script_archive.h"

#include <zip.h>

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::importing;
using test::ForeignSource;
namespace fs = std::filesystem;
namespace sample = lipsync::media::sample;

namespace {

constexpr int kRate = 16000;
const nn::GeneratorSpec kUltralight{nn::GeneratorKind::Ultralight160, nn::AudioMode::Hubert, 4};
const nn::GeneratorSpec kWav2Lip{nn::GeneratorKind::Wav2Lip96, nn::AudioMode::Mel, 4};

/// Packs a folder as an archive whose files lie in a folder of its name.
bool zipFolder(const fs::path& folder, const fs::path& file)
{
    zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file())
            continue;
        const auto name = folder.filename() / fs::relative(entry.path(), folder);
        zip_source_t* source = zip_source_file(archive, entry.path().c_str(), 0, 0);
        if (zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8) < 0)
            return false;
    }
    return zip_close(archive) == 0;
}

} // namespace

class AvatarImportTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_shared.isValid());
        QVERIFY(qputenv("XDG_CONFIG_HOME", m_shared.path().toUtf8())); // where agreements to TorchScript are kept
        m_encoder = fs::path(m_shared.path().toStdString()) / "audio_visual_encoder.pth";
        QVERIFY(test::writeForeignEncoder(m_encoder));
    }

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
        m_options = {};
        m_options.output = at("out.avatar");
        m_options.network.audioEncoder = m_encoder;
    }

    void aDataSetBecomesAnAvatar()
    {
        QVERIFY(test::writeForeignDataSet(at("anna")));
        m_options.title = "Anna";
        m_options.licence = "CC-BY-4.0";
        m_options.attribution = "Anna herself";
        const auto report = import("anna");
        QVERIFY(report);
        QCOMPARE(report->frames, 14);
        QVERIFY2(report->warnings.empty(), report->warnings.empty() ? "" : report->warnings[0].c_str());
        QCOMPARE(report->checkpoint.filename(), fs::path("10.pth"));
        QVERIFY2(m_recognised.find("data set of 14 pictures") != std::string::npos, m_recognised.c_str());

        const auto package = opened();
        QVERIFY(package);
        const auto& manifest = package->manifest();
        QCOMPARE(manifest.name, std::string("out"));
        QCOMPARE(manifest.title, std::string("Anna"));
        QCOMPARE(manifest.licence, std::string("CC-BY-4.0"));
        QCOMPARE(manifest.attribution, std::string("Anna herself"));
        QVERIFY(manifest.network == ForeignSource{}.network);
        QVERIFY(manifest.loop == avatar::LoopRule::PingPong);
        QCOMPARE(manifest.frameRate(), 25.0);
        QCOMPARE(numbersIn(), counting(0, 14));
        for (int i = 0; i < 14; ++i)
            QCOMPARE(package->crops()[static_cast<std::size_t>(i)], test::foreignCrop(i));
        const auto weights = package->generatorWeights();
        QVERIFY(weights);
        for (const auto& [name, weight] : nn::formulaWeights(ForeignSource{}.network)) {
            if (!name.ends_with("num_batches_tracked"))
                QVERIFY2(std::ranges::equal(weights->at(name).values, weight.values), name.c_str());
        }
        QVERIFY(soundLag(0.0, 14.0 / 25) <= 1);
        QCOMPARE(leftovers(), std::vector<std::string>{});
    }

    void aPartOfADataSetTakesItsOwnSound()
    {
        QVERIFY(test::writeForeignDataSet(at("anna"), {.frames = 20}));
        m_options.frames = FrameRange{5, 14};
        const auto report = import("anna");
        QVERIFY(report);
        QCOMPARE(numbersIn(), counting(5, 10));
        QCOMPARE(opened()->crops()[2], test::foreignCrop(7));
        QVERIFY(soundLag(0.2, 20.0 / 25) <= 1);
    }

    void picturesOfAnotherRateAreBroughtToTheNetworks()
    {
        QVERIFY(test::writeForeignDataSet(at("anna"), {.frames = 30, .frameRate = 30}));
        const auto report = import("anna");
        QVERIFY(report);
        QCOMPARE(report->sourceRate, 30.0);
        QCOMPARE(report->frames, 25);
        QCOMPARE(report->warnings.size(), 1U);
        const auto numbers = numbersIn();
        for (int n = 0; n < 25; ++n) {
            const int shown = static_cast<int>((n + 0.5) * 30 / 25 + 1e-6);
            QCOMPARE(numbers[static_cast<std::size_t>(n)], shown);
            QCOMPARE(opened()->crops()[static_cast<std::size_t>(n)], test::foreignCrop(shown));
        }
        QVERIFY(soundLag(0.0, 1.0) <= 1);
    }

    void aPackageBecomesAnAvatarFromFolderAndArchive()
    {
        QVERIFY(test::writeForeignPackage(at("sanders")));
        QVERIFY(zipFolder(at("sanders"), at("sanders.zip")));
        for (const char* source : {"sanders", "sanders.zip"}) {
            m_options.overwrite = true;
            const auto report = import(source);
            QVERIFY(report);
            QVERIFY2(report->warnings.empty(), report->warnings.empty() ? "" : report->warnings[0].c_str());
            QCOMPARE(report->source, std::string("package 'anna' of 14 frames"));
            QCOMPARE(numbersIn(), counting(0, 14));
            QCOMPARE(opened()->crops()[13], test::foreignCrop(13));
            QVERIFY(!opened()->soundFile());
            QCOMPARE(leftovers(), std::vector<std::string>{});
        }
    }

    void rectanglesThatDifferFromTheLandmarksAreReported()
    {
        QVERIFY(test::writeForeignPackage(at("sanders")));
        auto other = test::foreignCrop(3);
        other.x1 += 2;
        other.x2 += 2;
        test::writeForeignLandmarks(at("sanders/landmarks"), 3, other);
        const auto report = import("sanders");
        QVERIFY(report);
        QCOMPARE(report->warnings.size(), 1U);
        QVERIFY2(report->warnings[0].find("frame(s) 3;") != std::string::npos, report->warnings[0].c_str());
        QCOMPARE(opened()->crops()[3], other);
    }

    void aPackageWithoutLandmarksUsesItsRectangles_data()
    {
        QTest::addColumn<bool>("onlyCache");
        QTest::newRow("crop_rects.json") << false;
        QTest::newRow("cache/crop_rectangles.json") << true;
    }
    void aPackageWithoutLandmarksUsesItsRectangles()
    {
        QFETCH(bool, onlyCache);
        QVERIFY(test::writeForeignPackage(at("sanders")));
        fs::remove_all(at("sanders/landmarks"));
        if (onlyCache)
            fs::remove(at("sanders/crop_rects.json"));
        QVERIFY(import("sanders"));
        QCOMPARE(opened()->crops()[9], test::foreignCrop(9));
    }

    void aPackageAtThirtyFramesASecondKeepsItsFacesInPlace()
    {
        QVERIFY(test::writeForeignPackage(at("sanders"), {.frames = 30, .frameRate = 30}));
        const auto report = import("sanders");
        QVERIFY(report);
        QCOMPARE(report->frames, 25);
        const auto numbers = numbersIn();
        for (std::size_t n = 0; n < numbers.size(); ++n)
            QCOMPARE(opened()->crops()[n], test::foreignCrop(numbers[n]));
    }

    void anOlderPackageBringsItsSoundAndItsEncoder()
    {
        QVERIFY(test::writeOlderPackage(at("default_model")));
        m_options.network.audioEncoder.clear();
        const auto report = import("default_model");
        QVERIFY(report);
        QVERIFY2(m_recognised.find("older kind") != std::string::npos, m_recognised.c_str());
        QCOMPARE(numbersIn(), counting(0, 14)); // three more in the video were not prepared
        QCOMPARE(opened()->crops()[4], test::foreignCrop(4));
        QVERIFY(soundLag(0.0, 14.0 / 25) <= 16);
    }

    void anUltralightDataSetKeepsItsFeatures()
    {
        QVERIFY(test::writeForeignDataSet(at("anna"), {.network = kUltralight}));
        std::vector<float> features(14 * 2 * 1024);
        for (std::size_t i = 0; i < features.size(); ++i)
            features[i] = static_cast<float>(i % 1999) / 1999.0F;
        const std::array<std::size_t, 3> shape{14, 2, 1024};
        QVERIFY(writeNpy(at("anna/aud_hu.npy"), shape, std::span<const float>(features)));
        m_options.network.audioEncoder.clear(); // hubert networks need none
        m_options.frames = FrameRange{4, 11};
        const auto report = import("anna");
        QVERIFY(report);
        QVERIFY(opened()->manifest().network == kUltralight);
        const auto kept = opened()->features();
        QVERIFY(kept && *kept);
        QCOMPARE((*kept)->shape, (std::vector<std::size_t>{8, 2048}));
        QCOMPARE((*kept)->values.front(), features[4 * 2048]);
    }

    void featuresThatDoNotFitAreRefusedWhereTheyWereNamed()
    {
        QVERIFY(test::writeForeignDataSet(at("anna"), {.network = kUltralight}));
        const std::vector<float> features(14 * 7, 0.5F);
        const std::array<std::size_t, 2> shape{14, 7};
        QVERIFY(writeNpy(at("features.npy"), shape, std::span<const float>(features)));
        m_options.network.features = at("features.npy");
        const auto report = import("anna");
        QVERIFY(!report);
        QCOMPARE(report.error().code, ErrorCode::InvalidInput);
        QVERIFY2(report.error().message.find("2048") != std::string::npos, report.error().message.c_str());
    }

    void aWav2LipNetworkTakesAnyVideo()
    {
        QVERIFY(test::writeForeignVideo(at("anna.mp4"), {.frames = 20}));
        QVERIFY(test::writeForeignNetwork(at("wav2lip.pth"), kWav2Lip));
        m_options.network = {};
        m_options.network.checkpoint = at("wav2lip.pth");
        m_options.face = cv::Rect(60, 20, 80, 96);
        m_options.startSeconds = 0.2;
        const auto report = import("anna.mp4");
        QVERIFY(report);
        const auto package = opened();
        QVERIFY(package->manifest().network == kWav2Lip);
        QVERIFY(package->manifest().loop == avatar::LoopRule::Modulo);
        QCOMPARE(numbersIn(), counting(5, 15));
        QCOMPARE(package->crops()[14], (avatar::CropRectangle{60, 20, 140, 116}));
        QVERIFY(soundLag(0.2, 20.0 / 25) <= 16);
    }

    // The demo's drawn person stands in for a video of somebody.
    void facesAreSearchedForInAVideo_data()
    {
        QTest::addColumn<bool>("isWav2Lip");
        QTest::newRow("Wav2Lip") << true;
        QTest::newRow("SyncTalk_2D") << false;
    }
    void facesAreSearchedForInAVideo()
    {
        QFETCH(bool, isWav2Lip);
        const auto demo = avatar::AvatarPackage::open(LIPSYNC_SOURCE_DIR "/resources/avatars/demo.avatar");
        QVERIFY(demo);
        const auto spec = isWav2Lip ? kWav2Lip : ForeignSource{}.network;
        QVERIFY(test::writeForeignNetwork(at("network.pth"), spec));
        fs::copy_file((*demo)->templateVideo(), at("drawn.mp4"));
        m_options.network.checkpoint = at("network.pth");
        if (isWav2Lip)
            m_options.network.audioEncoder.clear();
        m_options.startSeconds = 1.0;
        m_options.seconds = 0.6;
        const auto report = import("drawn.mp4");
        QVERIFY(report);
        QCOMPARE(report->frames, 15);
        const auto package = opened();
        QVERIFY(package);
        for (std::size_t i = 0; i < 15; ++i) {
            // Each holds the middle of the square that the demo was drawn with, and most of it.
            const auto drawn = (*demo)->crops()[25 + i].rect();
            const auto found = package->crops()[i].rect();
            QVERIFY(found.contains((drawn.tl() + drawn.br()) / 2));
            QVERIFY((found & drawn).area() > drawn.area() / 2);
            QVERIFY(isWav2Lip || found.width == found.height);
        }
        const auto landmarks = package->landmarks();
        QVERIFY(landmarks && *landmarks);
        QCOMPARE((*landmarks)->shape, (std::vector<std::size_t>{15, 68, 2}));
        QCOMPARE(report->warnings.empty(), isWav2Lip);
    }

    void aVideoWithoutAFaceIsRefused()
    {
        QVERIFY(test::writeForeignVideo(at("numbers.mp4"), {.frames = 10, .withSound = false}));
        QVERIFY(test::writeForeignNetwork(at("wav2lip.pth"), kWav2Lip));
        m_options.network = {};
        m_options.network.checkpoint = at("wav2lip.pth");
        const auto report = import("numbers.mp4");
        QVERIFY(!report);
        QCOMPARE(report.error().code, ErrorCode::InvalidInput);
        const auto message = QString::fromStdString(report.error().message);
        QVERIFY2(message.contains("0–9") && message.contains("--face"), qPrintable(message));
    }

    void aTorchScriptNetworkNeedsItsManifestAndConsent()
    {
        QVERIFY(test::writeForeignVideo(at("anna.mp4"), {.frames = 10}));
        test::writeScriptArchive(at("mine.pt"));
        m_options.network = {};
        m_options.network.checkpoint = at("mine.pt");
        m_options.face = cv::Rect(60, 20, 80, 80);
        const auto undeclared = import("anna.mp4");
        QVERIFY(!undeclared);
        QCOMPARE(undeclared.error().code, ErrorCode::Usage);
        QVERIFY2(undeclared.error().message.find("mine.json") != std::string::npos, undeclared.error().message.c_str());

        sample::writeBytes(at("mine.json"), R"({"kind": "torchscript", "audio_mode": "mel", "width": 32, "custom": {
            "picture_size": 64, "crop_border": 2, "mask": {"x": 4, "y": 30, "width": 56, "height": 30},
            "order": "reference_first", "audio": {"channels": 1, "height": 80, "width": 16}}})");
        const auto unasked = import("anna.mp4");
        QVERIFY(!unasked);
        QCOMPARE(unasked.error().code, ErrorCode::Usage);
        QVERIFY2(unasked.error().message.find("--allow-torchscript") != std::string::npos,
                 unasked.error().message.c_str());
        QVERIFY(!fs::exists(m_options.output));

        m_options.network.allowTorchScript = true;
        QVERIFY(import("anna.mp4"));
        QVERIFY(opened()->manifest().network.custom->pictureSize == 64);
        QVERIFY(nn::isScriptAgreed(m_options.output / "generator.pt").value());
        QCOMPARE(sample::readBytes(m_options.output / "generator.pt"), sample::readBytes(at("mine.pt")));
    }

    void whatIsNoSourceSaysWhatWasLookedFor_data()
    {
        QTest::addColumn<QString>("made");
        QTest::addColumn<QStringList>("words");
        QTest::newRow("empty folder") << "folder" << QStringList{"full_body_img", "package_info.json", "face_bounds"};
        QTest::newRow("weights alone") << "weights" << QStringList{"--checkpoint"};
        QTest::newRow("avatar") << "avatar" << QStringList{"avatar already"};
        QTest::newRow("LiveTalking") << "livetalking" << QStringList{"LiveTalking", "video"};
        QTest::newRow("no landmarks") << "no landmarks" << QStringList{"landmarks/"};
        QTest::newRow("no frames") << "no frames" << QStringList{"full_body_video.mp4", "no full frames"};
        QTest::newRow("text") << "text" << QStringList{"neither a video"};
        QTest::newRow("nothing") << "nothing" << QStringList{"There is no"};
        QTest::newRow("video alone") << "video" << QStringList{"lipsync prepare"};
    }
    void whatIsNoSourceSaysWhatWasLookedFor()
    {
        QFETCH(QString, made);
        QFETCH(QStringList, words);
        const auto source = at("source");
        if (made == "weights") {
            sample::writeBytes(at("net.pth"), "PK\3\4");
            m_source = "net.pth";
        } else if (made == "text") {
            sample::writeBytes(source, "some words");
        } else if (made == "video") {
            QVERIFY(test::writeForeignVideo(at("anna.mp4"), {.frames = 5, .withSound = false}));
            m_source = "anna.mp4";
        } else if (made != "nothing") {
            fs::create_directory(source);
        }
        if (made == "avatar")
            sample::writeBytes(source / "avatar.json", "{}");
        if (made == "livetalking")
            sample::writeBytes(source / "coords.pkl", "x");
        if (made == "no landmarks")
            fs::create_directory(source / "full_body_img");
        if (made == "no frames")
            sample::writeBytes(source / "package_info.json", "{}");
        const auto report = import(m_source.empty() ? "source" : m_source);
        m_source.clear();
        QVERIFY(!report);
        QCOMPARE(report.error().code, ErrorCode::InvalidInput);
        for (const auto& word : words)
            QVERIFY2(QString::fromStdString(report.error().text()).contains(word), report.error().text().c_str());
        QVERIFY(!fs::exists(at("out.avatar")));
        QCOMPARE(leftovers(), std::vector<std::string>{});
    }

    void aMissingEncoderIsAskedForByName()
    {
        QVERIFY(test::writeForeignDataSet(at("anna")));
        m_options.network.audioEncoder.clear();
        const auto report = import("anna");
        QVERIFY(!report);
        QCOMPARE(report.error().code, ErrorCode::Usage);
        const auto message = QString::fromStdString(report.error().message);
        QVERIFY2(message.contains("audio_visual_encoder.pth") && message.contains("audio_encoder.pth"),
                 qPrintable(message));
        m_options.network.audioEncoder = at("anna/checkpoint/10.pth"); // a generator is no encoder
        const auto wrong = import("anna");
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().code, ErrorCode::InvalidInput);
    }

    void aveOrHubertIsAskedForWhereNothingTells()
    {
        QVERIFY(test::writeForeignDataSet(at("anna")));
        sample::writeBytes(at("anna/aud_hu.npy"), "beside aud_ave.npy");
        m_options.network.audioEncoder.clear();
        const auto report = import("anna");
        QVERIFY(!report);
        QCOMPARE(report.error().code, ErrorCode::Usage);
        QVERIFY2(report.error().message.find("--mode") != std::string::npos, report.error().message.c_str());
        m_options.network.audioEncoder = m_encoder; // tells
        QVERIFY(import("anna"));
    }

    void brokenFramesAndLandmarksAreNamed()
    {
        QVERIFY(test::writeForeignDataSet(at("anna")));
        fs::remove(at("anna/landmarks/6.lms"));
        auto report = import("anna");
        QVERIFY(!report);
        QCOMPARE(report.error().code, ErrorCode::InvalidInput);
        QVERIFY2(
            report.error().message.find("frame(s) 6 of 0–13. Import the longest stretch without them with --frames "
                                        "7-13") != std::string::npos,
            report.error().message.c_str());
        m_options.frames = FrameRange{7, 13};
        QVERIFY(import("anna"));
        QCOMPARE(numbersIn(), counting(7, 7));

        m_options.overwrite = true;
        sample::writeBytes(at("anna/landmarks/8.lms"), "0 0\n");
        report = import("anna");
        QVERIFY(!report);
        QVERIFY2(report.error().message.find("8.lms") != std::string::npos, report.error().message.c_str());
        QVERIFY(opened()); // what was there before is still whole

        test::writeForeignLandmarks(at("anna/landmarks"), 8, test::foreignCrop(8));
        sample::cut(at("anna/full_body_img/9.jpg"), 0.01);
        report = import("anna");
        QVERIFY(!report);
        QVERIFY2(report.error().message.find("9.jpg") != std::string::npos, report.error().message.c_str());
        QCOMPARE(leftovers(), std::vector<std::string>{});
    }

    void aTruncatedCheckpointIsRefused()
    {
        QVERIFY(test::writeForeignDataSet(at("anna")));
        sample::cut(at("anna/checkpoint/10.pth"), 0.7);
        const auto report = import("anna");
        QVERIFY(!report);
        QCOMPARE(report.error().code, ErrorCode::InvalidInput);
        QVERIFY2(report.error().message.find("10.pth") != std::string::npos, report.error().message.c_str());
    }

    void anExistingAvatarIsNotReplacedUnasked()
    {
        QVERIFY(test::writeForeignDataSet(at("anna")));
        fs::create_directory(at("out.avatar"));
        const auto report = import("anna");
        QVERIFY(!report);
        QCOMPARE(report.error().code, ErrorCode::InvalidInput);
        m_options.output = at("anna.folder");
        const auto named = import("anna");
        QVERIFY(!named);
        QCOMPARE(named.error().code, ErrorCode::Usage);
    }

    void aStopLeavesNothing()
    {
        QVERIFY(test::writeForeignPackage(at("sanders")));
        std::stop_source stop;
        m_options.source = at("sanders");
        ImportEvents events;
        events.progress = [&](const char* /*stage*/, double share) {
            if (share > 0.3)
                stop.request_stop();
        };
        const auto report = importAvatar(m_options, events, stop.get_token());
        QVERIFY(!report);
        QCOMPARE(report.error().code, ErrorCode::Interrupted);
        QVERIFY(!fs::exists(at("out.avatar")));
        QCOMPARE(leftovers(), std::vector<std::string>{});
    }

private:
    fs::path at(const std::string& name) const { return fs::path(m_folder->path().toStdString()) / name; }

    Result<ImportReport> import(const std::string& source)
    {
        m_options.source = at(source);
        ImportEvents events;
        events.recognised = [this](const std::string& sentence) { m_recognised = sentence; };
        auto report = importAvatar(m_options, events);
        if (!report)
            qInfo("%s", report.error().text().c_str());
        return report;
    }

    std::shared_ptr<const avatar::AvatarPackage> opened() const
    {
        auto package = avatar::AvatarPackage::open(m_options.output);
        return package ? *package : nullptr;
    }

    std::vector<int> numbersIn() const
    {
        std::vector<int> numbers;
        auto reader = media::VideoReader::open(m_options.output / "template.mp4");
        while (reader) {
            auto picture = (*reader)->next();
            if (!picture || !*picture)
                break;
            numbers.push_back(sample::numberOn(**picture));
        }
        return numbers;
    }

    static std::vector<int> counting(int first, int count)
    {
        std::vector<int> numbers;
        for (int i = 0; i < count; ++i)
            numbers.push_back(first + i);
        return numbers;
    }

    /// By how many samples the avatar's sound is off the source's sweep of `seconds` from `from` on.
    int soundLag(double from, double seconds) const
    {
        const auto sound = media::decodeSpeech(m_options.output / "sound.wav");
        if (!sound)
            return 1 << 20;
        const auto sweep = sample::chirp(kRate, static_cast<std::size_t>(seconds * kRate), seconds, 3000.0);
        const auto first = static_cast<std::size_t>(from * kRate);
        return std::abs(sample::lagOf(sound->samples, std::span(sweep).subspan(first), 400));
    }

    /// Unfinished files beside the output.
    std::vector<std::string> leftovers() const
    {
        std::vector<std::string> names;
        for (const auto& name : sample::namesIn(at("")))
            if (name.starts_with("out.avatar."))
                names.push_back(name);
        return names;
    }

    QTemporaryDir m_shared;
    fs::path m_encoder;
    std::unique_ptr<QTemporaryDir> m_folder;
    ImportOptions m_options;
    std::string m_recognised;
    std::string m_source;
};

QTEST_GUILESS_MAIN(AvatarImportTest)
#include "avatar_import_test.moc"
