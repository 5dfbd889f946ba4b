// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file_system.h"
#include "tuning/saved_tuning.h"

#include <fstream>

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::tuning;
namespace fs = std::filesystem;

namespace {

SavedTuning someTuning(const std::string& model)
{
    SavedTuning tuning;
    tuning.key = {"2 × processor", "", "1.0, LibTorch 2, AVX512", model};
    tuning.plan.devices = {{"cpu", 2}, {"cuda:1", 3}};
    tuning.plan.isolation = Isolation::Process;
    tuning.plan.threadsPerWorker = 2;
    tuning.plan.batchSizes = {1, 2, 4, 8};
    tuning.plan.maxWaitMs = 2.5;
    tuning.plan.arithmetic = Arithmetic::Bf16;
    tuning.plan.balance = Balance::RandomOfTwo;
    tuning.plan.shares = {20, 5, 2};
    tuning.framesPerSecond = 71.25;
    tuning.p99Ms = 38.125;
    tuning.goalP99Ms = 40;
    return tuning;
}

std::string replaced(std::string text, const std::string& what, const std::string& by)
{
    const auto at = text.find(what);
    return at == std::string::npos ? std::string() : text.replace(at, what.size(), by);
}

} // namespace

/// The file that keeps what `lipsync tune` found.
class SavedTuningTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(m_folder.isValid()); }

    void whatWasWrittenIsRead()
    {
        auto plain = someTuning("b");
        plain.goalP99Ms.reset();
        plain.plan = ConcurrencyPlan{};
        const std::vector<SavedTuning> tunings{someTuning("a"), plain};
        const auto read = parseTunings(toJson(tunings));
        QVERIFY2(read, read ? "" : read.error().text().c_str());
        QVERIFY(*read == tunings);
    }

    void badFilesAreRefusedByName_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("word");
        const auto good = toJson({someTuning("a")});
        const auto row = [&](const char* name, const std::string& what, const std::string& by, const char* word) {
            QTest::newRow(name) << QString::fromStdString(replaced(good, what, by)) << word;
        };
        QTest::newRow("empty") << ""
                               << "JSON";
        QTest::newRow("cut short") << QString::fromStdString(good.substr(0, good.size() / 2)) << "JSON";
        QTest::newRow("no object") << "[]"
                                   << "object";
        QTest::newRow("deep") << QString(100, '[') << "nested";
        QTest::newRow("large") << QString(static_cast<int>(kMaxTuningBytes) + 1, ' ') << "larger";
        row("another schema", "\"schema_version\": 1", "\"schema_version\": 2", "schema_version");
        row("no list", "\"tunings\": [", "\"others\": [", "tunings");
        row("no model", "\"model\"", "\"modal\"", "model");
        row("a number as text", "\"model\": \"a\"", "\"model\": 1", "model");
        row("no workers", "\"workers\": 2", "\"workers\": 0", "workers");
        row("half a worker", "\"workers\": 2", "\"workers\": 2.5", "workers");
        row("too many threads", "\"threads_per_worker\": 2", "\"threads_per_worker\": 100000", "threads_per_worker");
        row("unknown isolation", "\"process\"", "\"planet\"", "isolation");
        row("unknown precision", "\"bf16\"", "\"fp8\"", "precision");
        row("unknown balance", "\"random-of-two\"", "\"fair\"", "balance");
        row("a batch of nothing", "1,\n          2", "0,\n          2", "batch_sizes");
        row("a device twice", "\"cuda:1\"", "\"cpu\"", "twice");
        row("speed below zero", "71.25", "-1", "throughput_fps");
        row("endless wait", "2.5", "1e300", "max_wait_ms");
        row("no share", "\"live\": 5", "\"live\": 0", "shares.live");
        row("too large a share", "\"live\": 5", "\"live\": 101", "shares.live");
    }

    void sharesOfOlderFilesAreTheUsualOnes()
    {
        const auto text = toJson({someTuning("a")});
        const auto without = parseTunings(replaced(text, "\"shares\"", "\"unknown\""));
        QVERIFY(without && without->front().plan.shares == ClassShares{});
        const auto some = parseTunings(replaced(text, "\"live\": 5", "\"unknown\": 5"));
        QVERIFY(some && some->front().plan.shares == (ClassShares{20, ClassShares{}.live, 2}));
    }

    void badFilesAreRefusedByName()
    {
        QFETCH(QString, text);
        QFETCH(QString, word);
        const auto read = parseTunings(text.toStdString());
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::InvalidInput);
        QVERIFY2(read.error().text().find(word.toStdString()) != std::string::npos, read.error().text().c_str());
    }

    void aSavedTuningIsFoundByItsWholeKey()
    {
        const auto file = path("new/folder/tuning.json");
        const auto tuning = someTuning("a");
        QVERIFY(!findTuning(tuning.key, file));
        QVERIFY(saveTuning(tuning, file));
        QVERIFY(findTuning(tuning.key, file) == tuning);
        auto other = tuning.key;
        other.build = "1.1, LibTorch 2, AVX512";
        QVERIFY(!findTuning(other, file));
        other = tuning.key;
        other.model = "b";
        QVERIFY(!findTuning(other, file));
    }

    void aNewTuningTakesThePlaceOfTheOld()
    {
        const auto file = path("tuning.json");
        QVERIFY(saveTuning(someTuning("a"), file));
        QVERIFY(saveTuning(someTuning("b"), file));
        auto better = someTuning("a");
        better.framesPerSecond = 100;
        QVERIFY(saveTuning(better, file));
        QVERIFY(findTuning(better.key, file) == better);
        QVERIFY(findTuning(someTuning("b").key, file) == someTuning("b"));
        const auto bytes = readFile(file, kMaxTuningBytes).value();
        QCOMPARE(parseTunings({bytes.data(), bytes.size()}).value().size(), 2UL);
    }

    void aDamagedFileIsReplaced()
    {
        const auto file = path("damaged.json");
        std::ofstream(file) << "{ \"schema_version\": ";
        QVERIFY(!findTuning(someTuning("a").key, file));
        QVERIFY(saveTuning(someTuning("a"), file));
        QVERIFY(findTuning(someTuning("a").key, file));
    }

    void theFileDoesNotGrowWithoutEnd()
    {
        const auto file = path("many.json");
        std::vector<SavedTuning> tunings;
        for (std::size_t i = 0; i < kMaxTunings; ++i)
            tunings.push_back(someTuning(std::to_string(i)));
        QVERIFY(writeFile(file, toJson(tunings)));
        QVERIFY(saveTuning(someTuning("newest"), file));
        QVERIFY(findTuning(someTuning("newest").key, file));
        QVERIFY(findTuning(someTuning("1").key, file));
        QVERIFY(!findTuning(someTuning("0").key, file)); // the oldest
    }

    void aFolderThatCannotBeMadeIsTold()
    {
        std::ofstream(path("file")) << "no folder";
        const auto saved = saveTuning(someTuning("a"), path("file/tuning.json"));
        QVERIFY(!saved);
        QCOMPARE(saved.error().code, ErrorCode::Resource);
        QVERIFY(!saveTuning(someTuning("a"), fs::path()));
    }

    void theFileLiesWhereTheDesktopKeepsSettings()
    {
        qputenv("HOME", "/home/someone");
        qputenv("XDG_CONFIG_HOME", "/etc/mine");
        QCOMPARE(tuningFile(), fs::path("/etc/mine/lipsync-studio/tuning.json"));
        qputenv("XDG_CONFIG_HOME", "relative"); // the standard says to ignore it
        QCOMPARE(tuningFile(), fs::path("/home/someone/.config/lipsync-studio/tuning.json"));
        qunsetenv("XDG_CONFIG_HOME");
        QCOMPARE(tuningFile(), fs::path("/home/someone/.config/lipsync-studio/tuning.json"));
        qunsetenv("HOME");
        QCOMPARE(tuningFile(), fs::path());
    }

private:
    fs::path path(const char* name) const { return fs::path(m_folder.path().toStdString()) / name; }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(SavedTuningTest)
#include "saved_tuning_test.moc"
