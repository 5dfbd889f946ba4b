// SPDX-License-Identifier: GPL-3.0-or-later
// The export queue as a window uses it, on a small real avatar.

#include "engine.h"
#include "export_checks.h"
#include "export_journal.h"

#include "engine/media/sample_media.h"
#include "support/test_avatar.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
namespace fs = std::filesystem;

namespace {

constexpr int kPatienceMs = 60'000;

} // namespace

class ExportQueueTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        prepareProcess();
        m_folder = m_temporary.path().toStdString();
        QVERIFY(test::makeTestAvatar(m_folder / "small.avatar").has_value());
        writeVoice("voice.wav", 1);
        writeVoice("long.wav", 20);
        m_engine = std::move(createEngine({.plan = defaultPlan(2), .workerProgram = {}}).value());
    }

    void init()
    {
        fs::remove_all(m_folder / "out");
        fs::create_directories(m_folder / "out");
        m_ended.clear();
        m_changes = 0;
        m_logged = m_engine->log().size();
        m_journal = m_folder / "out.json";
        fs::remove(m_journal);
        m_queue = open();
        QVERIFY(m_queue != nullptr);
    }

    void cleanup() { m_queue.reset(); }

    void aJobWaitsUntilTheQueueIsStarted()
    {
        const auto job = m_queue->add(request("a.mp4"));
        QVERIFY2(job.has_value(), job ? "" : job.error().text().c_str());
        QVERIFY(!m_queue->isRunning());
        QCOMPARE(stateOf(*job), ExportJobState::Waiting);
        m_queue->start();
        QTRY_COMPARE_WITH_TIMEOUT(endedCount(), std::size_t{1}, kPatienceMs);
        const auto done = m_queue->jobs().front();
        QCOMPARE(done.state, ExportJobState::Done);
        QCOMPARE(done.progress.framesDone, done.progress.frames);
        QCOMPARE(done.outputBytes, static_cast<std::uint64_t>(fs::file_size(m_folder / "out/a.mp4")));
        QVERIFY(done.elapsedSeconds > 0 && m_changes > 0);
        QTRY_COMPARE(names(), std::vector<std::string>{"a.mp4"});
    }

    void aQueueThatIsDoneStandsStillAndAddingStartsNothing()
    {
        m_queue->start();
        QVERIFY(!m_queue->isRunning()); // nothing to do
        const auto a = m_queue->add(request("a.mp4")).value();
        m_queue->start();
        QVERIFY(m_queue->isRunning());
        QTRY_COMPARE_WITH_TIMEOUT(endedCount(), std::size_t{1}, kPatienceMs);
        QVERIFY(!m_queue->isRunning());
        m_queue.reset();
        m_queue = open();
        QVERIFY(!m_queue->isRunning());
        const auto b = m_queue->add(request("b.mp4")).value();
        const auto c = m_queue->duplicate(a).value();
        const auto d = m_queue->add(request("d.mp4")).value();
        m_queue->startOnly(d);
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(d), ExportJobState::Done, kPatienceMs);
        QCOMPARE(stateOf(b), ExportJobState::Waiting);
        QCOMPARE(stateOf(c), ExportJobState::Waiting);
        m_queue->start();
        m_queue->cancel(b);
        m_queue->cancel(c);
        QTRY_VERIFY_WITH_TIMEOUT(!m_queue->isRunning(), kPatienceMs);
    }

    void aJournalThatSaysRunningThoughAllIsDoneStartsNothing()
    {
        m_queue.reset();
        media::sample::writeBytes(m_journal, R"({"schema_version": 1, "last_id": 0, "running": true, "jobs": []})");
        m_queue = open();
        QVERIFY(m_queue != nullptr);
        QVERIFY(!m_queue->isRunning());
        QVERIFY(!readJournal(m_journal).value().isRunning);
    }

    void aJobThatWasStartedAloneGoesOnByItselfInAnotherQueue()
    {
        const auto a = m_queue->add(request("a.mp4")).value(), b = m_queue->add(request("b.mp4", "long.wav")).value();
        m_queue->startOnly(b);
        QTRY_VERIFY_WITH_TIMEOUT(m_queue->jobs().back().progress.framesDone > 60, kPatienceMs);
        m_queue.reset();
        m_queue = open();
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(b), ExportJobState::Done, kPatienceMs);
        QCOMPARE(stateOf(a), ExportJobState::Waiting);
        QVERIFY(!m_queue->jobs().back().isWanted);
        QCOMPARE(said("b.mp4 begins."), 1);
        QCOMPARE(said("b.mp4 goes on after "), 1);
        QCOMPARE(said("a.mp4 goes on"), 0);
    }

    void jobsKeepTheirOrderAndCanBeMoved()
    {
        const auto a = m_queue->add(request("a.mp4")).value(), b = m_queue->add(request("b.mp4")).value(),
                   c = m_queue->add(request("c.mp4")).value();
        m_queue->move(c, 0);
        m_queue->move(a, 99);
        QCOMPARE(ids(), (std::vector<std::uint64_t>{c, b, a}));
        m_queue->start();
        QTRY_COMPARE_WITH_TIMEOUT(endedCount(), std::size_t{3}, kPatienceMs);
        QCOMPARE(endedIds(), (std::vector<std::uint64_t>{c, b, a}));
        m_queue->clearEnded();
        QVERIFY(m_queue->jobs().empty());
        QVERIFY(m_queue->add(request("d.mp4")).value() > c); // numbers are not given twice
    }

    void aPausedJobGoesOnAlsoInAnotherQueue()
    {
        const auto job = m_queue->add(request("a.mp4", "long.wav")).value();
        m_queue->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_queue->jobs().front().progress.framesDone > 120, kPatienceMs);
        m_queue->pauseNow();
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(job), ExportJobState::Paused, kPatienceMs);
        QVERIFY(m_queue->jobs().front().progress.framesDone >= 100);
        m_queue.reset();
        m_queue = open();
        QVERIFY(m_queue != nullptr);
        QVERIFY(!m_queue->isRunning());
        QCOMPARE(stateOf(job), ExportJobState::Paused);
        QVERIFY(m_queue->jobs().front().progress.framesDone >= 100);
        m_queue->start();
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(job), ExportJobState::Done, kPatienceMs);
        QTRY_COMPARE(names(), std::vector<std::string>{"a.mp4"});
    }

    void aQueueThatIsClosedWhileItWorksGoesOnByItself()
    {
        const auto job = m_queue->add(request("a.mp4", "long.wav")).value();
        m_queue->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_queue->jobs().front().progress.framesDone > 60, kPatienceMs);
        m_queue.reset();
        m_queue = open();
        QVERIFY(m_queue->isRunning());
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(job), ExportJobState::Done, kPatienceMs);
    }

    void afterTheCurrentJobItPauses()
    {
        const auto a = m_queue->add(request("a.mp4", "long.wav")).value(), b = m_queue->add(request("b.mp4")).value();
        m_queue->start();
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(a), ExportJobState::Running, kPatienceMs);
        m_queue->pauseAfterCurrent();
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(a), ExportJobState::Done, kPatienceMs);
        QTRY_VERIFY(!m_queue->isRunning());
        QCOMPARE(stateOf(b), ExportJobState::Waiting);
    }

    void cancelledAndRemovedJobsLeaveNothing()
    {
        const auto a = m_queue->add(request("a.mp4", "long.wav")).value(),
                   b = m_queue->add(request("frames", "long.wav", ExportFormat::PngSequence)).value();
        m_queue->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_queue->jobs().front().progress.framesDone > 60, kPatienceMs);
        m_queue->cancel(a);
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(a), ExportJobState::Cancelled, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(m_queue->jobs().back().progress.framesDone > 60, kPatienceMs);
        m_queue->remove(b);
        QTRY_COMPARE_WITH_TIMEOUT(ids(), std::vector<std::uint64_t>{a}, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(names().empty(), kPatienceMs);
        m_queue->retry(a);
        m_queue->start();
        QTRY_VERIFY_WITH_TIMEOUT(stateOf(a) == ExportJobState::Running, kPatienceMs);
    }

    void aCopyGetsAFreeName()
    {
        media::sample::writeBytes(m_folder / "out/a-2.mp4", "there");
        const auto a = m_queue->add(request("a.mp4")).value();
        QVERIFY(m_queue->duplicate(a).has_value());
        QCOMPARE(m_queue->jobs().back().request.output.filename().string(), std::string("a-3.mp4"));
        QVERIFY(!m_queue->duplicate(77).has_value());
    }

    void whatFailsSaysWhyAndTheNextIsMade()
    {
        writeVoice("gone.wav", 1);
        const auto a = m_queue->add(request("a.mp4", "gone.wav")).value(), b = m_queue->add(request("b.mp4")).value();
        fs::remove(m_folder / "gone.wav");
        m_queue->start();
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(b), ExportJobState::Done, kPatienceMs);
        QCOMPARE(stateOf(a), ExportJobState::Failed);
        QVERIFY(m_queue->jobs().front().message.find("gone.wav") != std::string::npos);
        writeVoice("gone.wav", 1);
        m_queue->retry(a);
        QCOMPARE(stateOf(a), ExportJobState::Waiting);
        m_queue->startOnly(a);
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(a), ExportJobState::Done, kPatienceMs);
    }

    void whatCannotBeMadeIsNotAdded()
    {
        const auto codeOf = [this](const ExportRequest& asked) { return m_queue->add(asked).error().code; };
        media::sample::writeBytes(m_folder / "out/there.mp4", "precious");
        QCOMPARE(codeOf(request("there.mp4")), ErrorCode::Usage);
        QCOMPARE(codeOf(request("a.webm")), ErrorCode::Usage);
        QCOMPARE(codeOf(request("none/a.mp4")), ErrorCode::Resource);
        QCOMPARE(codeOf(request("a.mp4", "none.wav")), ErrorCode::InvalidInput);
        QCOMPARE(codeOf(request("\xFF.mp4")), ErrorCode::Usage);
        auto onItself = request("a.mp4");
        onItself.output = onItself.voice;
        QCOMPARE(codeOf(onItself), ErrorCode::Usage);
        QVERIFY(m_queue->add(request("a.mp4")).has_value());
        QCOMPARE(codeOf(request("a.mp4")), ErrorCode::Usage);
        QCOMPARE(m_queue->jobs().size(), std::size_t{1});
        constexpr std::uintmax_t kGigabyte = 1'000'000'000;
        const auto full = checkRoom("/out", 3 * kGigabyte, kGigabyte);
        QCOMPARE(full.error().code, ErrorCode::Resource);
        QVERIFY(full.error().message.find("1.0 GB free") != std::string::npos);
        QVERIFY(leastBytes(ExportFormat::ProRes, 1000, 1920, 1080) > leastBytes(ExportFormat::Mp4, 1000, 1920, 1080));
    }

    void aJournalBelongsToOneQueue()
    {
        const auto second = m_engine->openExportQueue(m_journal, {});
        QVERIFY(!second.has_value());
        QCOMPARE(second.error().code, ErrorCode::Resource);
    }

    void aDamagedJournalIsPutAside()
    {
        m_queue.reset();
        media::sample::writeBytes(m_journal, "{\"schema_version\": 1, \"last_id\": 3, \"jo");
        m_queue = open();
        QVERIFY(m_queue != nullptr);
        QVERIFY(m_queue->jobs().empty());
        QVERIFY(fs::exists(m_journal.string() + ".damaged-1"));
        QVERIFY(m_queue->openingNote().find(m_journal.string() + ".damaged-1") != std::string::npos);
        const auto log = m_engine->log();
        QVERIFY(std::any_of(log.begin(), log.end(), [](const LogRecord& record) {
            return record.message.find("damaged") != std::string::npos;
        }));
        fs::remove(m_journal.string() + ".damaged-1");
    }

    void aNewerJournalIsLeftAlone()
    {
        m_queue.reset();
        const std::string newer = "{\"schema_version\": 2, \"all\": \"different\"}";
        media::sample::writeBytes(m_journal, newer);
        const auto refused = m_engine->openExportQueue(m_journal, {});
        QVERIFY(!refused.has_value());
        QVERIFY(refused.error().message.find("newer") != std::string::npos);
        QCOMPARE(media::sample::readBytes(m_journal), newer);
    }

    void everyFormatIsOffered()
    {
        const auto formats = exportFormats();
        QCOMPARE(formats.size(), std::size_t{4});
        for (const auto& format : formats)
            QVERIFY2(format.problem.empty(), format.problem.c_str()); // Debian's FFmpeg has them all
    }

