// SPDX-License-Identifier: GPL-3.0-or-later
// ProcessWorker with real child processes that misbehave on demand.
#include "inference/process_worker.h"

#include "engine/inference/scripted_worker.h"
#include "inference/picture_block.h"

#include <csignal>
#include <thread>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::scheduling;
using namespace lipsync::test;

namespace {

constexpr const char* kChild = LIPSYNC_BINARY_DIR "/tests/worker_child";
constexpr qint64 kAtOnceMs = 1000; ///< a loaded machine; without load it takes a few
constexpr int kLongMs = 20'000;

QString text(const Error& error)
{
    return QString::fromStdString(error.text());
}

/// Whether a process ends in time; true when it has already.
bool endsSoon(int processId)
{
    const int self = static_cast<int>(syscall(SYS_pidfd_open, processId, 0));
    if (self < 0)
        return true;
    pollfd watched{self, POLLIN, 0};
    const bool ended = poll(&watched, 1, kLongMs) == 1;
    close(self);
    return ended;
}

} // namespace

class ProcessWorkerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_temporary.isValid());
        QFile weights(m_temporary.filePath("generator.safetensors"));
        QVERIFY(weights.open(QIODevice::WriteOnly));
        qputenv("LIPSYNC_TEST_MARK", mark().toUtf8());
        QVERIFY(QDir(m_temporary.path()).mkdir("sockets"));
        auto model = scriptedModel(weights.fileName().toStdString());
        QVERIFY(model.crops != nullptr);
        m_model = m_registry->add(std::move(model));
    }

    void init() { QFile::remove(mark()); }

    /// Whatever happened in a test, nothing stays behind.
    void cleanup()
    {
        QCOMPARE(
            QDir(m_temporary.filePath("sockets")).entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot),
            QStringList());
    }

    void picturesComeBackInOrder()
    {
        const auto worker = readyWorker();
        QVERIFY(worker != nullptr);
        QVERIFY(worker->processId() > 0);
        QVERIFY(worker->checkHealth().has_value());
        for (int round = 0; round < 3; ++round) {
            const auto outcome = worker->run(batchOf(m_model, {mouth(0, 1), mouth(3, 2), mouth(1, round)}));
            QVERIFY2(outcome.failure == BatchFailure::None, qPrintable(text(outcome.error)));
            QCOMPARE(outcome.outputs.size(), std::size_t{3});
            QCOMPARE(pictureByte(*outcome.outputs[0]), 1);
            QCOMPARE(pictureByte(*outcome.outputs[1]), 32);
            QCOMPARE(pictureByte(*outcome.outputs[2]), 10 + round);
            QCOMPARE(outcome.times.infer, Duration(std::chrono::milliseconds(2)));
            QVERIFY(outcome.times.input >= std::chrono::milliseconds(1));
        }
        worker->release(m_model);
        QCOMPARE(worker->run(batchOf(m_model, {mouth(0, 1)})).failure, BatchFailure::Job);
        QVERIFY(worker->prepare(m_model, {1, 2}).has_value());
        QCOMPARE(worker->run(batchOf(m_model, {mouth(0, 1)})).failure, BatchFailure::None);
    }

    void picturesOutliveTheirWorker()
    {
        auto worker = readyWorker();
        QVERIFY(worker != nullptr);
        const auto outcome = worker->run(batchOf(m_model, {mouth(2, 5)}));
        worker.reset();
        QCOMPARE(pictureByte(*outcome.outputs.at(0)), 25);
    }

    void picturesStayWholeWhileMoreBatchesRunThanSlotsAreShared()
    {
        auto worker = readyWorker();
        QVERIFY(worker != nullptr);
        std::vector<BatchOutcome> kept;
        for (int round = 0; round < 3 * inference::kPictureSlots; ++round) {
            kept.push_back(worker->run(batchOf(m_model, {mouth(0, round), mouth(1, round)})));
            if (round % 3 == 2)
                kept.back().outputs.clear(); // a slot is free again
        }
        worker->release(m_model);
        worker.reset();
        for (int round = 0; round < 3 * inference::kPictureSlots; ++round) {
            const auto& outputs = kept[static_cast<std::size_t>(round)].outputs;
            for (std::size_t i = 0; i < outputs.size(); ++i)
                QCOMPARE(pictureByte(*outputs[i]), 10 * static_cast<int>(i) + round);
        }
    }

    void cropsWrittenLaterAreSeen()
    {
        auto model = scriptedModel(m_temporary.filePath("generator.safetensors").toStdString());
        const auto crops = nn::TemplateCrops::create(kScriptedFrames, kScriptedSpec.cropSize());
        QVERIFY(crops.has_value());
        model.crops = *crops;
        const auto number = m_registry->add(std::move(model));
        const auto worker = readyWorker();
        QVERIFY(worker != nullptr && worker->prepare(number, {1}).has_value());
        QVERIFY((*crops)->write(1, [](std::span<std::uint8_t> bytes) -> Status {
            std::fill(bytes.begin(), bytes.end(), std::uint8_t{77});
            return {};
        }));
        const auto outcome = worker->run(batchOf(number, {mouth(1, 1)}));
        QCOMPARE(outcome.failure, BatchFailure::None);
        QCOMPARE(pictureByte(*outcome.outputs.at(0)), 78);
    }

    void failuresOfABatchArePassedOn()
    {
        const auto worker = readyWorker();
        QVERIFY(worker != nullptr);
        auto outcome = worker->run(batchOf(m_model, {mouth(0, 1), mouth(0, 1, Deed::RunOutOfMemory)}));
        QCOMPARE(outcome.failure, BatchFailure::OutOfMemory);
        QCOMPARE(outcome.error.code, ErrorCode::Resource);
        QCOMPARE(text(outcome.error), QString("The device is full. (of frames)"));
        outcome = worker->run(batchOf(m_model, {mouth(0, 1, Deed::Fail)}));
        QCOMPARE(outcome.failure, BatchFailure::Job);
        QCOMPARE(outcome.error.code, ErrorCode::InvalidInput);
        QCOMPARE(worker->run(batchOf(m_model, {mouth(kScriptedFrames, 1)})).failure, BatchFailure::Job);
        QCOMPARE(worker->run(batchOf(m_model + 9, {mouth(0, 1)})).failure, BatchFailure::Job);
        QVERIFY(!worker->prepare(m_model + 9, {1}).has_value());
        QCOMPARE(worker->run(batchOf(m_model, {mouth(0, 1)})).failure, BatchFailure::None); // it lives on
    }

    void aChildThatEndsInMidBatchIsLostWithItsReason_data()
    {
        QTest::addColumn<int>("deed");
        QTest::addColumn<QString>("reason");
        QTest::newRow("crash") << static_cast<int>(Deed::Abort) << " was ended by signal 6 (Aborted).";
        QTest::newRow("exit") << static_cast<int>(Deed::Exit)
                              << QString(" ended with status 7. (first / %1)").arg(kLastWords);
    }

    void aChildThatEndsInMidBatchIsLostWithItsReason()
    {
        QFETCH(int, deed);
        QFETCH(QString, reason);
        const auto worker = readyWorker();
        QVERIFY(worker != nullptr);
        QElapsedTimer timer;
        timer.start();
        const auto outcome = worker->run(batchOf(m_model, {mouth(0, 1), mouth(0, 1, static_cast<Deed>(deed))}));
        QVERIFY2(timer.elapsed() < kAtOnceMs, qPrintable(QString::number(timer.elapsed())));
        QCOMPARE(outcome.failure, BatchFailure::WorkerLost);
        QVERIFY2(text(outcome.error).startsWith(QString("The worker process %1").arg(worker->processId())) &&
                     text(outcome.error).endsWith(reason),
                 qPrintable(text(outcome.error)));
        QCOMPARE(worker->run(batchOf(m_model, {mouth(0, 1)})).failure, BatchFailure::WorkerLost);
        QVERIFY(!worker->checkHealth().has_value());
    }

    void killingAChildInMidBatchIsSeenAtOnce()
    {
        const auto worker = readyWorker();
        QVERIFY(worker != nullptr);
        BatchOutcome outcome;
        std::jthread running([&] { outcome = worker->run(batchOf(m_model, {mouth(0, 1, Deed::Hang)})); });
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(mark()), kLongMs);
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(kill(worker->processId(), SIGKILL), 0);
        running.join();
        const auto waited = timer.nsecsElapsed();
        QVERIFY2(waited < kAtOnceMs * 1'000'000, qPrintable(QString("%1 ns").arg(waited)));
        qInfo("A killed child was seen after %.2f ms", static_cast<double>(waited) / 1e6);
        QCOMPARE(outcome.failure, BatchFailure::WorkerLost);
        QCOMPARE(text(outcome.error),
                 QString("The worker process %1 was ended by signal 9 (Killed).").arg(worker->processId()));
    }

    void abandoningEndsAHangingBatch()
    {
        const auto worker = readyWorker();
        QVERIFY(worker != nullptr);
        BatchOutcome outcome;
        std::jthread running([&] { outcome = worker->run(batchOf(m_model, {mouth(0, 1, Deed::Hang)})); });
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(mark()), kLongMs);
        worker->abandon();
        running.join();
        QCOMPARE(outcome.failure, BatchFailure::WorkerLost);
        QVERIFY2(text(outcome.error).contains("given up and killed"), qPrintable(text(outcome.error)));
        QVERIFY(endsSoon(worker->processId()));
    }

    void aWorkerAbandonedBeforehandDoesNotStart()
    {
        const auto worker = inference::makeProcessWorker(m_registry, options());
        worker->abandon();
        QVERIFY(!worker->start().has_value());
    }

    void programsThatDoNotServeAreToldOf_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QString>("device");
        QTest::addColumn<QStringList>("words");
        QTest::newRow("missing") << "/nowhere/lipsync"
                                 << "cpu" << QStringList{"'/nowhere/lipsync' cannot be started", "No such file"};
        QTest::newRow("no worker") << "/bin/false"
                                   << "cpu" << QStringList{"could not be started", "ended with status 1"};
        QTest::newRow("broken") << kChild << "broken"
                                << QStringList{"ended with status 1", "(There is no such device.)"};
        QTest::newRow("silent") << kChild << "silent" << QStringList{"was not ready within 1 s"};
    }

    void programsThatDoNotServeAreToldOf()
    {
        QFETCH(QString, program);
        QFETCH(QString, device);
        QFETCH(QStringList, words);
        auto choice = options();
        choice.program = program.toStdString();
        choice.device = device.toStdString();
        choice.startTimeout = std::chrono::seconds(device == "silent" ? 1 : 60);
        const auto worker = inference::makeProcessWorker(m_registry, choice);
        const auto started = worker->start();
        QVERIFY(!started.has_value());
        for (const auto& word : words)
            QVERIFY2(text(started.error()).contains(word), qPrintable(text(started.error())));
        QVERIFY(!worker->prepare(m_model, {1}).has_value());
        QCOMPARE(worker->run(batchOf(m_model, {mouth(0, 1)})).failure, BatchFailure::WorkerLost);
        QVERIFY(!worker->checkHealth().has_value());
    }

    void aSocketWithTooLongANameIsRefused()
    {
        auto choice = options();
        choice.socketFolder /= std::string(120, 'x');
        const auto started = inference::makeProcessWorker(m_registry, choice)->start();
        QVERIFY(!started.has_value());
        QCOMPARE(started.error().code, ErrorCode::Usage);
    }

    void nothingOfAnEndedWorkerIsLeft()
    {
        auto worker = readyWorker();
        QVERIFY(worker != nullptr);
        const int processId = worker->processId();
        QElapsedTimer timer;
        timer.start();
        worker.reset();
        QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
        QCOMPARE(kill(processId, 0), -1); // neither running nor a zombie
    }

    void aChildEndsWithItsParent()
    {
        QProcess parent;
        parent.start(kChild,
                     {"parent", m_temporary.filePath("sockets"), m_temporary.filePath("generator.safetensors")});
        QTRY_VERIFY_WITH_TIMEOUT(parent.waitForReadyRead(100) || parent.canReadLine(), kLongMs);
        const int child = parent.readLine().trimmed().toInt();
        QVERIFY(child > 0);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(mark()), kLongMs);
        parent.kill();
        QVERIFY(parent.waitForFinished(kLongMs));
        QVERIFY(endsSoon(child)); // though it hangs in a batch
    }

private:
    QString mark() const { return m_temporary.filePath("mark"); }

    inference::ProcessWorkerOptions options() const
    {
        inference::ProcessWorkerOptions options;
        options.program = kChild;
        options.socketFolder = m_temporary.filePath("sockets").toStdString();
        return options;
    }

    /// A started worker with the model; null when that failed.
    std::unique_ptr<Worker> readyWorker() const
    {
        auto worker = inference::makeProcessWorker(m_registry, options());
        Status done = worker->start();
        if (done)
            done = worker->prepare(m_model, {1, 2, 4});
        if (!done) {
            qWarning("%s", done.error().text().c_str());
            return nullptr;
        }
        return worker;
    }

    QTemporaryDir m_temporary;
    std::shared_ptr<inference::ModelRegistry> m_registry = std::make_shared<inference::ModelRegistry>();
    ModelId m_model = 0;
};

QTEST_GUILESS_MAIN(ProcessWorkerTest)
#include "process_worker_test.moc"
