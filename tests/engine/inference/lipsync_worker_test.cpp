// SPDX-License-Identifier: GPL-3.0-or-later
// The real 'lipsync worker' with a small real network: as a child of ours, and as a worker for other machines.
#include "avatar/template_frames.h"
#include "inference/process_worker.h"
#include "inference/remote_worker.h"
#include "inference/torch_worker.h"
#include "support/test_avatar.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace lipsync;
using namespace lipsync::scheduling;

namespace {

constexpr const char* kProgram = LIPSYNC_BINARY_DIR "/lipsync";
constexpr const char* kTokenVariable = "LIPSYNC_WORKER_TOKEN";
constexpr int kLongMs = 60'000;

/// A lipsync worker for other machines on a free port of this one.
class Listening {
public:
    Listening(const QString& library, const QString& token)
    {
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(kTokenVariable, token);
        m_process.setProcessEnvironment(environment);
        m_process.start(kProgram, {"worker", "--listen", "127.0.0.1:0", "--library", library, "--threads", "1"});
        while (!m_process.canReadLine() && m_process.waitForReadyRead(kLongMs)) { }
        const auto words = QString::fromUtf8(m_process.readLine()).split(' ');
        const auto on = words.indexOf("on");
        if (on >= 0 && on + 1 < words.size())
            m_address = words[on + 1].chopped(1).toStdString(); // without the semicolon
    }
    ~Listening() { end(); }

    const std::string& address() const { return m_address; } ///< empty when it did not start
    /// Its exit status after being asked to end.
    int end()
    {
        m_process.terminate();
        return m_process.waitForFinished(kLongMs) && m_process.exitStatus() == QProcess::NormalExit
            ? m_process.exitCode()
            : -1;
    }

private:
    QProcess m_process;
    std::string m_address;
};

} // namespace

class LipsyncWorkerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const std::filesystem::path folder = m_temporary.filePath("library/small.avatar").toStdString();
        QVERIFY(std::filesystem::create_directories(folder.parent_path()));
        QVERIFY(test::makeTestAvatar(folder).has_value());
        const auto package = avatar::AvatarPackage::open(folder);
        QVERIFY(package.has_value());
        const auto frames = avatar::TemplateFrames::open(*package);
        QVERIFY(frames.has_value());
        const auto& manifest = (*package)->manifest();
        inference::Model model{manifest.name, (*package)->generatorFile(),
                               manifest.fileHashes.at(avatar::kGeneratorFile), manifest.network, (*frames)->crops()};
        m_spec = model.spec;
        m_model = m_registry->add(std::move(model));
        m_batch.number = 1;
        m_batch.model = m_model;
        m_batch.paddedSize = 4;
        for (const int frame : {2, 0, 7}) {
            QVERIFY((*frames)->frame(frame).has_value());
            auto content = std::make_shared<inference::MouthContent>();
            content->templateFrame = frame;
            std::vector<float> window(m_spec.audioElements());
            for (std::size_t i = 0; i < window.size(); ++i)
                window[i] = std::sin(0.01f * static_cast<float>(i * static_cast<std::size_t>(frame + 1)));
            content->window = std::move(window);
            m_batch.contents.push_back(std::move(content));
        }
        const auto worker = inference::makeTorchWorker(m_registry, std::make_shared<inference::SharedNetworks>(), {});
        m_expected = bytesOf(*worker);
        QCOMPARE(m_expected.size(), 3 * m_spec.pictureBytes());
    }

    void aProcessWorkerGivesTheBytesOfAThreadWorker()
    {
        inference::ProcessWorkerOptions options;
        options.program = kProgram;
        options.socketFolder = m_temporary.path().toStdString();
        const auto worker = inference::makeProcessWorker(m_registry, options);
        QVERIFY(bytesOf(*worker) == m_expected);
        QVERIFY(worker->checkHealth().has_value());
    }

    void imageHalvesThatAProcessKeepsChangeNoByte()
    {
        inference::ProcessWorkerOptions options;
        options.program = kProgram;
        options.socketFolder = m_temporary.path().toStdString();
        options.imageCacheBytes = std::size_t{64} << 20;
        const auto worker = inference::makeProcessWorker(m_registry, options);
        QVERIFY(bytesOf(*worker) == m_expected);
        for (int i = 0; i < 20; ++i) // so often that the trial of keeping ends
            QVERIFY(bytesOfRun(*worker) == m_expected);
    }

    void aProcessWorkerSaysWhyItDoesNotStart()
    {
        inference::ProcessWorkerOptions options;
        options.program = kProgram;
        options.device = "abacus";
        options.socketFolder = m_temporary.path().toStdString();
        const auto started = inference::makeProcessWorker(m_registry, options)->start();
        QVERIFY(!started.has_value());
        QVERIFY2(started.error().cause.find("abacus") != std::string::npos, started.error().text().c_str());
    }

    void aRemoteWorkerFindsTheAvatarByItsWeights()
    {
        Listening listening(m_temporary.filePath("library"), "secret");
        QVERIFY(!listening.address().empty());
        const auto worker = inference::makeRemoteWorker(m_registry, {listening.address(), "secret"});
        QVERIFY(bytesOf(*worker) == m_expected);
        QVERIFY(!inference::makeRemoteWorker(m_registry, {listening.address(), "guess"})->start().has_value());

        auto unknown = *m_registry->find(m_model);
        unknown.weightsHash = std::string(64, '0');
        const auto prepared = worker->prepare(m_registry->add(unknown), {1});
        QVERIFY(!prepared.has_value());
        QVERIFY2(prepared.error().message.find("copy the avatar there") != std::string::npos,
                 prepared.error().text().c_str());
        QCOMPARE(listening.end(), 0);
        QCOMPARE(worker->run(m_batch).failure, BatchFailure::WorkerLost);
    }

    void argumentsThatMakeNoSenseAreRefused_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("words");
        const auto library = m_temporary.filePath("library");
        QTest::newRow("no address") << QStringList{} << "--listen HOST:PORT";
        QTest::newRow("two addresses") << QStringList{"--listen", "127.0.0.1:0", "--socket", "unix:/tmp/x"}
                                       << "--listen HOST:PORT";
        QTest::newRow("no library") << QStringList{"--listen", "127.0.0.1:0"} << "--library DIR";
        QTest::newRow("open to all") << QStringList{"--listen", "0.0.0.0:0", "--library", library} << kTokenVariable;
        QTest::newRow("no port") << QStringList{"--listen", "127.0.0.1", "--library", library} << "HOST:PORT";
        QTest::newRow("precision") << QStringList{"--listen", "127.0.0.1:0", "--precision", "fp8"} << "--help";
    }

    void argumentsThatMakeNoSenseAreRefused()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, words);
        QProcess process;
        process.start(kProgram, QStringList{"worker"} + arguments);
        QVERIFY(process.waitForFinished(kLongMs));
        QCOMPARE(process.exitCode(), 2);
        const auto errors = QString::fromUtf8(process.readAllStandardError());
        QVERIFY2(errors.contains(words) && errors.count('\n') == 1, qPrintable(errors));
    }

private:
    /// Pictures of the batch by a new worker; nothing when it fails.
    std::vector<std::uint8_t> bytesOf(Worker& worker) const
    {
        Status done = worker.start();
        if (done)
            done = worker.prepare(m_model, {1, 4});
        if (!done) {
            qWarning("%s", done.error().text().c_str());
            return {};
        }
        return bytesOfRun(worker);
    }

    std::vector<std::uint8_t> bytesOfRun(Worker& worker) const
    {
        const auto outcome = worker.run(m_batch);
        if (outcome.failure != BatchFailure::None)
            qWarning("%s", outcome.error.text().c_str());
        std::vector<std::uint8_t> bytes;
        for (const auto& output : outcome.outputs) {
            const auto picture = static_cast<const inference::MouthPicture&>(*output).bytes;
            bytes.insert(bytes.end(), picture.begin(), picture.end());
        }
        return bytes;
    }

    QTemporaryDir m_temporary;
    std::shared_ptr<inference::ModelRegistry> m_registry = std::make_shared<inference::ModelRegistry>();
    nn::GeneratorSpec m_spec;
    ModelId m_model = 0;
    Batch m_batch;
    std::vector<std::uint8_t> m_expected;
};

QTEST_GUILESS_MAIN(LipsyncWorkerTest)
#include "lipsync_worker_test.moc"