private:
    void writeVoice(const std::string& name, double seconds) const
    {
        const auto sound = media::sample::chirp(16000, static_cast<std::size_t>(seconds * 16000), 2.0, 4000);
        media::sample::writeWav(m_folder / name, 16000, 1, std::span<const float>(sound));
    }
    ExportRequest request(const std::string& output, const std::string& voice = "voice.wav",
                          ExportFormat format = ExportFormat::Mp4) const
    {
        ExportRequest asked;
        asked.avatar = m_folder / "small.avatar";
        asked.voice = m_folder / voice;
        asked.output = m_folder / "out" / output;
        asked.format = output.ends_with(".webm") ? ExportFormat::ProRes : format; // a name that does not fit
        return asked;
    }
    std::unique_ptr<ExportQueue> open()
    {
        ExportQueue::Events events;
        events.changed = [this] { ++m_changes; };
        events.ended = [this](ExportJob job) {
            std::lock_guard lock(m_mutex);
            m_ended.push_back(std::move(job));
        };
        auto opened = m_engine->openExportQueue(m_journal, std::move(events));
        return opened ? std::move(*opened) : nullptr;
    }
    ExportJobState stateOf(std::uint64_t id) const
    {
        for (const auto& job : m_queue->jobs())
            if (job.id == id)
                return job.state;
        return ExportJobState::Cancelled;
    }
    std::vector<std::uint64_t> ids() const
    {
        std::vector<std::uint64_t> found;
        for (const auto& job : m_queue->jobs())
            found.push_back(job.id);
        return found;
    }
    std::vector<std::uint64_t> endedIds()
    {
        std::lock_guard lock(m_mutex);
        std::vector<std::uint64_t> found;
        for (const auto& job : m_ended)
            found.push_back(job.id);
        return found;
    }
    /// Records of the log that say so since the test began.
    int said(const std::string& words) const
    {
        const auto log = m_engine->log();
        return static_cast<int>(
            std::count_if(log.begin() + static_cast<std::ptrdiff_t>(m_logged), log.end(),
                          [&](const LogRecord& record) { return record.message.find(words) != std::string::npos; }));
    }
    std::size_t endedCount() { return endedIds().size(); }
    std::vector<std::string> names() const { return media::sample::namesIn(m_folder / "out"); }

    QTemporaryDir m_temporary;
    fs::path m_folder, m_journal;
    std::unique_ptr<Engine> m_engine;
    std::mutex m_mutex;
    std::vector<ExportJob> m_ended;
    std::atomic<int> m_changes = 0;
    std::size_t m_logged = 0; ///< records before the test
    std::unique_ptr<ExportQueue> m_queue;
};

QTEST_GUILESS_MAIN(ExportQueueTest)
#include "export_queue_test.moc"
