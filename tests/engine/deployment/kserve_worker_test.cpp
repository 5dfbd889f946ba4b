// SPDX-License-Identifier: GPL-3.0-or-later
// Workers that are servers of KServe v2: a `lipsync serve` of ours, and a repository that was exported for Triton.
#include "inference/kserve_worker.h"

#include "triton_like_server.h"

#include "deployment/triton_export.h"
#include "inference/kserve_address.h"
#include "inference/torch_worker.h"
#include "nn/formula_weights.h"
#include "session/frame_stream.h"

#include "engine/serving/serving_fixture.h"
#include "support/test_avatar.h"

#include <cmath>
#include <limits>
#include <set>
#include <thread>

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::scheduling;
namespace workers = lipsync::inference; // the protocol has a namespace of that name, too

namespace {

QString text(const Error& error)
{
    return QString::fromStdString(error.text());
}

std::shared_ptr<const workers::MouthContent> mouth(const nn::GeneratorSpec& spec, int templateFrame, int sound)
{
    auto content = std::make_shared<workers::MouthContent>();
    content->templateFrame = templateFrame;
    auto window = nn::formulaFeatures(spec.audioElements());
    for (auto& number : window)
        number *= 0.1F * static_cast<float>(sound + 1);
    content->window = std::move(window);
    return content;
}

std::span<const std::uint8_t> bytesOf(const BatchOutcome& outcome, std::size_t i)
{
    return static_cast<const workers::MouthPicture&>(*outcome.outputs.at(i)).bytes;
}

/// How pictures differ that two networks made of the same mouths.
nn::ExportLikeness likenessOf(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b)
{
    nn::ExportLikeness likeness;
    int differing = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const int difference = std::abs(int{a[i]} - int{b[i]});
        likeness.largestDifference = std::max(likeness.largestDifference, difference);
        differing += difference > 0 ? 1 : 0;
    }
    likeness.differing = static_cast<double>(differing) / static_cast<double>(a.size());
    return likeness;
}

/// What came back of a stream.
class Returned {
public:
    void add(session::StreamedFrame frame)
    {
        {
            std::lock_guard lock(m_mutex);
            m_frames.push_back(std::move(frame));
        }
        m_changed.notify_all();
    }
    bool waitFor(std::size_t count)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, std::chrono::seconds(90), [&] { return m_frames.size() >= count; });
    }
    std::vector<session::StreamedFrame> frames() const
    {
        std::lock_guard lock(m_mutex);
        return m_frames;
    }

private:
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<session::StreamedFrame> m_frames;
};

} // namespace

class KserveWorkerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_root = m_temporary.path().toStdString();
        QVERIFY(test::makeLibrary(m_root / "library").has_value());
        m_folder = m_root / "library" / "speaker.avatar";
        const auto package = avatar::AvatarPackage::open(m_folder);
        QVERIFY(package.has_value());
        const auto frames = avatar::TemplateFrames::open(*package);
        QVERIFY(frames.has_value());
        m_frames = *frames;
        for (int i = 0; i < test::kFixtureFrames; ++i)
            QVERIFY(m_frames->frame(i).has_value());
        const auto& manifest = (*package)->manifest();
        m_spec = manifest.network;
        m_model = m_registry->add(
            {manifest.name, (*package)->generatorFile(), manifest.generatorHash(), m_spec, m_frames->crops()});
        m_local = workers::makeTorchWorker(m_registry, std::make_shared<workers::SharedNetworks>(),
                                           {.device = "cpu", .threads = 1});
        QVERIFY(m_local->start().has_value());
        QVERIFY(m_local->prepare(m_model, {1, 2, 4}).has_value());
        deployment::TritonExportOptions options;
        options.repository = m_root / "models";
        const auto exported = deployment::exportTriton(**package, options);
        QVERIFY2(exported, exported ? "" : exported.error().text().c_str());
    }

    void aServerOfOursGivesTheSamePictures()
    {
        test::ServingFixture ours(m_root / "library", test::Boundary::Real);
        QCOMPARE(ours.problem(), std::string());
        QVERIFY(ours.waitFor("speaker"));
        const auto worker = workerAt("kserve://" + ours.server().address());
        QVERIFY(worker->start().has_value());
        const auto prepared = worker->prepare(m_model, {1, 2, 4});
        QVERIFY2(prepared, prepared ? "" : prepared.error().text().c_str());
        QVERIFY(worker->checkHealth().has_value());
        QCOMPARE(worker->processId(), 0);
        // Template frames in no order, the first and the last among them.
        const auto batch = batchOf({0, test::kFixtureFrames - 1, 3});
        const auto theirs = worker->run(batch), own = m_local->run(batch);
        QVERIFY2(theirs.failure == BatchFailure::None, qPrintable(text(theirs.error)));
        for (std::size_t i = 0; i < batch.contents.size(); ++i)
            QVERIFY(std::ranges::equal(bytesOf(theirs, i), bytesOf(own, i)));
        // Again and again, in every order: the server keeps what its network made of template frames.
        for (int round = 0; round < 60; ++round) {
            const int frame = 5 * round % test::kFixtureFrames;
            const auto next = batchOf({frame, (frame + round) % test::kFixtureFrames});
            const auto far = worker->run(next), near = m_local->run(next);
            QVERIFY2(far.failure == BatchFailure::None, qPrintable(text(far.error)));
            for (std::size_t i = 0; i < next.contents.size(); ++i)
                QVERIFY(std::ranges::equal(bytesOf(far, i), bytesOf(near, i)));
        }
        worker->release(m_model);
        QVERIFY(worker->run(batch).failure == BatchFailure::Job);
    }

    void aTritonRepositoryGivesTheSamePictures()
    {
        test::TritonLikeServer triton(m_root / "models", m_spec);
        QCOMPARE(triton.problem(), std::string());
        const auto worker = preparedWorker(triton);
        QVERIFY(worker != nullptr);
        QVERIFY(worker->checkHealth().has_value());
        const auto batch = batchOf({5, 0, 11, 2, 7, 1, 9}); // more than the model's largest batch
        const auto theirs = worker->run(batch), own = m_local->run(batch);
        QVERIFY2(theirs.failure == BatchFailure::None, qPrintable(text(theirs.error)));
        QCOMPARE(theirs.outputs.size(), batch.contents.size());
        QVERIFY(theirs.times.infer > Duration::zero());
        for (std::size_t i = 0; i < batch.contents.size(); ++i) {
            const auto likeness = likenessOf(bytesOf(theirs, i), bytesOf(own, i));
            QVERIFY2(likeness.isSame(),
                     qPrintable(QString("%1, %2").arg(likeness.largestDifference).arg(likeness.differing)));
        }
        QCOMPARE(triton.largestRequest(), 4);
    }

    void messagesMayBeLargerThanTheUsualLimit()
    {
        constexpr int kFrames = 60; // pictures of 76,800 bytes: 4.6 MB each way, and 2 MB of sound
        deployment::TritonExportOptions options;
        options.repository = m_root / "large models";
        options.plan.batchSizes = {1, kFrames};
        QVERIFY(deployment::exportTriton(m_frames->package(), options).has_value());
        test::TritonLikeServer triton(options.repository, m_spec);
        const auto worker = preparedWorker(triton);
        QVERIFY(worker != nullptr);
        const auto outcome = worker->run(batchOf(std::vector<int>(kFrames, 1)));
        QVERIFY2(outcome.failure == BatchFailure::None, qPrintable(text(outcome.error)));
        QCOMPARE(triton.largestRequest(), kFrames);
    }

    void aBusyServerIsAskedAgain_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("pushback");
        QTest::newRow("it says when") << static_cast<int>(grpc::StatusCode::RESOURCE_EXHAUSTED) << "60";
        QTest::newRow("it does not") << static_cast<int>(grpc::StatusCode::RESOURCE_EXHAUSTED) << "";
        QTest::newRow("it says nonsense") << static_cast<int>(grpc::StatusCode::RESOURCE_EXHAUSTED) << "-7 hours";
        QTest::newRow("as Triton says it") << static_cast<int>(grpc::StatusCode::UNAVAILABLE) << "";
    }

    void aBusyServerIsAskedAgain()
    {
        QFETCH(int, code);
        QFETCH(QString, pushback);
        test::TritonLikeServer triton(m_root / "models", m_spec);
        const auto worker = preparedWorker(triton);
        QVERIFY(worker != nullptr);
        triton.refuseNext(2, {static_cast<grpc::StatusCode>(code), "the queue is full"}, pushback.toStdString());
        const auto outcome = worker->run(batchOf({1}));
        QVERIFY2(outcome.failure == BatchFailure::None, qPrintable(text(outcome.error)));
        QCOMPARE(triton.refused(), 2);
    }

    void aModelThatIsLoadingIsWaitedFor()
    {
        test::TritonLikeServer triton(m_root / "models", m_spec);
        triton.loadFor(3);
        const auto worker = preparedWorker(triton);
        QVERIFY(worker != nullptr);
        QVERIFY(worker->run(batchOf({1})).failure == BatchFailure::None);
    }

    void aServerThatStaysBusyLosesItsFrames()
    {
        test::TritonLikeServer triton(m_root / "models", m_spec);
        const auto worker = preparedWorker(triton);
        QVERIFY(worker != nullptr);
        triton.refuseNext(1000, {grpc::StatusCode::RESOURCE_EXHAUSTED, "the queue is full"}, "500000");
        const auto outcome = worker->run(batchOf({1}));
        QVERIFY(outcome.failure == BatchFailure::WorkerLost);
        QVERIFY2(text(outcome.error).contains("too much to do"), qPrintable(text(outcome.error)));
        QCOMPARE(triton.refused(), 1); // nobody waits for that long
        QVERIFY(worker->checkHealth().has_value()); // it lives
        triton.refuseNext(1, {grpc::StatusCode::INTERNAL, "CUDA out of memory. Tried to allocate"});
        QVERIFY(worker->run(batchOf({1})).failure == BatchFailure::OutOfMemory);
        triton.refuseNext(1, {grpc::StatusCode::INTERNAL, "the model failed\n\x01"});
        const auto failed = worker->run(batchOf({1}));
        QVERIFY(failed.failure == BatchFailure::WorkerLost);
        QVERIFY2(text(failed.error).contains("the model failed"), qPrintable(text(failed.error)));
    }

    void badFramesFailAlone()
    {
        test::TritonLikeServer triton(m_root / "models", m_spec);
        const auto worker = preparedWorker(triton);
        QVERIFY(worker != nullptr);
        const int before = triton.frames();
        auto infinite = std::make_shared<workers::MouthContent>(*mouth(m_spec, 1, 1));
        infinite->window = std::vector(m_spec.audioElements(), std::numeric_limits<float>::infinity());
        auto shortened = std::make_shared<workers::MouthContent>(*mouth(m_spec, 1, 1));
        shortened->window = std::vector<float>(m_spec.audioElements() - 1);
        for (const auto& bad : {std::shared_ptr<const workers::MouthContent>(infinite),
                                std::shared_ptr<const workers::MouthContent>(shortened),
                                mouth(m_spec, test::kFixtureFrames, 1), mouth(m_spec, -1, 1)}) {
            Batch batch{1, m_model, 1, {bad}};
            QVERIFY(worker->run(batch).failure == BatchFailure::Job);
        }
        QCOMPARE(triton.frames(), before);
    }

    void aServerThatIsGoneInTheMiddleCostsNoFrame()
    {
        constexpr int kFrames = 24;
        auto triton = std::make_unique<test::TritonLikeServer>(m_root / "models", m_spec);
        session::FrameServiceOptions options;
        options.plan.devices = {{"cpu", 1}, {triton->device() + "/speaker", 1}};
        auto service = session::FrameService::create(options).value();
        const auto avatar = service->openAvatar(m_folder).value();
        const auto bothWork = [&] {
            const auto workers = service->pool().snapshot().workers;
            return std::ranges::all_of(
                workers, [](const auto& worker) { return worker.state == scheduling::WorkerState::Idle; });
        };
        QVERIFY(service->waitUntilReady(*avatar, {}).has_value());
        QTRY_VERIFY_WITH_TIMEOUT(bothWork(), 60'000);
        triton->close();
        Returned returned;
        session::FrameStream stream(service->pool(), avatar->model(), {JobClass::Bulk, false, {}},
                                    [&](session::StreamedFrame frame) { returned.add(std::move(frame)); });
        for (int number = 0; number < kFrames; ++number) {
            const auto frame = avatar->frames()->frame(number % test::kFixtureFrames).value();
            const auto window = mouth(m_spec, 0, number)->window;
            QVERIFY(stream.submit({number, frame, {window.begin(), window.end()}}).has_value());
        }
        QVERIFY(triton->waitUntilSomeoneWaits());
        triton->stop();
        QVERIFY(returned.waitFor(kFrames));
        int number = 0;
        for (const auto& frame : returned.frames()) {
            QCOMPARE(frame.number, std::int64_t{number});
            QVERIFY2(frame.result.outcome == JobOutcome::Done, qPrintable(text(frame.result.error)));
            Batch batch{1, m_model, 1, {mouth(m_spec, number % test::kFixtureFrames, number)}};
            const auto expected = m_local->run(batch);
            QVERIFY(likenessOf(frame.mouth(), bytesOf(expected, 0)).isSame());
            ++number;
        }
    }

    void aHangingCallEndsWhenItIsGivenUp()
    {
        test::TritonLikeServer triton(m_root / "models", m_spec);
        const auto worker = preparedWorker(triton);
        QVERIFY(worker != nullptr);
        triton.close();
        BatchOutcome outcome;
        std::jthread running([&] { outcome = worker->run(batchOf({1})); });
        QVERIFY(triton.waitUntilSomeoneWaits());
        worker->abandon();
        running.join();
        QVERIFY(outcome.failure == BatchFailure::WorkerLost);
        QVERIFY(worker->run(batchOf({1})).failure == BatchFailure::WorkerLost);
        triton.open();
    }

    void otherModelsAreRefused_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("says");
        QTest::newRow("picture") << "picture"
                                 << "its 'INPUT__0' has the shape [-1, 96, 96, 3], and must be [-1, 160, 160, 3]";
        QTest::newRow("type") << "type"
                              << "its 'INPUT__1' is of type FP16, and must be FP32";
        QTest::newRow("output") << "output"
                                << "it has no 'OUTPUT__0'";
        QTest::newRow("inputs") << "inputs"
                                << "it has 3 inputs";
        QTest::newRow("fixed batch") << "fixed batch"
                                     << "[4, 160, 160, 3]";
        QTest::newRow("many sides") << "many sides"
                                    << "must be [-1, 160, 160, 3]";
        QTest::newRow("weights") << "weights"
                                 << "it has other weights";
    }

    void otherModelsAreRefused()
    {
        QFETCH(QString, what);
        QFETCH(QString, says);
        test::TritonLikeServer triton(m_root / "models", m_spec);
        triton.changeMetadata([&](auto& metadata) {
            if (what == "picture") {
                metadata.mutable_inputs(0)->set_shape(1, 96);
                metadata.mutable_inputs(0)->set_shape(2, 96);
            } else if (what == "type") {
                metadata.mutable_inputs(1)->set_datatype("FP16");
            } else if (what == "output") {
                metadata.mutable_outputs(0)->set_name("picture");
            } else if (what == "inputs") {
                metadata.add_inputs();
            } else if (what == "fixed batch") {
                metadata.mutable_inputs(0)->set_shape(0, 4);
            } else if (what == "many sides") {
                for (int i = 0; i < 10'000; ++i)
                    metadata.mutable_inputs(0)->add_shape(i);
            }
        });
        if (what == "weights")
            triton.changeConfig([](auto& config) {
                (*config.mutable_parameters())["weights_sha256"].set_string_value(std::string(64, 'a'));
            });
        const auto worker = workerAt(triton.device());
        QVERIFY(worker->start().has_value());
        const auto prepared = worker->prepare(m_model, {1});
        QVERIFY(!prepared.has_value());
        QCOMPARE(prepared.error().code, ErrorCode::InvalidInput);
        QVERIFY2(text(prepared.error()).contains(says), qPrintable(text(prepared.error())));
        QVERIFY(text(prepared.error()).size() < 400);
        QVERIFY(worker->run(batchOf({1})).failure == BatchFailure::Job);
    }

    void answersWithoutPicturesLoseTheWorker()
    {
        test::TritonLikeServer triton(m_root / "models", m_spec);
        const auto worker = preparedWorker(triton);
        QVERIFY(worker != nullptr);
        using Change = std::function<void(::inference::ModelInferResponse&)>;
        for (const Change& change :
             {Change([](auto& response) { response.clear_raw_output_contents(); }),
              Change([](auto& response) { response.mutable_raw_output_contents(0)->pop_back(); }),
              Change([](auto& response) { response.mutable_outputs(0)->set_shape(0, 2); }),
              Change([](auto& response) { response.mutable_outputs(0)->set_name("other"); }),
              Change([](auto& response) { response.clear_outputs(); })}) {
            triton.changeResponse(change);
            const auto outcome = worker->run(batchOf({1}));
            QVERIFY(outcome.failure == BatchFailure::WorkerLost);
            QVERIFY2(text(outcome.error).contains("gives no pictures"), qPrintable(text(outcome.error)));
        }
    }

    void ourServerWithAnotherAvatarOfThatNameIsRefused()
    {
        const auto library = m_root / "other";
        test::TestAvatarOptions other;
        other.frameCount = test::kFixtureFrames + 1;
        std::filesystem::create_directories(library);
        QVERIFY(test::makeTestAvatar(library / "speaker.avatar", other).has_value());
        test::ServingFixture ours(library, test::Boundary::Real);
        QCOMPARE(ours.problem(), std::string());
        const auto worker = workerAt("kserve://" + ours.server().address());
        QVERIFY(worker->start().has_value());
        QVERIFY(ours.waitFor("speaker"));
        const auto prepared = worker->prepare(m_model, {1});
        QVERIFY(!prepared.has_value());
        QVERIFY2(text(prepared.error()).contains("its template has 13 frames, this one 12"),
                 qPrintable(text(prepared.error())));
        const auto elsewhere = workerAt("kserve://" + ours.server().address() + "/nobody");
        QVERIFY(elsewhere->start().has_value());
        const auto missing = elsewhere->prepare(m_model, {1});
        QVERIFY(!missing.has_value());
        QCOMPARE(missing.error().code, ErrorCode::Resource);
        QVERIFY2(text(missing.error()).contains("has no model 'nobody'"), qPrintable(text(missing.error())));
    }

    void tokensAreShown()
    {
        const auto file = m_root / "tokens";
        QFile tokens(QString::fromStdString(file.string()));
        QVERIFY(tokens.open(QIODevice::WriteOnly) && tokens.write("a-token-of-many-letters\n") > 0);
        tokens.close();
        QVERIFY(tokens.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
        test::ServingFixture ours(m_root / "library", test::Boundary::Real,
                                  [&](serving::ServerOptions& options) { options.tokenFile = file; });
        QCOMPARE(ours.problem(), std::string());
        const auto device = "kserve://" + ours.server().address();
        const auto stranger = workerAt(device)->start();
        QVERIFY(!stranger.has_value());
        QCOMPARE(stranger.error().code, ErrorCode::Usage);
        QVERIFY2(text(stranger.error()).contains("LIPSYNC_KSERVE_TOKEN"), qPrintable(text(stranger.error())));
        QVERIFY(workers::makeKserveWorker(m_registry, {device, "a-token-of-many-letters", {}})->start().has_value());
    }

    void encryptedServersAreTrustedByTheirCertificate()
    {
        const auto openssl = QStandardPaths::findExecutable("openssl");
        if (openssl.isEmpty())
            QSKIP("There is no openssl program here to make a certificate with.");
        const auto certificate = m_root / "server.pem", key = m_root / "server.key";
        QCOMPARE(
            QProcess::execute(openssl,
                              {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                               "-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
                               "-keyout", key.c_str(), "-out", certificate.c_str()}),
            0);
        test::ServingFixture ours(m_root / "library", test::Boundary::Real, [&](serving::ServerOptions& options) {
            options.certificateFile = certificate;
            options.keyFile = key;
        });
        QCOMPARE(ours.problem(), std::string());
        const auto startAt = [&](const std::string& scheme, const std::string& trusted) {
            return workers::makeKserveWorker(m_registry, {scheme + ours.server().address(), {}, trusted})->start();
        };
        const auto trusting = startAt("kserves://", certificate);
        QVERIFY2(trusting, trusting ? "" : trusting.error().text().c_str());
        QVERIFY(!startAt("kserves://", {}).has_value()); // nobody whom the system trusts has signed it
        QVERIFY(!startAt("kserve://", {}).has_value());
        QCOMPARE(startAt("kserves://", m_root / "missing.pem").error().code, ErrorCode::InvalidInput);
    }

    void addressesAreRead_data()
    {
        QTest::addColumn<QString>("device");
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("model");
        QTest::newRow("plain") << "kserve://host:8001"
                               << "host:8001"
                               << "";
        QTest::newRow("model") << "kserve://10.0.0.1:8001/anna-2"
                               << "10.0.0.1:8001"
                               << "anna-2";
        QTest::newRow("IPv6") << "kserves://[::1]:50051/anna"
                              << "[::1]:50051"
                              << "anna";
        for (const char* bad : {"kserve://", "kserve://host", "kserve://:8001", "kserve://host:0",
                                "kserve://host:65536", "kserve://host:80x", "kserve://host:8001/",
                                "kserve://host:8001/a/b", "kserve://ho st:8001", "host:8001", "kserve:/host:8001"})
            QTest::newRow(bad) << bad << ""
                               << "";
    }

    void addressesAreRead()
    {
        QFETCH(QString, device);
        QFETCH(QString, target);
        QFETCH(QString, model);
        const auto address = workers::parseKserveAddress(device.toStdString());
        QCOMPARE(address.has_value(), !target.isEmpty());
        if (!address) {
            QCOMPARE(address.error().code, ErrorCode::Usage);
            return;
        }
        QCOMPARE(QString::fromStdString(address->target), target);
        QCOMPARE(QString::fromStdString(address->model), model);
        QCOMPARE(address->isEncrypted, device.startsWith("kserves"));
    }

    void whoDoesNotAnswerIsNamed()
    {
        const auto silent = workerAt("kserve://127.0.0.1:1")->start(); // nobody listens at port 1
        QVERIFY(!silent.has_value());
        QCOMPARE(silent.error().code, ErrorCode::Resource);
        QVERIFY2(text(silent.error()).contains("Nobody answers at 127.0.0.1:1"), qPrintable(text(silent.error())));
        QCOMPARE(workerAt("kserve://nowhere")->start().error().code, ErrorCode::Usage);
    }

private:
    std::unique_ptr<Worker> workerAt(const std::string& device) const
    {
        return workers::makeKserveWorker(m_registry, {device, {}, {}});
    }

    std::unique_ptr<Worker> preparedWorker(const test::TritonLikeServer& triton) const
    {
        auto worker = workerAt(triton.device());
        if (!worker->start() || !worker->prepare(m_model, {1, 2, 4}))
            return {};
        return worker;
    }

    Batch batchOf(const std::vector<int>& templateFrames) const
    {
        Batch batch{1, m_model, static_cast<int>(templateFrames.size()), {}};
        for (const int frame : templateFrames)
            batch.contents.push_back(mouth(m_spec, frame, static_cast<int>(batch.contents.size())));
        return batch;
    }

    QTemporaryDir m_temporary;
    std::filesystem::path m_root, m_folder;
    nn::GeneratorSpec m_spec;
    std::shared_ptr<avatar::TemplateFrames> m_frames;
    std::shared_ptr<workers::ModelRegistry> m_registry = std::make_shared<workers::ModelRegistry>();
    ModelId m_model = 0;
    std::unique_ptr<Worker> m_local;
};

QTEST_GUILESS_MAIN(KserveWorkerTest)
#include "kserve_worker_test.moc"
