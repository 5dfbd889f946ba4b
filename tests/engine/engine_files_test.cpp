// SPDX-License-Identifier: GPL-3.0-or-later
// What the façade says about files, on real ones.

#include "engine.h"
#include "peak_track.h"

#include "engine/media/sample_media.h"
#include "support/foreign_sources.h"
#include "support/test_avatar.h"

#include <fmt/format.h>
#include <zip.h>

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
namespace fs = std::filesystem;
namespace sample = lipsync::media::sample;

namespace {

/// Packs one file under that name.
void writeZip(const fs::path& file, const char* name, const std::string& bytes)
{
    zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    zip_file_add(archive, name, zip_source_buffer(archive, bytes.data(), bytes.size(), 0), ZIP_FL_ENC_UTF_8);
    zip_close(archive);
}

} // namespace

class EngineFilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        prepareProcess();
        m_folder = m_temporary.path().toStdString();
        QVERIFY(test::makeTestAvatar(at("small.avatar")).has_value());
        std::vector<std::int16_t> samples(16000, 0);
        samples[4000] = 16384; // half of full scale, in the second quarter
        samples[15999] = -32768;
        sample::writeWav(at("voice.wav"), 16000, 1, std::span<const std::int16_t>(samples));
        QVERIFY(test::writeForeignVideo(at("talk.mp4")).has_value());
        m_engine = std::move(createEngine({.plan = defaultPlan(1), .workerProgram = {}}).value());
    }

    void filesAreToldApartByTheirContent_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, FileKind kind, const char* words) {
            QTest::newRow(name) << name << static_cast<int>(kind) << words;
        };
        const auto trained = test::makeTestAvatar(at("copy"));
        QVERIFY(trained.has_value());
        fs::copy(at("talk.mp4"), at("called.wav"));
        fs::copy(at("voice.wav"), at("called.mp4"));
        QVERIFY(sample::writeNumberedVideo(at("silent.mp4"), 5).has_value());
        QVERIFY(test::writeForeignDataSet(at("dataset")).has_value());
        QVERIFY(test::writeForeignNetwork(at("network.pth"), test::ForeignSource{}.network).has_value());
        writeZip(at("package.zip"), "anna/package_info.json", "{}");
        writeZip(at("avatar.zip"), "anna.avatar/avatar.json", "{}");
        writeZip(at("letters.zip"), "letters/first.txt", "Dear");
        sample::writeBytes(at("work.json"), fmt::format("{{\n  \"format\": \"{}\"\n}}", kProjectFormat));
        sample::writeBytes(at("other.json"), "{\"format\": \"something else\"}");
        sample::writeBytes(at("broken.lipsync"), "{\"broken\": ");
        sample::writeBytes(at("words.mp4"), "This is a text and no video.\n");
        sample::writeBytes(at("paper.pdf"), "%PDF-1.7 and so on, and so on, and so on");
        sample::writeBytes(at("nothing.wav"), "");
        fs::create_directory(at("empty"));
        fs::create_directory(at("broken.avatar"));
        fs::copy(at("small.avatar/thumbnail.png"), at("face.png"));

        row("small.avatar", FileKind::Avatar, "12 frames of 96 × 96 pixels");
        row("copy", FileKind::Avatar, "ready to speak");
        row("voice.wav", FileKind::Voice, "16000 Hz");
        row("called.mp4", FileKind::Voice, "sound of 1.0 s");
        row("talk.mp4", FileKind::Video, "208 × 120 pixels, with sound");
        row("called.wav", FileKind::Video, "video");
        row("silent.mp4", FileKind::Video, "without sound");
        row("dataset", FileKind::Importable, "data set of 14 pictures");
        row("package.zip", FileKind::Importable, "archive");
        row("network.pth", FileKind::Checkpoint, "weights");
        row("small.avatar/generator.safetensors", FileKind::Checkpoint, "weights");
        row("work.json", FileKind::Project, "project");
        row("other.json", FileKind::Unknown, "JSON");
        row("broken.lipsync", FileKind::Unknown, "damaged project file");
        row("avatar.zip", FileKind::Unknown, "Unpack it");
        row("letters.zip", FileKind::Unknown, "archive without");
        row("words.mp4", FileKind::Unknown, "text");
        row("paper.pdf", FileKind::Unknown, "PDF");
        row("nothing.wav", FileKind::Unknown, "empty");
        row("face.png", FileKind::Unknown, "single picture");
        row("empty", FileKind::Unknown, "cannot be imported");
        row("broken.avatar", FileKind::Unknown, "avatar.json is missing");
        row("missing.mp4", FileKind::Unknown, "no file or folder");
        QTest::newRow("a device") << "/dev/zero" << static_cast<int>(FileKind::Unknown) << "neither a file nor";
    }

    void filesAreToldApartByTheirContent()
    {
        QFETCH(QString, name);
        QFETCH(int, kind);
        QFETCH(QString, words);
        const auto found = m_engine->describeFile(at(name.toStdString()));
        QVERIFY2(found.sentence.find(words.toStdString()) != std::string::npos, found.sentence.c_str());
        QCOMPARE(static_cast<int>(found.kind), kind);
    }

    void anAvatarTellsWhatItCanDoAndHowLargeItIs()
    {
        const auto info = m_engine->describeAvatar(at("small.avatar"));
        QVERIFY(info.has_value());
        QVERIFY(info->isTrained && info->speaksAnyVoice);
        std::uint64_t bytes = 0;
        for (const auto& entry : fs::directory_iterator(at("small.avatar")))
            bytes += entry.file_size();
        QCOMPARE(info->bytes, bytes);
        test::TestAvatarOptions hubert;
        hubert.network.mode = nn::AudioMode::Hubert;
        QVERIFY(test::makeTestAvatar(at("hubert.avatar"), hubert).has_value());
        QVERIFY(!m_engine->describeAvatar(at("hubert.avatar"))->speaksAnyVoice);
    }

    void aWholeAvatarIsVerifiedAndADamagedOneIsNot()
    {
        const auto whole = m_engine->verifyAvatar(at("small.avatar"));
        QVERIFY2(whole.has_value(), whole ? "" : whole.error().text().c_str());
        fs::copy(at("small.avatar"), at("damaged.avatar"));
        auto weights = sample::readBytes(at("damaged.avatar/generator.safetensors"));
        weights[weights.size() / 2] ^= 1;
        sample::writeBytes(at("damaged.avatar/generator.safetensors"), weights);
        const auto damaged = m_engine->verifyAvatar(at("damaged.avatar"));
        QVERIFY(!damaged.has_value());
        QCOMPARE(damaged.error().code, ErrorCode::InvalidInput);
        QVERIFY(damaged.error().message.find("generator.safetensors") != std::string::npos);
        QVERIFY(!m_engine->verifyAvatar(at("missing.avatar")).has_value());
    }

    void thePeaksOfAVoiceAreThoseOfItsSamples()
    {
        const auto peaks = m_engine->voicePeaks(at("voice.wav"), 4);
        QVERIFY2(peaks.has_value(), peaks ? "" : peaks.error().text().c_str());
        QCOMPARE(*peaks, (std::vector<float>{0.0F, 0.5F, 0.0F, 1.0F})); // sample 4000 begins the second quarter
        const auto many = m_engine->voicePeaks(at("voice.wav"), 64000); // more than there are samples
        QVERIFY(many.has_value());
        QCOMPARE(many->size(), std::size_t{64000});
        QCOMPARE((*many)[16000], 0.5F);
        QCOMPARE(many->back(), 1.0F);
        QCOMPARE(m_engine->voicePeaks(at("voice.wav"), 0).error().code, ErrorCode::Usage);
        QCOMPARE(m_engine->voicePeaks(at("voice.wav"), -3).error().code, ErrorCode::Usage);
        QCOMPARE(m_engine->voicePeaks(at("missing.wav"), 4).error().code, ErrorCode::InvalidInput);
    }

    void thePeaksOfALongSoundAreKeptInSteps()
    {
        PeakTrack track(8); // steps of 16 samples for 100
        media::PcmAudio piece{16000, 2, std::vector<float>(200, 0.0F)};
        piece.samples[2 * 70 + 1] = -0.25F; // sample 70 of the second channel
        track.add(piece);
        QCOMPARE(track.frames(), std::size_t{100});
        QCOMPARE(track.peaks(2), (std::vector<float>{0.0F, 0.25F}));
        QCOMPARE(track.peaks(5), (std::vector<float>{0.0F, 0.0F, 0.0F, 0.25F, 0.0F}));
        QCOMPARE(track.peaks(1), std::vector<float>{0.25F});
        QCOMPARE(PeakTrack().peaks(2), (std::vector<float>{0.0F, 0.0F})); // of nothing
    }

    void theFrameOfAVideoIsTheOneThatIsShownThen()
    {
        for (const int frame : {0, 7, 13}) { // of 14, 25 a second
            const auto picture = m_engine->videoFrame(at("talk.mp4"), (frame + 0.5) / 25);
            QVERIFY2(picture.has_value(), picture ? "" : picture.error().text().c_str());
            QCOMPARE((*picture)->width, 208);
            QCOMPARE((*picture)->height, 120);
            QCOMPARE((*picture)->bgr.size(), std::size_t{208 * 120 * 3});
            const cv::Mat view(120, 208, CV_8UC3, const_cast<std::uint8_t*>((*picture)->bgr.data()));
            QCOMPARE(sample::numberOn(view), frame);
        }
        const auto late = m_engine->videoFrame(at("talk.mp4"), 5);
        QCOMPARE(late.error().code, ErrorCode::InvalidInput);
        QVERIFY2(late.error().message.find("ends after 0.6 s") != std::string::npos, late.error().message.c_str());
        QCOMPARE(m_engine->videoFrame(at("talk.mp4"), -1).error().code, ErrorCode::Usage);
        QCOMPARE(m_engine->videoFrame(at("voice.wav"), 0).error().code, ErrorCode::InvalidInput);
    }

private:
    fs::path at(const std::string& name) const { return m_folder / name; }

    QTemporaryDir m_temporary;
    fs::path m_folder;
    std::unique_ptr<Engine> m_engine;
};

QTEST_GUILESS_MAIN(EngineFilesTest)
#include "engine_files_test.moc"
