// SPDX-License-Identifier: GPL-3.0-or-later
#include "program_run.h"
#include "workplace.h"

#include "app/cli/concurrency_options.h"
#include "tuning/machine.h"
#include "tuning/saved_tuning.h"

#include <csignal>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include <QProcess>
#include <QTest>

using namespace lipsync;
using namespace lipsync::test;
namespace fs = std::filesystem;

namespace {

constexpr int kPatienceMs = 240'000;

nlohmann::json jsonOf(const ProgramRun& run)
{
    const bool oneLine = run.status == 0 && run.output.count('\n') == 1 && run.output.endsWith('\n');
    return oneLine ? nlohmann::json::parse(run.output.toStdString(), nullptr, /*allow_exceptions=*/false)
                   : nlohmann::json();
}

QString missingKeys(const nlohmann::json& object, const std::vector<const char*>& keys)
{
    QString missing;
    for (const char* key : keys) {
        if (!object.is_object() || !object.contains(key))
            missing += QString(key) + " ";
    }
    return missing;
}

/// The plan of a command line, as `bench` and `render` make it.
Result<ConcurrencyPlan> planOfArguments(const QStringList& arguments, const std::optional<ConcurrencyPlan>& saved = {})
{
    CLI::App app;
    cli::ConcurrencyOptions options;
    addConcurrencyOptions(app, options);
    std::vector<std::string> words;
    for (auto word = arguments.rbegin(); word != arguments.rend(); ++word)
        words.push_back(word->toStdString());
    try {
        app.parse(words);
    } catch (const CLI::ParseError& problem) {
        return failure(ErrorCode::Usage, problem.what());
    }
    return planOf(options, saved);
}

} // namespace

