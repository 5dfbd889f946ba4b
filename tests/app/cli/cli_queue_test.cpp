// SPDX-License-Identifier: GPL-3.0-or-later
// `lipsync queue`: exports that survive whatever happens to the process.

#include "engine/media/sample_media.h"
#include "program_run.h"
#include "support/test_avatar.h"
#include "workplace.h"

#include "media/audio_decoder.h"
#include "media/segment_file.h"
#include "media/video_reader.h"

#include <algorithm>
#include <csignal>

#include <QElapsedTimer>
#include <QProcess>
#include <QRandomGenerator>
#include <QTest>
#include <nlohmann/json.hpp>

using namespace lipsync;
using namespace lipsync::test;
namespace fs = std::filesystem;

namespace {

constexpr int kPatienceMs = 240'000;
constexpr int kKills = 24;
constexpr int kSide = 256; ///< of the picture: x264 makes of a very small one not the same bytes each time
constexpr double kVoiceSeconds = 24;
constexpr std::int64_t kFrames = 599;
constexpr std::int64_t kMoreThanAll = 1'000'000; ///< frames

struct Kind {
    const char* format;
    const char* suffix; ///< of the output's name
};
constexpr Kind kKinds[] = {{"mp4", ".mp4"}, {"webm", ".webm"}, {"prores", ".mov"}, {"png", ""}};

/// One process, one frame at a time: the same pictures to the last bit, run by run.
const QStringList kExactly{"--workers", "1", "--threads", "1", "--batch", "1"};

/// Every file below a folder or file, by name, with its bytes.
std::map<std::string, std::string> contentOf(const fs::path& output)
{
    std::map<std::string, std::string> content;
    if (!fs::is_directory(output)) {
        content[""] = media::sample::readBytes(output);
        return content;
    }
    for (const auto& entry : fs::directory_iterator(output))
        content[entry.path().filename().string()] = media::sample::readBytes(entry.path());
    return content;
}

} // namespace

class CliQueueTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_place = std::make_unique<Workplace>();
        const auto prepared = m_place->prepare();
        QVERIFY2(prepared.has_value(), prepared ? "" : prepared.error().text().c_str());
        TestAvatarOptions options;
        options.frameSize = {kSide, kSide};
        QVERIFY(makeTestAvatar(m_place->avatar(), options).has_value());
    }

    void whatIsAddedWaitsAndIsMadeInItsOrder()
    {
        const auto voice = m_place->writeVoice("voice.wav", 1);
        add(voice, "a.mp4", "mp4");
        add(voice, "b.webm", "webm");
        QVERIFY(!fs::exists(m_place->output("a.mp4")));
        QCOMPARE(change({"move", "2", "1"}).status, 0);
        auto listed = list();
        QCOMPARE(listed["jobs"].size(), std::size_t{2});
        QCOMPARE(listed["jobs"][0]["id"].get<int>(), 2);
        QCOMPARE(listed["jobs"][1]["state"].get<std::string>(), std::string("waiting"));
        const auto run = change({"run"});
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        QVERIFY(run.output.indexOf("b.webm") < run.output.indexOf("a.mp4"));
        QCOMPARE(m_place->outputs(), (std::vector<std::string>{"a.mp4", "b.webm"}));
        QCOMPARE(change({"clear"}).status, 0);
        QVERIFY(list()["jobs"].empty());
    }

    void whatCannotBeMadeIsRefusedWhenItIsAdded()
    {
        const auto voice = m_place->writeVoice("voice.wav", 1);
        media::sample::writeBytes(m_place->output("there.mp4"), "precious");
        QCOMPARE(refusalProblem(tryAdd(voice, "there.mp4", "mp4"), 2, {"exists"}), QString());
        QCOMPARE(refusalProblem(tryAdd(voice, "name.mp4", "webm"), 2, {"name.webm"}), QString());
        QCOMPARE(refusalProblem(tryAdd(voice, "none/there.mp4", "mp4"), 4, {"folder"}), QString());
        QCOMPARE(refusalProblem(tryAdd(m_place->file("none.wav"), "a.mp4", "mp4"), 3, {"none.wav"}), QString());
        add(voice, "a.mp4", "mp4");
        QCOMPARE(refusalProblem(tryAdd(voice, "a.mp4", "mp4"), 2, {"another export"}), QString());
        QCOMPARE(refusalProblem(change({"cancel", "7"}), 2, {"no export 7"}), QString());
        QCOMPARE(m_place->outputs(), std::vector<std::string>{"there.mp4"});
    }

    void ctrlCPausesAndTheNextRunGoesOn()
    {
        const auto voice = m_place->writeVoice("long.wav", kVoiceSeconds);
        add(voice, "a.mp4", "mp4");
        QProcess process;
        process.start(programFile(), QStringList{"queue", "run", "--journal", text(journal())} + kExactly);
        QTRY_VERIFY_WITH_TIMEOUT(fs::exists(m_place->output("a.mp4.unfinished")) &&
                                     fs::file_size(m_place->output("a.mp4.unfinished")) > 20'000,
                                 kPatienceMs);
        QCOMPARE(::kill(static_cast<pid_t>(process.processId()), SIGINT), 0);
        QVERIFY(process.waitForFinished(kPatienceMs));
        QCOMPARE(process.exitCode(), 130);
        const auto job = list()["jobs"][0];
        QCOMPARE(job["state"].get<std::string>(), std::string("paused"));
        QVERIFY(job["frames_done"].get<int>() >= 50);
        const auto run = change(QStringList{"run"} + kExactly);
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        QCOMPARE(media::probeVideo(m_place->output("a.mp4"))->frameCount, kFrames);
        QCOMPARE(m_place->outputs(), std::vector<std::string>{"a.mp4"});
    }

    void killedAtAnyMomentItGoesOnToTheSameFiles()
    {
        const auto voice = m_place->writeVoice("long.wav", kVoiceSeconds);
        for (const auto& kind : kKinds)
            add(voice, fmt::format("whole{}", kind.suffix), kind.format);
        QElapsedTimer clock;
        clock.start();
        const auto undisturbed = change(QStringList{"run"} + kExactly);
        QVERIFY2(undisturbed.status == 0, qPrintable(undisturbed.errors));
        const auto longest = clock.elapsed();
        for (const auto& kind : kKinds)
            add(voice, fmt::format("killed{}", kind.suffix), kind.format);

        auto random = QRandomGenerator(20261125);
        int kills = 0;
        std::int64_t mostDone = 0;
        while (kills < kKills) {
            QProcess process;
            process.start(programFile(), QStringList{"queue", "run", "--journal", text(journal())} + kExactly);
            // Early kills meet the start, late ones the work, the joining and the next job.
            const auto moment = random.bounded(100 + static_cast<int>(longest) / 10);
            if (process.waitForFinished(moment)) {
                QCOMPARE(process.exitCode(), 0);
                break; // all was made before it could be killed so often
            }
            process.kill();
            QVERIFY(process.waitForFinished(kPatienceMs));
            ++kills;
            const auto done = framesDone();
            QVERIFY2(done >= mostDone, qPrintable(QString("%1 frames after %2").arg(done).arg(mostDone)));
            mostDone = done;
            verifyWhatIsThere();
        }
        qInfo("killed %d times in runs of %lld ms", kills, static_cast<long long>(longest));
        const auto last = change(QStringList{"run"} + kExactly);
        QVERIFY2(last.status == 0, qPrintable(last.errors));
        QVERIFY(kills >= 20);
        verifyWhatIsThere();
        QCOMPARE(m_place->outputs().size(), 2 * std::size(kKinds)); // and nothing beside them
        const auto info = media::probeVideo(m_place->output("killed.mp4"));
        QCOMPARE(info->frameCount, kFrames);
        QCOMPARE(media::decodeAudio(m_place->output("killed.mp4"))->frames(),
                 static_cast<std::size_t>(kVoiceSeconds * 16000));
    }

    void oneProcessAtATimeHasTheJournal()
    {
        const auto voice = m_place->writeVoice("long.wav", kVoiceSeconds);
        add(voice, "a.mp4", "mp4");
        QProcess process;
        process.start(programFile(), QStringList{"queue", "run", "--journal", text(journal())} + kExactly);
        QTRY_VERIFY_WITH_TIMEOUT(fs::exists(m_place->output("a.mp4.unfinished")), kPatienceMs);
        QCOMPARE(refusalProblem(tryAdd(voice, "b.mp4", "mp4"), 4, {"Another LipSync Studio"}), QString());
        QCOMPARE(list()["jobs"].size(), std::size_t{1});
        process.kill();
        QVERIFY(process.waitForFinished(kPatienceMs));
        QCOMPARE(tryAdd(voice, "b.mp4", "mp4").status, 0);
    }

