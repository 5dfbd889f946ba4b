// SPDX-License-Identifier: GPL-3.0-or-later
#include "program_run.h"
#include "workplace.h"

#include "audio/feature_track.h"
#include "engine/media/sample_media.h"
#include "media/audio_decoder.h"
#include "media/video_reader.h"

#include <csignal>

#include <nlohmann/json.hpp>

#include <QProcess>
#include <QStandardPaths>
#include <QTest>

using namespace lipsync;
using namespace lipsync::test;
namespace fs = std::filesystem;

namespace {

const QStringList kCommands{"render",  "inspect", "features", "mel",      "forward", "train", "bench",
                            "compare", "tune",    "plan",     "simulate", "worker",  "doctor"};

} // namespace

/// The program as a person meets it: help, usage, and `lipsync render`.
class CliTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const auto prepared = m_place.prepare();
        QVERIFY2(prepared, prepared ? "" : prepared.error().text().c_str());
    }

    void cleanup() { m_place.clearOutputs(); }

    void helpTellsEveryCommandAndAnExample()
    {
        const auto run = runLipsync({"--help"});
        QCOMPARE(run.status, 0);
        for (const QString& command : kCommands)
            QVERIFY2(run.output.contains("  " + command + " "), qPrintable(command));
        QVERIFY(run.output.contains("Example"));
        QVERIFY(run.errors.isEmpty());
    }

    void everyCommandHasHelpWithAnExample_data()
    {
        QTest::addColumn<QString>("command");
        for (const QString& command : kCommands)
            QTest::newRow(qPrintable(command)) << command;
    }

    void everyCommandHasHelpWithAnExample()
    {
        QFETCH(QString, command);
        const auto run = runLipsync({command, "--help"});
        QCOMPARE(run.status, 0);
        QVERIFY2(run.output.contains("lipsync " + command), qPrintable(run.output));
        QVERIFY2(run.output.contains("Example"), qPrintable(run.output));
    }

    void theVersionIsPrinted()
    {
        const auto run = runLipsync({"--version"});
        QCOMPARE(run.status, 0);
        QCOMPARE(run.output, QString("lipsync " LIPSYNC_VERSION "\n"));
    }

    void wrongUsageIsToldInOneSentence_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("word");
        QTest::newRow("nothing") << QStringList{} << "lipsync --help";
        QTest::newRow("unknown command") << QStringList{"sing"} << "sing";
        QTest::newRow("unknown option") << m_place.renderArguments("v.wav", "o.mp4") + QStringList{"--loud"}
                                        << "--loud";
        QTest::newRow("missing option") << QStringList{"render", "--avatar", "a"} << "--voice";
        QTest::newRow("missing value") << QStringList{"inspect"} << "path";
        QTest::newRow("no number") << m_place.renderArguments("v.wav", "o.mp4") + QStringList{"--batch", "many"}
                                   << "--batch";
        QTest::newRow("too many") << m_place.renderArguments("v.wav", "o.mp4") + QStringList{"--threads", "0"}
                                  << "--threads";
        QTest::newRow("no such precision")
            << m_place.renderArguments("v.wav", "o.mp4") + QStringList{"--precision", "fp8"} << "fp8";
        QTest::newRow("precision by number")
            << m_place.renderArguments("v.wav", "o.mp4") + QStringList{"--precision", "1"} << "--precision";
        QTest::newRow("no such paste") << m_place.renderArguments("v.wav", "o.mp4") + QStringList{"--paste", "glue"}
                                       << "glue";
        QTest::newRow("no such network") << QStringList{"forward", "--network", "other", "--weights",
                                                        "formula", "--out",     "o.npy"}
                                         << "other";
    }

    void wrongUsageIsToldInOneSentence()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, word);
        QCOMPARE(refusalProblem(runLipsync(arguments), 2, {word, "--help"}), QString());
    }

    void aVoiceBecomesAVideoAndAReport()
    {
        const auto voice = m_place.writeVoice("voice.wav", 2.5);
        const auto video = m_place.output("video.mp4");
        const auto run = runLipsync(m_place.renderArguments(voice, video) + QStringList{"--json", "--threads", "2"});
        QVERIFY2(run.status == 0, qPrintable(run.errors));

        QCOMPARE(run.output.count('\n'), 1);
        const auto report = nlohmann::json::parse(run.output.toStdString());
        for (const char* key : {"frames", "seconds", "fps", "network_fps", "realtime_factor", "peak_rss_mb"})
            QVERIFY2(report.contains(key) && report[key].get<double>() > 0, key);
        verifyVideo(video, voice, report["frames"]);
        QCOMPARE(m_place.outputs(), std::vector<std::string>{"video.mp4"});

        const QStringList progress = run.errors.split('\n', Qt::SkipEmptyParts);
        QVERIFY(!progress.isEmpty());
        for (const QString& line : progress)
            QVERIFY2(line.startsWith("rendering: ") && line.contains(" fps") && line.contains(" left"),
                     qPrintable(line));
        QVERIFY(!run.errors.contains('\r'));
    }

    void shortAndSilentVoicesGiveAVideo_data()
    {
        QTest::addColumn<qulonglong>("samples");
        QTest::newRow("one sample") << 1ULL;
        QTest::newRow("a silent second") << 16000ULL;
    }

    void shortAndSilentVoicesGiveAVideo()
    {
        QFETCH(qulonglong, samples);
        const auto voice = m_place.writeSilence("silent.wav", samples);
        const auto video = m_place.output("video.mp4");
        media::sample::writeBytes(video, "an older video"); // --force replaces it
        const auto run = runLipsync(m_place.renderArguments(voice, video) + QStringList{"--force"});
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        const auto frames = static_cast<std::int64_t>(audio::videoFrameCount(samples));
        QVERIFY(frames >= 4);
        verifyVideo(video, voice, frames);
        QVERIFY2(run.output.contains(QString("%1 frames").arg(frames)), qPrintable(run.output));
        QVERIFY2(run.output.contains("video.mp4"), qPrintable(run.output));
        QCOMPARE(m_place.outputs(), std::vector<std::string>{"video.mp4"});
    }

    void twentyMillisecondsAsPictures()
    {
        const auto voice = m_place.writeSilence("silent.wav", 320);
        const auto run = runLipsync(m_place.renderArguments(voice, m_place.output("frames")) +
                                    QStringList{"--png", "--paste", "exact"});
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        const auto names = media::sample::namesIn(m_place.output("frames"));
        QCOMPARE(names.size(), audio::videoFrameCount(320) + 1);
        QCOMPARE(names.back(), std::string("sound.wav"));
        QCOMPARE(names.front(), std::string("frame-000000.png"));
        QCOMPARE(m_place.outputs(), std::vector<std::string>{"frames"});
    }

    void aTerminalSeesOneLineThatIsRewritten()
    {
        const auto script = QStandardPaths::findExecutable("script");
        if (script.isEmpty())
            QSKIP("needs the program 'script' (Debian package bsdutils) for a terminal");
        const auto voice = m_place.writeVoice("voice.wav", 1.0);
        QProcess process;
        const auto command =
            programFile() + " " + m_place.renderArguments(voice, m_place.output("video.mp4")).join(' ');
        process.start(script, {"-q", "-e", "-c", command, "/dev/null"});
        QVERIFY(process.waitForFinished(kPatienceMs));
        const auto screen = QString::fromUtf8(process.readAllStandardOutput());
        QVERIFY2(process.exitCode() == 0, qPrintable(screen));
        QVERIFY2(screen.contains("\rrendering  [#"), qPrintable(screen));
        QVERIFY2(screen.contains("] 100 %") && screen.contains(" fps ") && screen.contains(" left"),
                 qPrintable(screen));
    }

    void stoppedHalfWayItLeavesNothingBehind_data()
    {
        QTest::addColumn<bool>("pictures");
        QTest::addColumn<int>("signal");
        QTest::newRow("Ctrl-C, video") << false << SIGINT;
        QTest::newRow("Ctrl-C, pictures") << true << SIGINT;
        QTest::newRow("asked to end") << false << SIGTERM;
        QTest::newRow("terminal closed") << false << SIGHUP;
    }

    void stoppedHalfWayItLeavesNothingBehind()
    {
        QFETCH(bool, pictures);
        QFETCH(int, signal);
        const auto voice = m_place.writeSilence("long.wav", 300 * 16000);
        auto arguments = m_place.renderArguments(voice, m_place.output(pictures ? "frames" : "video.mp4"));
        if (pictures)
            arguments.append("--png");
        QProcess process;
        process.setChildProcessModifier([] { std::signal(SIGHUP, SIG_DFL); }); // also where the tests run under nohup
        process.start(programFile(), arguments);
        process.setReadChannel(QProcess::StandardError);
        QByteArray errors;
        while (!errors.contains("rendering: ")) {
            QVERIFY2(process.waitForReadyRead(kPatienceMs), errors.constData());
            errors += process.readAllStandardError();
        }
        QVERIFY(!m_place.outputs().empty()); // the unfinished neighbour is there while it runs
        QCOMPARE(::kill(static_cast<pid_t>(process.processId()), signal), 0);
        QVERIFY(process.waitForFinished(kPatienceMs));
        errors += process.readAllStandardError();
        const ProgramRun run{process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
                             QString::fromUtf8(process.readAllStandardOutput()), QString::fromUtf8(errors)};
        QCOMPARE(refusalProblem(run, 130, {}), QString());
        QVERIFY(m_place.outputs().empty());
    }

private:
    static constexpr int kPatienceMs = 240'000;

    /// The file has exactly these frames at 25 a second, and the voice's sound.
    static void verifyVideo(const fs::path& video, const fs::path& voice, std::int64_t frames)
    {
        const auto speech = media::decodeSpeech(voice);
        QVERIFY(speech);
        QCOMPARE(frames, static_cast<std::int64_t>(audio::videoFrameCount(speech->frames())));
        const auto info = media::probeVideo(video);
        QVERIFY2(info, info ? "" : info.error().text().c_str());
        QCOMPARE(info->frameCount, frames);
        QCOMPARE(info->frameRate, 25.0);
        QCOMPARE(info->seconds, static_cast<double>(frames) / 25.0);
        QVERIFY(info->hasAudio);
        const auto sound = media::decodeAudio(video);
        QVERIFY2(sound, sound ? "" : sound.error().text().c_str());
        QCOMPARE(sound->seconds(), speech->seconds());
    }

    Workplace m_place;
};

QTEST_GUILESS_MAIN(CliTest)
#include "cli_test.moc"