/// `bench`, `compare`, `tune` and `plan` on a small avatar, with small budgets.
class CliTuningTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const auto prepared = m_place.prepare();
        QVERIFY2(prepared, prepared ? "" : prepared.error().text().c_str());
        qputenv("XDG_CONFIG_HOME", text(m_place.output("config")).toUtf8());
    }

    void cleanup() { m_place.clearOutputs(); }

    void withoutOptionsAllCoresWork()
    {
        const auto plan = planOfArguments({});
        QVERIFY(plan);
        QVERIFY(*plan == tuning::standardPlan());
        QVERIFY(plan->isolation == Isolation::Thread);
        QCOMPARE(plan->batchSizes, (std::vector<int>{1, 2, 4}));
    }

    void everyOptionReachesThePlan()
    {
        const auto plan = planOfArguments({"--device", "cpu", "--device", "localhost:7000", "--workers", "3",
                                           "--threads", "6", "--isolation", "process", "--batch", "6", "--max-wait-ms",
                                           "2.5", "--balance", "least-outstanding", "--precision", "bf16"});
        QVERIFY2(plan, plan ? "" : plan.error().text().c_str());
        ConcurrencyPlan expected;
        expected.devices = {{"cpu", 3}, {"localhost:7000", 3}};
        expected.isolation = Isolation::Process;
        expected.threadsPerWorker = 2;
        expected.batchSizes = {1, 2, 4, 6};
        expected.maxWaitMs = 2.5;
        expected.arithmetic = Arithmetic::Bf16;
        expected.balance = Balance::LeastOutstanding;
        QVERIFY(*plan == expected);
    }

    void serversOfKserveAreDevices()
    {
        QCOMPARE(planOfArguments({"--device", "kserve://host:8001/anna"}).value().devices.front().device,
                 std::string("kserve://host:8001/anna"));
        QCOMPARE(planOfArguments({"--device", "kserve://host"}).error().code, ErrorCode::Usage);
    }

    void fewerWorkersGetMoreThreads()
    {
        const auto plan = planOfArguments({"--device", "cpu", "--workers", "1"});
        QVERIFY(plan);
        QCOMPARE(plan->threadsPerWorker, tuning::coreCount());
    }

    void aSavedPlanHoldsUntilWorkersAreChosen()
    {
        ConcurrencyPlan saved;
        saved.devices = {{"cpu", 5}};
        saved.batchSizes = {1, 2, 4, 8};
        QVERIFY(planOfArguments({}, saved).value() == saved);
        const auto smaller = planOfArguments({"--batch", "2"}, saved).value();
        QCOMPARE(smaller.workerCount(), 5);
        QCOMPARE(smaller.largestBatch(), 2);
        QCOMPARE(planOfArguments({"--device", "cpu", "--workers", "2"}, saved).value().workerCount(), 2);
    }

    void badOptionsMakeNoPlan_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("no worker") << QStringList{"--workers", "0"};
        QTest::newRow("no number") << QStringList{"--batch", "many"};
        QTest::newRow("a device twice") << QStringList{"--device", "cpu", "--device", "cpu"};
        QTest::newRow("no device") << QStringList{"--device", ""};
        QTest::newRow("isolation") << QStringList{"--isolation", "planet"};
        QTest::newRow("balance") << QStringList{"--balance", "fair"};
        QTest::newRow("precision") << QStringList{"--precision", "fp8"};
        QTest::newRow("wait") << QStringList{"--max-wait-ms", "-1"};
    }

    void badOptionsMakeNoPlan()
    {
        QFETCH(QStringList, arguments);
        const auto plan = planOfArguments(arguments);
        QVERIFY(!plan);
        QCOMPARE(plan.error().code, ErrorCode::Usage);
    }

    void benchTellsWhatTheWorkersDo_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("closed loop") << QStringList{"--requests", "30", "--concurrency", "4"};
        QTest::newRow("open loop") << QStringList{"--rate", "100", "--requests", "30"};
        QTest::newRow("a while") << QStringList{"--seconds", "0.4", "--workers", "2", "--threads", "1"};
        QTest::newRow("processes") << QStringList{"--requests", "30", "--isolation", "process", "--workers", "2"};
    }

    void benchTellsWhatTheWorkersDo()
    {
        QFETCH(QStringList, arguments);
        const auto run = runLipsync(QStringList{"bench", "--json", "--avatar", text(m_place.avatar())} + arguments);
        const auto report = jsonOf(run);
        QVERIFY2(report.is_object(), qPrintable(run.errors + run.output));
        QCOMPARE(missingKeys(report,
                             {"throughput_fps", "latency_ms", "successes", "failures", "bare_fps", "efficiency",
                              "mean_batch", "peak_rss_mb"}),
                 QString());
        QCOMPARE(missingKeys(report["latency_ms"], {"avg", "min", "max", "p50", "p95", "p99", "p999"}), QString());
        for (const char* key : {"throughput_fps", "bare_fps", "efficiency", "mean_batch", "peak_rss_mb"})
            QVERIFY2(report[key].get<double>() > 0, key);
        QCOMPARE(report["failures"].get<int>(), 0);
        if (arguments.contains("--requests"))
            QCOMPARE(report["successes"].get<int>(), 30);
        const auto& latency = report["latency_ms"];
        QVERIFY(latency["min"].get<double>() <= latency["p50"].get<double>());
        QVERIFY(latency["p50"].get<double>() <= latency["p99"].get<double>());
        QVERIFY(latency["p99"].get<double>() <= latency["max"].get<double>());
    }

    void benchTellsAPerson()
    {
        const auto run = runLipsync({"bench", "--requests", "20", "--no-bare", "--avatar", text(m_place.avatar())});
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        for (const char* word : {"20 done", "0 failed", "avg", "min", "max", "p99", "frames/s"})
            QVERIFY2(run.output.contains(word), qPrintable(run.output));
    }

    void benchComparesExecutors()
    {
        const QStringList arguments{"bench", "--executor", "--seconds", "0.1", "--avatar", text(m_place.avatar())};
        const auto run = runLipsync(arguments + QStringList{"--json"});
        const auto report = jsonOf(run);
        QVERIFY2(report.is_object() && !report["executors"].empty(), qPrintable(run.errors + run.output));
        for (const auto& one : report["executors"]) {
            QVERIFY2(one["ms_per_frame"].get<double>() > 0, one.dump().c_str());
            const bool isExact = one["precision"] == "fp32";
            QVERIFY2(one["largest_difference"].get<int>() <= (isExact ? 1 : 255), one.dump().c_str());
            QVERIFY2(one["differing_share"].get<double>() <= (isExact ? 0.001 : 1), one.dump().c_str());
            QVERIFY2(one["psnr_db"].is_null() || one["psnr_db"].get<double>() >= (isExact ? 70 : 35),
                     one.dump().c_str());
        }
        QCOMPARE(report["executors"][0]["executor"].get<std::string>(), std::string("LibTorch"));
        const auto told = runLipsync(arguments);
        QVERIFY2(told.output.contains("the reference"), qPrintable(told.errors + told.output));
    }

    void benchOfAServerSaysWhatIsWrong()
    {
        QCOMPARE(refusalProblem(runLipsync({"bench", "--target", "127.0.0.1:1"}), 4, {"Nobody answers at 127.0.0.1:1"}),
                 QString());
        QCOMPARE(refusalProblem(runLipsync({"bench", "--rate", "5", "--concurrency", "2"}), 2, {"--target"}),
                 QString());
    }

    void compareMeasuresEveryStrategy()
    {
        const auto run = runLipsync({"compare", "--json", "--seconds", "0.3", "--avatar", text(m_place.avatar())});
        const auto table = jsonOf(run);
        QVERIFY2(table.is_array(), qPrintable(run.errors + run.output));
        std::vector<std::string> strategies;
        for (const auto& row : table) {
            QCOMPARE(missingKeys(
                         row, {"strategy", "throughput_fps", "p50_ms", "p99_ms", "device_utilisation", "peak_rss_mb"}),
                     QString());
            strategies.push_back(row["strategy"]);
            const bool isMeasured = row["note"].get<std::string>().empty();
            QVERIFY2(isMeasured || strategies.back() == "multi_device", row.dump().c_str());
            for (const char* key : {"throughput_fps", "p50_ms", "p99_ms", "peak_rss_mb"})
                QVERIFY2(isMeasured ? row[key].get<double>() > 0 : row[key].is_null(), row.dump().c_str());
        }
        QCOMPARE(
            strategies,
            (std::vector<std::string>{"serial", "batching", "multi_process", "multi_device", "hybrid", "adaptive"}));
    }

    void whatTuneFindsIsUsedAfterwards()
    {
        const auto avatar = text(m_place.avatar());
        const auto run = runLipsync({"tune", "--json", "--seconds", "3", "--goal", "p99=60000", "--avatar", avatar});
        const auto found = jsonOf(run);
        QVERIFY2(found.is_object(), qPrintable(run.errors + run.output));
        QVERIFY(found["keeps_goal"].get<bool>());
        QVERIFY(!found["explanation"].empty());
        QVERIFY(!found["cells"].empty());
        for (const auto& cell : found["cells"])
            QCOMPARE(missingKeys(cell, {"workers", "threads", "batch", "precision", "fps", "p99_ms"}), QString());
        QVERIFY(fs::exists(m_place.output("config") / "lipsync-studio/tuning.json"));
        QCOMPARE(found["saved"].get<std::string>(), (m_place.output("config") / "lipsync-studio/tuning.json").string());

        const auto bench = jsonOf(runLipsync({"bench", "--json", "--requests", "8", "--no-bare", "--avatar", avatar}));
        QVERIFY(bench["plan"] == found["plan"]);
    }

    void aDryRunSavesNothing()
    {
        const auto run = runLipsync({"tune", "--dry-run", "--seconds", "1", "--avatar", text(m_place.avatar())});
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        QVERIFY(run.output.contains("frames/s"));
        QVERIFY(m_place.outputs().empty());
    }

    void planAnswersForDescribedDevices()
    {
        const QStringList arguments{"plan",          "--json", "--fps",    "25",      "--duty",
                                    "0.3",           "--goal", "p99=40",   "--batch", "16",
                                    "--device-cost", "4,0.8",  "--viewers"};
        const auto few = jsonOf(runLipsync(arguments + QStringList{"2"}));
        QCOMPARE(missingKeys(few, {"holds", "p99_ms", "late_fraction", "most_viewers"}), QString());
        QVERIFY(few["holds"].get<bool>());
        QVERIFY(few["p99_ms"].get<double>() <= 40);
        const int most = few["most_viewers"];
        QVERIFY(most >= 2 && most <= 150); // 952 frames/s are 127 viewers who talk 0.3 of the time
        const auto many = jsonOf(runLipsync(arguments + QStringList{"1000"}));
        QVERIFY(!many["holds"].get<bool>());
        QVERIFY(many["late_fraction"].get<double>() > 0.01);
        QCOMPARE(many["most_viewers"].get<int>(), most);
    }

    void planMeasuresTheDevicesThatAreThere()
    {
        const auto answer = jsonOf(runLipsync({"plan", "--json", "--viewers", "1", "--goal", "p99=5000", "--batch", "2",
                                               "--avatar", text(m_place.avatar())}));
        QCOMPARE(missingKeys(answer, {"holds", "p99_ms", "late_fraction", "most_viewers", "costs"}), QString());
        QVERIFY(answer["costs"][0]["batch_ms"]["2"].get<double>() > 0);
    }

    void wrongUsageIsToldInOneSentence_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("word");
        QTest::newRow("both loops") << QStringList{"bench", "--rate", "5", "--concurrency", "2"} << 2 << "--rate";
        QTest::newRow("no requests") << QStringList{"bench", "--requests", "0"} << 2 << "--requests";
        QTest::newRow("no such device") << QStringList{"bench", "--device", "abacus"} << 2 << "abacus";
        QTest::newRow("no avatar") << QStringList{"bench", "--avatar", "/nowhere.avatar"} << 3 << "nowhere";
        QTest::newRow("no such goal") << QStringList{"tune", "--goal", "fast"} << 2 << "p99=40";
        QTest::newRow("a goal of nothing") << QStringList{"tune", "--goal", "p99=0"} << 2 << "p99=40";
        QTest::newRow("too long") << QStringList{"tune", "--seconds", "61"} << 2 << "--seconds";
        QTest::newRow("no viewers") << QStringList{"plan"} << 2 << "--viewers";
        QTest::newRow("no cost") << QStringList{"plan", "--viewers", "1", "--device-cost", "4"} << 2 << "4,0.8";
        QTest::newRow("free frames") << QStringList{"plan", "--viewers", "1", "--device-cost", "0,0"} << 2 << "4,0.8";
    }

    void wrongUsageIsToldInOneSentence()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        QFETCH(QString, word);
        QCOMPARE(refusalProblem(runLipsync(arguments), status, {word}), QString());
    }

    void ctrlCEndsABenchWithWhatItHas()
    {
        const auto [status, output] =
            interrupted({"bench", "--json", "--seconds", "3600", "--no-bare", "--avatar", text(m_place.avatar())});
        QCOMPARE(status, 130);
        const auto report = nlohmann::json::parse(output.toStdString(), nullptr, /*allow_exceptions=*/false);
        QVERIFY2(report.is_object(), output.constData());
        QVERIFY(report["interrupted"].get<bool>());
    }

    void ctrlCEndsASearchAndSavesNothing()
    {
        const auto [status, output] = interrupted({"tune", "--seconds", "60", "--avatar", text(m_place.avatar())});
        QCOMPARE(status, 130);
        QVERIFY2(output.isEmpty(), output.constData());
        QVERIFY(m_place.outputs().empty());
    }

private:
    /// Status and output of a run that was interrupted when it told its first progress.
    static std::pair<int, QByteArray> interrupted(const QStringList& arguments)
    {
        QProcess process;
        process.start(programFile(), arguments);
        process.setReadChannel(QProcess::StandardError);
        QByteArray errors;
        while (!errors.contains(": ") && process.waitForReadyRead(kPatienceMs))
            errors += process.readAllStandardError();
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        if (!process.waitForFinished(kPatienceMs) || process.exitStatus() != QProcess::NormalExit)
            return {-1, errors};
        return {process.exitCode(), process.readAllStandardOutput()};
    }

    Workplace m_place;
};

QTEST_GUILESS_MAIN(CliTuningTest)
#include "cli_tuning_test.moc"
