// SPDX-License-Identifier: GPL-3.0-or-later
// WorkerService over loopback: remote workers, and clients that break the protocol.
#include "inference/worker_service.h"

#include "engine/inference/scripted_worker.h"
#include "inference/picture_block.h"
#include "inference/remote_worker.h"
#include "inference/worker_request.h"

#include <cmath>
#include <limits>
#include <thread>

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <worker_protocol.grpc.pb.h>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::scheduling;
using namespace lipsync::test;
namespace wire = lipsync::worker::v1;

namespace {

constexpr int kLongMs = 20'000;
constexpr const char* kToken = "a secret of two machines";

QString text(const Error& error)
{
    return QString::fromStdString(error.text());
}

/// A served ScriptedWorker that finds every model: its template is the scripted one.
struct Served {
    explicit Served(const std::string& token = {}, const std::string& mark = {},
                    const std::string& address = "127.0.0.1:0")
        : registry(std::make_shared<inference::ModelRegistry>())
    {
        auto resolver = [this](const inference::ModelRequest& request) -> Result<inference::ResolvedModel> {
            ++resolved;
            auto model = scriptedModel({});
            model.name = request.name;
            model.weightsHash = request.weightsHash;
            return inference::ResolvedModel{std::move(model), [this](int) -> Status {
                                                ++provided;
                                                return {};
                                            }};
        };
        service = inference::WorkerService::start(registry, std::make_unique<ScriptedWorker>(registry, mark), resolver,
                                                  {address, token});
    }

    std::string address() const { return (*service)->address(); }