private:
    fs::path journal() const { return m_place->file("queue.json"); }

    ProgramRun tryAdd(const fs::path& voice, const std::string& output, const char* format) const
    {
        return runLipsync({"queue", "add", "--journal", text(journal()), "--avatar", text(m_place->avatar()), "--voice",
                           text(voice), "--out", text(m_place->output(output)), "--format", format});
    }
    void add(const fs::path& voice, const std::string& output, const char* format) const
    {
        const auto run = tryAdd(voice, output, format);
        QVERIFY2(run.status == 0, qPrintable(run.errors));
    }
    ProgramRun change(QStringList arguments) const
    {
        const auto command = arguments.takeFirst();
        return runLipsync(QStringList{"queue", command, "--journal", text(journal())} + arguments);
    }
    nlohmann::json list() const
    {
        const auto run = change({"list", "--json"});
        return nlohmann::json::parse(run.output.toStdString(), nullptr, false);
    }
    /// Frames of all jobs that would not be made again: whole segments and pictures, and whole files.
    std::int64_t framesDone() const
    {
        std::int64_t done = 0;
        for (const auto& kind : kKinds) {
            const auto output = m_place->output(fmt::format("killed{}", kind.suffix));
            const auto work = media::SegmentFile::peek(output);
            done += fs::exists(output) ? kMoreThanAll : work ? work->frames : 0;
        }
        return done;
    }
    /// A file that has its name is whole, whenever one looks.
    void verifyWhatIsThere() const
    {
        for (const auto& kind : kKinds) {
            const auto killed = m_place->output(fmt::format("killed{}", kind.suffix));
            if (fs::exists(killed))
                QVERIFY2(contentOf(killed) == contentOf(m_place->output(fmt::format("whole{}", kind.suffix))),
                         kind.format);
        }
    }

    std::unique_ptr<Workplace> m_place;
};

QTEST_GUILESS_MAIN(CliQueueTest)
#include "cli_queue_test.moc"
