// SPDX-License-Identifier: GPL-3.0-or-later
#include "program_run.h"
#include "workplace.h"

#include "avatar/avatar_package.h"
#include "avatar/template_frames.h"
#include "engine/media/sample_media.h"
#include "support/foreign_sources.h"

#include <csignal>

#include <sys/resource.h>

#include <nlohmann/json.hpp>

#include <QElapsedTimer>
#include <QProcess>
#include <QTest>

using namespace lipsync;
using namespace lipsync::test;
namespace fs = std::filesystem;
namespace sample = lipsync::media::sample;

/// `import` as an operator uses it, and `render` of what it made.
class CliImportTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const auto prepared = m_place.prepare();
        QVERIFY2(prepared, prepared ? "" : prepared.error().text().c_str());
        m_voice = m_place.writeVoice("voice.wav", 1.0);
        m_encoder = m_place.file("audio_visual_encoder.pth");
        QVERIFY(writeForeignEncoder(m_encoder));
        QVERIFY(writeForeignDataSet(m_place.file("anna")));
    }

    void cleanup() { m_place.clearOutputs(); }

    void anImportedDataSetSpeaksAtOnce()
    {
        const auto avatar = m_place.output("anna.avatar");
        const auto run = runLipsync({"import", text(m_place.file("anna")), "--audio-encoder", text(m_encoder), "--out",
                                     text(avatar), "--title", "Anna", "--json"});
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        const auto report = nlohmann::json::parse(run.output.toStdString(), nullptr, false);
        QCOMPARE(report.value("network", ""), std::string("synctalk2d_160_ave (width 4)"));
        QCOMPARE(report.value("frames", 0), 14);
        QCOMPARE(report.value("sound", false), true);
        QVERIFY(report["warnings"].empty());
        QVERIFY2(run.errors.contains("data set of 14 pictures"), qPrintable(run.errors));
        rendersItsVoice(avatar);
    }

    void anImportedWav2LipSpeaksAtOnce()
    {
        QVERIFY(writeForeignVideo(m_place.file("anna.mp4")));
        const auto network = m_place.file("wav2lip.pth");
        QVERIFY(writeForeignNetwork(network, {nn::GeneratorKind::Wav2Lip96, nn::AudioMode::Mel, 4}));
        const auto avatar = m_place.output("wav2lip.avatar");
        const auto run = runLipsync({"import", text(m_place.file("anna.mp4")), "--checkpoint", text(network), "--face",
                                     "60,20,80,96", "--out", text(avatar)});
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        QVERIFY2(run.output.contains("network wav2lip_96"), qPrintable(run.output));
        rendersItsVoice(avatar);
    }

    // The package that the bar is about: 523 frames of 720 × 1280, and the full 328 network.
    void aLongPackageFitsIntoMemoryAndOpensAtOnce()
    {
        constexpr long kMostKilobytes = 700L * 1024;
        constexpr qint64 kLongestOpeningMs = 2000;
        const ForeignSource source{.frames = 523,
                                   .size = {720, 1280},
                                   .withSound = false,
                                   .network = {nn::GeneratorKind::SyncTalk2D328, nn::AudioMode::Ave, 32}};
        QVERIFY(writeForeignPackage(m_place.file("sanders"), source));
        const auto folder = m_place.output("sanders.avatar");
        rusage before{};
        getrusage(RUSAGE_CHILDREN, &before);
        const auto run = runLipsync(
            {"import", text(m_place.file("sanders")), "--audio-encoder", text(m_encoder), "--out", text(folder)});
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        rusage after{};
        getrusage(RUSAGE_CHILDREN, &after);
        qInfo("largest child: %ld MB, before %ld MB", after.ru_maxrss / 1024, before.ru_maxrss / 1024);
        QVERIFY(after.ru_maxrss <= kMostKilobytes);

        QElapsedTimer clock;
        clock.start();
        const auto package = avatar::AvatarPackage::open(folder);
        QVERIFY(package);
        const qint64 opened = clock.elapsed();
        const auto frames = avatar::TemplateFrames::open(*package);
        QVERIFY(frames);
        const auto frame = (*frames)->frame(1);
        QVERIFY(frame);
        qInfo("opened in %lld ms, first frame after %lld ms", opened, clock.elapsed());
        QVERIFY(clock.elapsed() <= kLongestOpeningMs);
        QCOMPARE(sample::numberOn((*frame)->picture), 1);
    }

    void failuresHaveTheirStatusAndOneSentence_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::addColumn<QStringList>("words");
        const auto anna = text(m_place.file("anna"));
        const auto encoder = text(m_encoder);
        QTest::newRow("nothing there") << QStringList{text(m_place.file("nowhere"))} << 3 << QStringList{"There is no"};
        QTest::newRow("no source") << QStringList{text(m_voice)} << 3 << QStringList{"voice.wav"};
        QTest::newRow("no encoder") << QStringList{anna} << 2 << QStringList{"--audio-encoder", "audio_encoder.pth"};
        QTest::newRow("frames") << QStringList{anna, "--audio-encoder", encoder, "--frames", "5"} << 2
                                << QStringList{"--frames"};
        QTest::newRow("mode") << QStringList{anna, "--mode", "words"} << 2 << QStringList{"--mode"};
        QTest::newRow("face") << QStringList{anna, "--face", "1,2"} << 2 << QStringList{"--face"};
    }
    void failuresHaveTheirStatusAndOneSentence()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        QFETCH(QStringList, words);
        const auto run = runLipsync(QStringList{"import", "--out", text(m_place.output("x.avatar"))} + arguments);
        QCOMPARE(refusalProblem(run, status, words), QString());
        QVERIFY(m_place.outputs().empty());
    }

    void ctrlCEndsAnImportAndLeavesNothing()
    {
        QVERIFY(writeForeignVideo(m_place.file("long.mp4"), {.frames = 2000, .withSound = false}));
        const auto network = m_place.file("wav2lip.pth");
        QVERIFY(writeForeignNetwork(network, {nn::GeneratorKind::Wav2Lip96, nn::AudioMode::Mel, 4}));
        QProcess process;
        process.setReadChannel(QProcess::StandardError);
        process.start(programFile(),
                      {"import", text(m_place.file("long.mp4")), "--checkpoint", text(network), "--face", "60,20,80,96",
                       "--out", text(m_place.output("long.avatar"))});
        // It says what it recognised before it begins.
        QByteArray told;
        while (!told.contains("with the network") && process.waitForReadyRead(60'000))
            told += process.readAllStandardError();
        QVERIFY2(told.contains("with the network"), told.constData());
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(60'000));
        QCOMPARE(process.exitCode(), 130);
        QVERIFY(m_place.outputs().empty());
    }

private:
    void rendersItsVoice(const fs::path& avatar)
    {
        const auto video = m_place.output("speech.mp4");
        const auto run =
            runLipsync({"render", "--avatar", text(avatar), "--voice", text(m_voice), "--out", text(video), "--json"});
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        const auto report = nlohmann::json::parse(run.output.toStdString(), nullptr, false);
        QVERIFY(report.value("frames", 0) >= 20);
        QVERIFY(fs::file_size(video) > 1000);
    }

    Workplace m_place;
    fs::path m_voice;
    fs::path m_encoder;
};

QTEST_GUILESS_MAIN(CliImportTest)
#include "cli_import_test.moc"