    std::shared_ptr<inference::ModelRegistry> registry;
    std::atomic<int> resolved{0};
    std::atomic<int> provided{0};
    Result<std::unique_ptr<inference::WorkerService>> service = failure(ErrorCode::Internal, "not started");
};

/// A client that says what it likes.
class RawClient {
public:
    explicit RawClient(const std::string& address)
    {
        grpc::ChannelArguments arguments;
        arguments.SetMaxSendMessageSize(-1);
        arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
        m_stub =
            wire::Worker::NewStub(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
    }
    ~RawClient() { leave(); }

    /// Opens a session; the status of a refusal.
    grpc::Status greet(std::uint32_t version = inference::kProtocolVersion)
    {
        m_stream = m_stub->Start(&m_context);
        wire::Hello hello;
        hello.set_protocol_version(version);
        wire::Welcome welcome;
        if (m_stream->Write(hello) && m_stream->Read(&welcome)) {
            session = welcome.session();
            return grpc::Status::OK;
        }
        auto stream = std::move(m_stream);
        return stream->Finish();
    }
    void leave()
    {
        if (!m_stream)
            return;
        m_context.TryCancel();
        m_stream->Finish();
        m_stream.reset();
    }

    wire::PrepareRequest goodPrepare() const
    {
        wire::PrepareRequest request;
        inference::ModelRequest model;
        model.model = 1;
        model.name = "raw";
        model.weightsHash = std::string(64, 'b');
        model.spec = kScriptedSpec;
        model.frameCount = kScriptedFrames;
        model.batchSizes = {1, 2};
        inference::write(model, request);
        request.set_session(session);
        return request;
    }
    wire::RunRequest goodRun(Deed deed = Deed::Echo) const
    {
        wire::RunRequest request;
        inference::write(batchOf(1, {mouth(1, 1, deed)}), request);
        request.set_session(session);
        return request;
    }
    grpc::Status prepare(const wire::PrepareRequest& request, wire::PrepareReply& reply)
    {
        grpc::ClientContext context;
        return m_stub->Prepare(&context, request, &reply);
    }
    grpc::Status run(const wire::RunRequest& request, wire::RunReply& reply)
    {
        grpc::ClientContext context;
        return m_stub->Run(&context, request, &reply);
    }
    grpc::Status checkHealth(wire::HealthReply& reply)
    {
        grpc::ClientContext context;
        wire::HealthRequest request;
        request.set_session(session);
        return m_stub->CheckHealth(&context, request, &reply);
    }

    std::uint64_t session = 0;

private:
    std::unique_ptr<wire::Worker::Stub> m_stub;
    grpc::ClientContext m_context;
    std::unique_ptr<grpc::ClientReaderWriter<wire::Hello, wire::Welcome>> m_stream;
};

using ChangePrepare = std::function<void(wire::PrepareRequest&)>;
using ChangeRun = std::function<void(wire::RunRequest&)>;

} // namespace

class WorkerServiceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        auto model = scriptedModel({});
        QVERIFY(model.crops != nullptr);
        m_model = m_registry->add(std::move(model));
    }

    void aRemoteWorkerRunsBatches()
    {
        Served served(kToken);
        QVERIFY(served.service.has_value());
        const auto worker = inference::makeRemoteWorker(m_registry, {served.address(), kToken});
        QVERIFY(worker->start().has_value());
        QCOMPARE(worker->processId(), 0);
        QVERIFY(worker->prepare(m_model, {1, 2}).has_value());
        QVERIFY(worker->prepare(m_model, {1, 2, 4}).has_value());
        QCOMPARE(served.resolved.load(), 1); // the same model for other sizes is not loaded again
        QVERIFY(worker->checkHealth().has_value());
        const auto outcome = worker->run(batchOf(m_model, {mouth(2, 1), mouth(0, 2)}));
        QVERIFY2(outcome.failure == BatchFailure::None, qPrintable(text(outcome.error)));
        QCOMPARE(pictureByte(*outcome.outputs.at(0)), 21);
        QCOMPARE(pictureByte(*outcome.outputs.at(1)), 2);
        QCOMPARE(served.provided.load(), 2);
    }

    void severalClientsShareAWorker()
    {
        Served served;
        QVERIFY(served.service.has_value());
        std::vector<std::jthread> clients;
        std::atomic<int> right{0};
        for (int client = 0; client < 3; ++client) {
            clients.emplace_back([&, client] {
                const auto worker = inference::makeRemoteWorker(m_registry, {served.address(), {}});
                if (!worker->start() || !worker->prepare(m_model, {1}))
                    return;
                for (int i = 0; i < 20; ++i) {
                    const auto outcome = worker->run(batchOf(m_model, {mouth(client, i)}));
                    right += outcome.outputs.size() == 1 && pictureByte(*outcome.outputs[0]) == 10 * client + i ? 1 : 0;
                }
            });
        }
        clients.clear();
        QCOMPARE(right.load(), 60);
    }

    void aWrongTokenIsRefused()
    {
        Served served(kToken);
        QVERIFY(served.service.has_value());
        for (const std::string token : {"", "a secret of two machine", "a secret of two machinesa", "another"}) {
            const auto worker = inference::makeRemoteWorker(m_registry, {served.address(), token});
            const auto started = worker->start();
            QVERIFY(!started.has_value());
            QCOMPARE(started.error().code, ErrorCode::Usage);
            QVERIFY2(text(started.error()).contains("LIPSYNC_WORKER_TOKEN"), qPrintable(text(started.error())));
            QVERIFY(!worker->prepare(m_model, {1}).has_value());
        }
    }

    void addressesOpenToTheNetworkNeedAToken_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<bool>("loopback");
        QTest::newRow("loopback") << "127.0.0.1:0" << true;
        QTest::newRow("another loopback") << "127.1.2.3:80" << true;
        QTest::newRow("its name") << "localhost:0" << true;
        QTest::newRow("IPv6") << "[::1]:0" << true;
        QTest::newRow("all") << "0.0.0.0:0" << false;
        QTest::newRow("all of IPv6") << "[::]:0" << false;
        QTest::newRow("nothing") << ":0" << false;
        QTest::newRow("private") << "192.168.0.1:0" << false;
        QTest::newRow("a name that begins alike") << "127.example.org:0" << false;
        QTest::newRow("another with dots") << "127.0.0.1.example.org:0" << false;
    }

    void addressesOpenToTheNetworkNeedAToken()
    {
        QFETCH(QString, address);
        QFETCH(bool, loopback);
        QCOMPARE(inference::isLoopback(address.toStdString()), loopback);
        if (loopback)
            return;
        const Served served({}, {}, address.toStdString());
        QVERIFY(!served.service.has_value());
        QCOMPARE(served.service.error().code, ErrorCode::Usage);
        QVERIFY2(text(served.service.error()).contains("open to the network"),
                 qPrintable(text(served.service.error())));
    }

    void addressesThatCannotBeListenedOnAreRefused()
    {
        for (const char* address : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "unix:relative"}) {
            const Served served({}, {}, address);
            QVERIFY2(!served.service.has_value(), address);
            QCOMPARE(served.service.error().code, ErrorCode::Usage);
        }
        const Served first;
        QVERIFY(first.service.has_value());
        const Served second({}, {}, first.address()); // taken
        QVERIFY(!second.service.has_value());
        QCOMPARE(second.service.error().code, ErrorCode::Resource);
        const auto worker = inference::makeRemoteWorker(m_registry, {first.address(), {}});
        QVERIFY(worker->start().has_value());
    }

    void nobodyAtAnAddressIsToldOf()
    {
        std::string address;
        {
            const Served served;
            address = served.address();
        }
        const auto worker = inference::makeRemoteWorker(m_registry, {address, {}});
        const auto started = worker->start();
        QVERIFY(!started.has_value());
        QVERIFY2(text(started.error()).contains("Nobody answers"), qPrintable(text(started.error())));
    }

    void anotherProtocolVersionIsRefused()
    {
        const Served served;
        RawClient client(served.address());
        const auto status = client.greet(inference::kProtocolVersion + 1);
        QCOMPARE(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
        QVERIFY(status.error_message().find("install the same release") != std::string::npos);
    }

    void requestsWithoutASessionAreRefused()
    {
        const Served served;
        RawClient client(served.address());
        client.session = 42;
        wire::PrepareReply prepared;
        QCOMPARE(client.prepare(client.goodPrepare(), prepared).error_code(), grpc::StatusCode::NOT_FOUND);
        wire::RunReply ran;
        QCOMPARE(client.run(client.goodRun(), ran).error_code(), grpc::StatusCode::NOT_FOUND);
        wire::HealthReply health;
        QCOMPARE(client.checkHealth(health).error_code(), grpc::StatusCode::NOT_FOUND);
    }

    void malformedPreparationsAreRefused()
    {
        const Served served;
        RawClient client(served.address());
        QVERIFY(client.greet().ok());
        const std::vector<std::pair<const char*, ChangePrepare>> preparations{
            {"hash", [](auto& request) { request.set_weights_hash("../../etc"); }},
            {"name", [](auto& request) { request.set_name(std::string(5000, 'x')); }},
            {"path", [](auto& request) { request.set_weights_file("relative"); }},
            {"zero byte", [](auto& request) { request.set_crops_path(std::string("/a\0b", 4)); }},
            {"kind", [](auto& request) { request.mutable_network()->set_kind("other"); }},
            {"mode", [](auto& request) { request.mutable_network()->set_audio_mode(""); }},
            {"width", [](auto& request) { request.mutable_network()->set_width(1 << 30); }},
            {"negative width", [](auto& request) { request.mutable_network()->set_width(-2); }},
            {"frames", [](auto& request) { request.set_frame_count(0); }},
            {"many frames", [](auto& request) { request.set_frame_count(std::numeric_limits<int>::max()); }},
            {"crop", [](auto& request) { request.set_crop_size(1); }},
            {"no sizes", [](auto& request) { request.clear_batch_sizes(); }},
            {"a size", [](auto& request) { request.add_batch_sizes(65); }},
            {"descending", [](auto& request) { request.add_batch_sizes(1); }},
            {"negative size", [](auto& request) { request.set_batch_sizes(0, -1); }},
        };
        for (const auto& [name, change] : preparations) {
            auto request = client.goodPrepare();
            change(request);
            wire::PrepareReply reply;
            QVERIFY2(client.prepare(request, reply).error_code() == grpc::StatusCode::INVALID_ARGUMENT, name);
        }
        QCOMPARE(served.resolved.load(), 0);
        wire::PrepareReply prepared;
        QVERIFY(client.prepare(client.goodPrepare(), prepared).ok());
        QVERIFY(!prepared.has_failure());
    }

    void aBatchArrivesAsItWasSent()
    {
        auto sent = std::make_shared<inference::MouthContent>();
        sent->templateFrame = 1;
        sent->window = std::vector<float>(kScriptedSpec.audioElements(), 0.25F);
        wire::RunRequest message;
        inference::write(batchOf(3, {sent}), message);
        const auto batch = inference::readBatch(message, kScriptedSpec, kScriptedFrames);
        QVERIFY(batch.has_value());
        QCOMPARE(batch->model, ModelId{3});
        QCOMPARE(batch->paddedSize, 2);
        const auto& arrived = static_cast<const inference::MouthContent&>(*batch->contents.front());
        QCOMPARE(arrived.templateFrame, sent->templateFrame);
        QVERIFY(std::ranges::equal(arrived.window, sent->window));
    }

    void malformedBatchesAreRefusedAndTheNextOnesServed()
    {
        const Served served;
        RawClient client(served.address());
        QVERIFY(client.greet().ok());
        wire::PrepareReply prepared;
        QVERIFY(client.prepare(client.goodPrepare(), prepared).ok());
        const std::vector<std::pair<const char*, ChangeRun>> runs{
            {"no mouths", [](auto& request) { request.clear_mouths(); }},
            {"padding", [](auto& request) { request.set_padded_size(0); }},
            {"much padding", [](auto& request) { request.set_padded_size(std::numeric_limits<int>::max()); }},
            {"a slot where none is shared", [](auto& request) { request.set_picture_slot(1); }},
            {"frame", [](auto& request) { request.mutable_mouths(0)->set_template_frame(kScriptedFrames); }},
            {"negative frame", [](auto& request) { request.mutable_mouths(0)->set_template_frame(-1); }},
            {"no window", [](auto& request) { request.mutable_mouths(0)->clear_window(); }},
            {"window", [](auto& request) { request.mutable_mouths(0)->mutable_window()->pop_back(); }},
            {"not finite",
             [](auto& request) {
                 const float value = std::numeric_limits<float>::quiet_NaN();
                 request.mutable_mouths(0)->mutable_window()->replace(
                     0, sizeof value, reinterpret_cast<const char*>(&value), sizeof value);
             }},
        };
        for (const auto& [name, change] : runs) {
            auto request = client.goodRun();
            change(request);
            wire::RunReply reply;
            QVERIFY2(client.run(request, reply).error_code() == grpc::StatusCode::INVALID_ARGUMENT, name);
        }
        auto unknown = client.goodRun();
        unknown.set_model(9);
        wire::RunReply ran;
        QCOMPARE(client.run(unknown, ran).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
        auto large = client.goodRun();
        large.mutable_mouths(0)->set_window(std::string(std::size_t{inference::kMaxRequestBytes} + 1, 'x'));
        QCOMPARE(client.run(large, ran).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
        QCOMPARE(client.run(client.goodRun(Deed::Throw), ran).error_code(), grpc::StatusCode::INTERNAL);
        QVERIFY(client.run(client.goodRun(), ran).ok());
        QCOMPARE(ran.pictures().size(), kScriptedSpec.pictureBytes());
    }

    void picturesGoIntoTheSlotThatIsAskedFor()
    {
        const Served served;
        RawClient client(served.address());
        QVERIFY(client.greet().ok());
        auto preparation = client.goodPrepare();
        preparation.set_shares_pictures(true);
        wire::PrepareReply prepared;
        QVERIFY(client.prepare(preparation, prepared).ok());
        const auto lent = inference::LentPictures::map(prepared.pictures_path(), 2 * kScriptedSpec.pictureBytes());
        QVERIFY(lent.has_value());
        const auto first = (*lent)->take(), second = (*lent)->take();
        QCOMPARE(second->number(), 2);
        auto request = client.goodRun();
        request.set_picture_slot(2);
        wire::RunReply reply;
        QVERIFY(client.run(request, reply).ok());
        QVERIFY(reply.pictures().empty());
        QCOMPARE(int{second->bytes()[0]}, 11);
        QCOMPARE(int{second->bytes()[kScriptedSpec.pictureBytes() - 1]}, 11);
        QCOMPARE(int{first->bytes()[0]}, 0);

        request.set_picture_slot(inference::kPictureSlots + 1);
        QCOMPARE(client.run(request, reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
        request.set_picture_slot(std::numeric_limits<std::uint32_t>::max());
        QCOMPARE(client.run(request, reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
        request.set_picture_slot(1);
        for (int i = 0; i < 2; ++i)
            *request.add_mouths() = request.mouths(0);
        request.set_padded_size(4);
        QCOMPARE(client.run(request, reply).error_code(), grpc::StatusCode::INVALID_ARGUMENT); // larger than a slot
    }

    void anotherAvatarThanTheClientsIsRefused()
    {
        const Served served;
        RawClient client(served.address());
        QVERIFY(client.greet().ok());
        auto request = client.goodPrepare();
        request.set_frame_count(kScriptedFrames + 1);
        wire::PrepareReply reply;
        QVERIFY(client.prepare(request, reply).ok());
        QVERIFY(QString::fromStdString(reply.failure().sentence()).contains("same avatar"));
    }

    void healthIsAnsweredWhileABatchRuns()
    {
        QTemporaryDir folder;
        const auto mark = folder.filePath("mark");
        Served served({}, mark.toStdString());
        RawClient client(served.address());
        QVERIFY(client.greet().ok());
        wire::HealthReply health;
        QVERIFY(client.checkHealth(health).ok());
        QVERIFY(!health.has_failure());
        wire::PrepareReply prepared;
        QVERIFY(client.prepare(client.goodPrepare(), prepared).ok());
        grpc::Status status;
        wire::RunReply ran;
        std::jthread running([&] { status = client.run(client.goodRun(Deed::Hang), ran); });
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(mark), kLongMs);
        QVERIFY(client.checkHealth(health).ok());
        QVERIFY(!health.has_failure());
        served.service = failure(ErrorCode::Internal, "ended"); // its worker is abandoned
        running.join();
        QVERIFY(!client.checkHealth(health).ok());
    }

    void modelsOfAVanishedClientAreForgotten()
    {
        const Served served;
        RawClient client(served.address());
        QVERIFY(client.greet().ok());
        wire::PrepareReply prepared;
        QVERIFY(client.prepare(client.goodPrepare(), prepared).ok());
        QVERIFY(served.registry->find(1) != nullptr);
        client.leave();
        QTRY_VERIFY_WITH_TIMEOUT(served.registry->find(1) == nullptr, kLongMs);
    }

    void aLostConnectionLosesTheWorkerAndAnotherOneReconnects()
    {
        auto served = std::make_unique<Served>();
        const auto address = served->address();
        const auto worker = inference::makeRemoteWorker(m_registry, {address, {}});
        QVERIFY(worker->start() && worker->prepare(m_model, {1}));
        QCOMPARE(worker->run(batchOf(m_model, {mouth(0, 1)})).failure, BatchFailure::None);
        served.reset();
        const auto outcome = worker->run(batchOf(m_model, {mouth(0, 1)}));
        QCOMPARE(outcome.failure, BatchFailure::WorkerLost);
        QVERIFY2(text(outcome.error).contains("was lost"), qPrintable(text(outcome.error)));
        QVERIFY(!worker->checkHealth().has_value());

        const Served again({}, {}, address);
        QVERIFY(again.service.has_value());
        const auto next = inference::makeRemoteWorker(m_registry, {address, {}});
        QVERIFY(next->start() && next->prepare(m_model, {1}));
        QCOMPARE(next->run(batchOf(m_model, {mouth(0, 1)})).failure, BatchFailure::None);
    }

    void abandoningEndsAHangingBatch()
    {
        QTemporaryDir folder;
        const auto mark = folder.filePath("mark");
        Served served({}, mark.toStdString());
        const auto worker = inference::makeRemoteWorker(m_registry, {served.address(), {}});
        QVERIFY(worker->start() && worker->prepare(m_model, {1}));
        BatchOutcome outcome;
        std::jthread running([&] { outcome = worker->run(batchOf(m_model, {mouth(0, 1, Deed::Hang)})); });
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(mark), kLongMs);
        worker->abandon();
        running.join();
        QCOMPARE(outcome.failure, BatchFailure::WorkerLost);
    }

private:
    std::shared_ptr<inference::ModelRegistry> m_registry = std::make_shared<inference::ModelRegistry>();
    ModelId m_model = 0;
};

QTEST_GUILESS_MAIN(WorkerServiceTest)
#include "worker_service_test.moc"
