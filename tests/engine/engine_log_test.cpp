// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's log: its order, its limits, and what it says about workers that do what a script says.

#include "event_log.h"
#include "media_log.h"
#include "worker_log.h"

#include "engine/scheduling/scripted_worker.h"

#include <algorithm>
#include <thread>

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using scheduling::Script;
using scheduling::WorkerPool;

namespace {

bool holds(const std::vector<LogRecord>& records, LogLevel level, const std::string& words)
{
    return std::any_of(records.begin(), records.end(), [&](const LogRecord& record) {
        return record.level == level && record.message.find(words) != std::string::npos;
    });
}

/// A pool of one scripted worker whose log is written.
struct WatchedPool {
    WatchedPool()
    {
        pool.addModel(1);
        workerLog->start(pool);
    }
    ~WatchedPool() { workerLog->stop(); }
    bool hasRecord(LogLevel level, const std::string& words) const { return holds(log->records(), level, words); }

    std::shared_ptr<EventLog> log = std::make_shared<EventLog>();
    std::shared_ptr<WorkerLog> workerLog = std::make_shared<WorkerLog>(log);
    std::shared_ptr<Script> script = std::make_shared<Script>();
    WorkerPool pool{{}, {{}, [told = workerLog] { told->changed(); }}};
};

} // namespace

class EngineLogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void recordsAreKeptInTheirOrderAndOldOnesGo()
    {
        EventLog log;
        const auto before = std::chrono::system_clock::now();
        for (std::size_t i = 0; i < EventLog::kMostRecords + 5; ++i)
            log.info("test", std::to_string(i));
        const auto records = log.records();
        QCOMPARE(records.size(), EventLog::kMostRecords);
        QCOMPARE(records.front().message, std::string("5"));
        QCOMPARE(records.back().message, std::to_string(EventLog::kMostRecords + 4));
        QCOMPARE(records.front().source, std::string("test"));
        QVERIFY(records.front().time >= before && records.back().time >= records.front().time);
    }

    void aLongMessageIsCutBetweenTwoCharacters()
    {
        EventLog log;
        log.error("test", std::string(EventLog::kLongestMessage - 1, 'a') + "éé");
        const auto message = log.records().front().message;
        QCOMPARE(message, std::string(EventLog::kLongestMessage - 1, 'a') + "…");
        QVERIFY(QString::fromUtf8(message.c_str()).endsWith(QStringLiteral("a…")));
    }

    void listenersHearEveryRecordInOrderUntilTheyLeave()
    {
        EventLog log;
        std::vector<std::string> heard;
        auto subscription = log.subscribe([&](const LogRecord& record) { heard.push_back(record.message); });
        {
            std::vector<std::jthread> writers;
            for (int writer = 0; writer < 4; ++writer) {
                writers.emplace_back([&log, writer] {
                    for (int i = 0; i < 50; ++i)
                        log.warning("test", std::to_string(writer));
                });
            }
        }
        std::vector<std::string> kept;
        for (const auto& record : log.records())
            kept.push_back(record.message);
        QCOMPARE(heard.size(), std::size_t{200});
        QCOMPARE(heard, kept);
        subscription.reset();
        log.info("test", "unheard");
        QCOMPARE(heard.size(), std::size_t{200});
    }

    void aFloodIsLetThroughInPart()
    {
        using Passage = FloodGate::Passage;
        FloodGate gate(2);
        const std::chrono::steady_clock::time_point start(std::chrono::hours(1));
        QVERIFY(gate.pass(start) == Passage::Open && gate.pass(start) == Passage::Open);
        QVERIFY(gate.pass(start) == Passage::JustClosed);
        QVERIFY(gate.pass(start + std::chrono::milliseconds(999)) == Passage::Closed);
        QVERIFY(gate.pass(start + std::chrono::milliseconds(1000)) == Passage::Open);
    }

    void whatFfmpegComplainsOfIsInTheLog()
    {
        const auto engine = std::move(createEngine({.plan = defaultPlan(1), .workerProgram = {}}).value());
        const QTemporaryDir folder;
        const auto whole = std::filesystem::path(LIPSYNC_SOURCE_DIR) / "resources/avatars/demo.avatar/template.mp4";
        const std::filesystem::path file(folder.filePath("cut.mp4").toStdString());
        std::filesystem::copy_file(whole, file);
        std::filesystem::resize_file(file, 2000);
        QVERIFY(!engine->videoFrame(file, 0).has_value());
        const auto records = engine->log();
        QVERIFY(std::any_of(records.begin(), records.end(), [](const LogRecord& record) {
            return record.level == LogLevel::Debug && record.source == "FFmpeg" && !record.message.empty();
        }));
    }

    void aWorkerIsReadyAndLeaves()
    {
        WatchedPool watched;
        const auto worker = watched.pool.addWorker(scheduling::scripted(watched.script));
        const auto name = fmt::format("Worker {} on cpu", worker);
        QTRY_VERIFY(watched.hasRecord(LogLevel::Info, name + " is ready"));
        watched.pool.removeWorker(worker);
        QTRY_VERIFY(watched.hasRecord(LogLevel::Info, name + " has left"));
    }

    void aLostWorkerIsToldWithItsReasonAndComesBack()
    {
        WatchedPool watched;
        const auto worker = watched.pool.addWorker(scheduling::scripted(watched.script));
        const auto name = fmt::format("Worker {} on cpu", worker);
        QTRY_VERIFY(watched.hasRecord(LogLevel::Info, name + " is ready"));
        watched.script->lostBatches = 1;
        const auto stream = watched.pool.openStream({}, [](const auto&) {});
        scheduling::FrameJob job;
        job.model = 1;
        QVERIFY(stream->submit(job).has_value());
        QTRY_VERIFY(watched.hasRecord(LogLevel::Warning, "was told to fail"));
        QTRY_VERIFY(watched.hasRecord(LogLevel::Info, name + " is back"));
    }

    void aWorkerThatNeverStartsIsAnError()
    {
        WatchedPool watched;
        watched.script->canStart = false;
        watched.pool.addWorker(scheduling::scripted(watched.script));
        QTRY_VERIFY_WITH_TIMEOUT(watched.hasRecord(LogLevel::Error, "does not start any more"), 60000);
        QVERIFY(watched.hasRecord(LogLevel::Error, "The scripted worker does not start"));
    }

    void anEngineTellsItsStartItsPlansAndWhatCannotBeOpened()
    {
        prepareProcess();
        const auto engine = std::move(createEngine({.plan = defaultPlan(1), .workerProgram = {}}).value());
        std::atomic<int> heard = 0;
        const auto subscription = engine->subscribeLog([&](const LogRecord&) { ++heard; });
        QVERIFY(holds(engine->log(), LogLevel::Info, "Started with 1 × cpu"));
        QTRY_VERIFY(holds(engine->log(), LogLevel::Info, "is ready"));
        auto plan = engine->plan();
        plan.devices = {{"cpu", 2}};
        engine->applyPlan(plan, [](const Status&) {});
        QTRY_VERIFY(holds(engine->log(), LogLevel::Info, "The workers are now 2 × cpu"));
        plan.devices = {{"cuda:93", 1}};
        engine->applyPlan(plan, [](const Status&) {});
        QTRY_VERIFY_WITH_TIMEOUT(holds(engine->log(), LogLevel::Warning, "The plan was not applied"), 60000);
        const auto preview =
            engine->openPreview("missing.avatar", "missing.wav",
                                {.ready = [](const auto&) {}, .picture = [](auto) {}, .failed = [](const auto&) {}});
        QTRY_VERIFY(holds(engine->log(), LogLevel::Warning, "missing.avatar"));
        QVERIFY(heard > 0);
    }
};

QTEST_GUILESS_MAIN(EngineLogTest)
#include "engine_log_test.moc"
