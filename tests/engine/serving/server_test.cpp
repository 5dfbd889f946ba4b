// SPDX-License-Identifier: GPL-3.0-or-later
// What holds for every call: deadlines, cancelling, overload, draining, tokens, addresses, limits and health. Workers
// are scripted, so that a frame takes as long as a test wants.

#include "serving_fixture.h"
#include "web_client.h"

#include "engine/media/sample_media.h"
#include "metrics/process_probe.h"
#include "serving/listening.h"

#include <fstream>
#include <list>

#include <QTemporaryDir>
#include <QTest>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <lipsync.grpc.pb.h>
#include <open_inference.grpc.pb.h>
#include <optimized_lipsyncsrv.grpc.pb.h>

using namespace lipsync;

namespace wire = optimized_lipsyncsrv;

namespace {

using Stub = wire::OptimizedLipSyncService::Stub;

/// A GenerateInference that is under way.
class Asked {
public:
    Asked(Stub& stub, const std::string& model, int frame, std::optional<std::chrono::milliseconds> deadline = {},
          const std::string& token = {})
    {
        m_request.set_model_name(model);
        m_request.set_frame_id(frame);
        if (deadline)
            m_context.set_deadline(std::chrono::system_clock::now() + *deadline);
        if (!token.empty())
            m_context.AddMetadata("authorization", "Bearer " + token);
        stub.async()->GenerateInference(&m_context, &m_request, &m_response, [this](const grpc::Status& status) {
            std::lock_guard lock(m_mutex);
            m_status = status;
            m_changed.notify_all();
        });
    }
    ~Asked() { (void)status(); }

    const grpc::Status& status()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_status.has_value(); });
        return *m_status;
    }
    bool hasEnded()
    {
        std::lock_guard lock(m_mutex);
        return m_status.has_value();
    }
    void cancel() { m_context.TryCancel(); }
    const wire::OptimizedInferenceResponse& response() const { return m_response; }
    std::string trailer(const std::string& name)
    {
        const auto& trailers = m_context.GetServerTrailingMetadata();
        const auto found = trailers.find(name);
        return found == trailers.end() ? std::string() : std::string(found->second.data(), found->second.size());
    }

private:
    grpc::ClientContext m_context;
    wire::OptimizedInferenceRequest m_request;
    wire::OptimizedInferenceResponse m_response;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::optional<grpc::Status> m_status;
};

void writePrivately(const std::filesystem::path& file, const std::string& text)
{
    std::ofstream(file) << text;
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

} // namespace

class ServerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_folder = std::filesystem::path(m_temporary.path().toStdString());
        m_library = m_folder / "library";
        QVERIFY(test::makeLibrary(m_library).has_value());
    }

    void aDeadlineThatPassesInTheQueueIsTold()
    {
        auto fixture = scripted();
        const auto stub = stubOf(*fixture);
        fixture->script().close();
        Asked first(*stub, "speaker", 1);
        fixture->script().waitUntilSomeoneWaits();
        Asked second(*stub, "speaker", 2, std::chrono::milliseconds(200));
        QCOMPARE(second.status().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
        // The frame is gone from the queue, too.
        QTRY_COMPARE(fixture->service().pool().snapshot().outstanding, std::size_t{1});
        fixture->script().open();
        QVERIFY(first.status().ok());
    }

    void aCancelledCallLeavesTheQueue()
    {
        auto fixture = scripted();
        const auto stub = stubOf(*fixture);
        fixture->script().close();
        Asked first(*stub, "speaker", 1);
        fixture->script().waitUntilSomeoneWaits();
        Asked second(*stub, "speaker", 2);
        QTRY_COMPARE(fixture->service().pool().snapshot().outstanding, std::size_t{2});
        second.cancel();
        QCOMPARE(second.status().error_code(), grpc::StatusCode::CANCELLED);
        QTRY_COMPARE(fixture->service().pool().snapshot().outstanding, std::size_t{1});
        fixture->script().open();
        QVERIFY(first.status().ok());
        QTRY_COMPARE(fixture->server().counts().openCalls, std::size_t{0});
    }

    void anOverloadedServerSaysWhenToComeBack()
    {
        auto fixture = scripted([](serving::ServerOptions& options) { options.gate.mostCalls = 3; });
        const auto stub = stubOf(*fixture);
        fixture->script().close();
        Asked first(*stub, "speaker", 1), second(*stub, "speaker", 2), third(*stub, "speaker", 3);
        QTRY_COMPARE(fixture->server().counts().openCalls, std::size_t{3});
        Asked more(*stub, "speaker", 4);
        QCOMPARE(more.status().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
        QVERIFY(std::stoi(more.trailer("grpc-retry-pushback-ms")) > 0);
        fixture->script().open();
        QVERIFY(first.status().ok() && second.status().ok() && third.status().ok());
    }

    void aFrameThatWouldWaitTooLongIsRefusedWithThePredictedWait()
    {
        auto fixture =
            scripted([](serving::ServerOptions& options) { options.calls.longestWait = std::chrono::nanoseconds(1); });
        const auto stub = stubOf(*fixture);
        // Nothing is predicted before something was measured.
        QTRY_COMPARE(Asked(*stub, "speaker", 1).status().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
        Asked refused(*stub, "speaker", 1);
        QCOMPARE(refused.status().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
        QVERIFY(!refused.trailer("grpc-retry-pushback-ms").empty());
        // A caller with a deadline decides for itself.
        QVERIFY(Asked(*stub, "speaker", 1, std::chrono::seconds(30)).status().ok());
    }

    void sessionsBeyondWhatWorkersCanDoAreRefusedWithTheirFirstSound()
    {
        namespace own = ::lipsync::v1;
        struct Session {
            grpc::ClientContext context;
            std::unique_ptr<grpc::ClientReaderWriter<own::SpeakRequest, own::SpeakResponse>> stream;
        };
        constexpr std::size_t kSessions = 4; // that one worker gets before anything is measured
        constexpr int kPatienceMs = 10'000;
        auto fixture = scripted();
        const auto stub = own::LipSync::NewStub(fixture->channel());
        own::SpeakRequest open, sound, finish;
        open.mutable_open()->set_avatar("silent");
        sound.set_sound(std::string(3200, '\0'));
        finish.mutable_finish();
        fixture->script().close();
        std::list<Session> speaking;
        for (std::size_t i = 0; i <= kSessions; ++i) {
            auto& session = speaking.emplace_back();
            session.stream = stub->Speak(&session.context);
            QVERIFY(session.stream->Write(open) && session.stream->Write(sound));
        }
        // Whose sound comes last is not known; who is silent for a second would make room.
        auto refused = speaking.end();
        const auto isOneRefused = [&] {
            for (auto session = speaking.begin(); session != speaking.end(); ++session) {
                if (session != refused && !session->stream->Write(sound))
                    refused = session;
            }
            return refused != speaking.end();
        };
        QTRY_VERIFY_WITH_TIMEOUT(isOneRefused(), kPatienceMs);
        own::SpeakResponse response;
        while (refused->stream->Read(&response))
            QVERIFY(!response.has_frame());
        QCOMPARE(refused->stream->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
        QCOMPARE(refused->context.GetServerTrailingMetadata().count("grpc-retry-pushback-ms"), std::size_t{1});
        speaking.erase(refused);
        fixture->script().open();
        for (auto& session : speaking) {
            session.stream->Write(finish);
            int frames = 0;
            while (session.stream->Read(&response))
                frames += response.has_frame();
            QVERIFY(session.stream->Finish().ok());
            QVERIFY(frames > 0);
        }
    }

    void nothingThatWasAcceptedIsLostWhenTheServerStops()
    {
        constexpr int kCalls = 40;
        auto fixture = scripted();
        const auto stub = stubOf(*fixture);
        fixture->script().close();
        std::vector<std::unique_ptr<Asked>> asked;
        for (int i = 0; i < kCalls; ++i)
            asked.push_back(std::make_unique<Asked>(*stub, "speaker", i % test::kFixtureFrames));
        grpc::ClientContext context;
        const auto stream = stub->StreamInference(&context);
        wire::OptimizedInferenceRequest request;
        request.set_model_name("speaker");
        for (int i = 0; i < 5; ++i)
            QVERIFY(stream->Write(request));
        QTRY_COMPARE(fixture->service().pool().snapshot().outstanding, static_cast<std::size_t>(kCalls + 5));

        std::jthread stopping([&] { fixture->server().stop(); });
        const auto isRefused = [&] {
            return Asked(*stub, "speaker", 0, std::chrono::milliseconds(200)).status().error_code() ==
                grpc::StatusCode::UNAVAILABLE;
        };
        QTRY_VERIFY(isRefused());
        QVERIFY(!asked.front()->hasEnded());
        fixture->script().open();
        int done = 0;
        for (const auto& call : asked)
            done += call->status().ok() && call->response().success();
        QCOMPARE(done, kCalls);
        wire::OptimizedInferenceResponse response;
        int answered = 0;
        while (stream->Read(&response))
            answered += response.success();
        QCOMPARE(answered, 5);
        QCOMPARE(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
    }

    void callsThatNeverEndDoNotHoldUpTheStop()
    {
        auto fixture =
            scripted([](serving::ServerOptions& options) { options.longestDrain = std::chrono::milliseconds(100); });
        const auto stub = stubOf(*fixture);
        fixture->script().close();
        Asked stuck(*stub, "speaker", 1);
        fixture->script().waitUntilSomeoneWaits();
        fixture->server().stop();
        QVERIFY(!stuck.status().ok());
        fixture->script().open();
    }

    void aPortThatIsTakenGetsASentence()
    {
        auto fixture = scripted();
        const auto address = fixture->server().address();
        test::ServingFixture second(m_library, test::Boundary::Scripted,
                                    [&](serving::ServerOptions& options) { options.listen = address; });
        QVERIFY2(second.problem().find("another program has the port") != std::string::npos, second.problem().c_str());
        for (const auto& [listen, words] :
             {std::pair{"somewhere", "HOST:PORT"}, std::pair{"127.0.0.1:99999", "HOST:PORT"},
              std::pair{"192.0.2.7:0", "open to the network"}, std::pair{"0.0.0.0:0", "open to the network"},
              std::pair{"[::]:0", "open to the network"}}) {
            test::ServingFixture bad(m_library, test::Boundary::Scripted,
                                     [listen = listen](serving::ServerOptions& options) { options.listen = listen; });
            QVERIFY2(bad.problem().find(words) != std::string::npos, bad.problem().c_str());
        }
    }

    void aLibraryMustBeThere()
    {
        test::ServingFixture fixture(m_folder / "none", test::Boundary::Scripted);
        QVERIFY2(fixture.problem().find("none is not a folder") != std::string::npos, fixture.problem().c_str());
    }

    void tokensDecideWhoMayCall()
    {
        const auto file = m_folder / "tokens";
        writePrivately(file, "# who may\nsecret-of-manager-1\n\nsecret-of-caller-22 use\n");
        auto fixture = scripted([&](serving::ServerOptions& options) {
            options.tokenFile = file;
            options.listen = "0.0.0.0:0";
        });
        QCOMPARE(fixture->problem(), std::string());
        const auto stub = stubOf(*fixture);
        QCOMPARE(Asked(*stub, "speaker", 1).status().error_code(), grpc::StatusCode::UNAUTHENTICATED);
        for (const std::string wrong : {"secret-of-manager-2", "secret-of-manager-", "secret-of-manager-11", "x"})
            QCOMPARE(Asked(*stub, "speaker", 1, {}, wrong).status().error_code(), grpc::StatusCode::UNAUTHENTICATED);
        for (const std::string right : {"secret-of-manager-1", "secret-of-caller-22"})
            QVERIFY(Asked(*stub, "speaker", 1, {}, right).status().ok());
        const auto load = [&](const std::string& token) {
            grpc::ClientContext context;
            context.AddMetadata("lipsync-token", token);
            wire::LoadPackageRequest request;
            request.set_package_name("speaker");
            wire::LoadPackageResponse response;
            return stub->LoadPackage(&context, request, &response).error_code();
        };
        QCOMPARE(load("secret-of-caller-22"), grpc::StatusCode::PERMISSION_DENIED);
        QCOMPARE(load("secret-of-manager-1"), grpc::StatusCode::OK);
        grpc::ClientContext context;
        const auto stream = stub->StreamInference(&context);
        QCOMPARE(stream->Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
    }

    void aTokenFileMustBePrivateAndSound()
    {
        const auto file = m_folder / "bad_tokens";
        const auto problemOf = [&] { return serving::TokenList::read(file).error().message; };
        writePrivately(file, "short\n");
        QVERIFY(problemOf().find("Line 1") != std::string::npos);
        writePrivately(file, "long-enough-for-all all\n");
        QVERIFY(problemOf().find("Line 1") != std::string::npos);
        writePrivately(file, "# nothing\n");
        QVERIFY(problemOf().find("no token") != std::string::npos);
        writePrivately(file, "long-enough-for-all\n");
        QVERIFY(serving::TokenList::read(file).has_value());
        std::filesystem::permissions(file, std::filesystem::perms::group_read, std::filesystem::perm_options::add);
        QVERIFY(problemOf().find("chmod 600") != std::string::npos);
    }

    void largeMessagesAreTakenAndTooLargeOnesAreNot()
    {
        auto fixture = scripted([](serving::ServerOptions& options) { options.mostMessageBytes = 16 << 20; });
        const auto stub = stubOf(*fixture);
        const auto load = [&](std::size_t bytes) {
            grpc::ClientContext context;
            wire::LoadPackageRequest request;
            request.set_package_name("another");
            request.set_package_dir(std::string(bytes, 'x'));
            wire::LoadPackageResponse response;
            const auto status = stub->LoadPackage(&context, request, &response);
            return status.ok() ? grpc::StatusCode::OK : status.error_code();
        };
        QCOMPARE(load(std::size_t{5} << 20), grpc::StatusCode::OK); // gRPC's own limit is 4 MiB
        QCOMPARE(load(std::size_t{17} << 20), grpc::StatusCode::RESOURCE_EXHAUSTED);
    }

    void healthAndReflectionAnswer()
    {
        constexpr int kServing = 1, kNotServing = 2;
        auto fixture = scripted();
        const auto channel = fixture->channel();
        QTRY_COMPARE(test::healthOf(channel, "").value_or(-1), kServing);
        QTRY_COMPARE(test::healthOf(channel, "speaker").value_or(-1), kServing);
        QVERIFY(!test::healthOf(channel, "nobody").has_value());
        QVERIFY(fixture->server().shelf().unload("speaker").has_value());
        QTRY_COMPARE(test::healthOf(channel, "speaker").value_or(-1), kNotServing);
        grpc::ClientContext context;
        const auto listed = test::rawCall(channel, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                                          std::string("\x3a\0", 2), context);
        QVERIFY2(listed.status.ok(), listed.status.error_message().c_str());
        QVERIFY(listed.bytes.find("optimized_lipsyncsrv.OptimizedLipSyncService") != std::string::npos);
    }

    void aCallerWhoDoesNotReadIsSentAway()
    {
        auto fixture = scripted(
            [](serving::ServerOptions& options) { options.gate.writePatience = std::chrono::milliseconds(300); });
        const auto stub = ::inference::GRPCInferenceService::NewStub(fixture->channel());
        grpc::ClientContext context;
        const auto stream = stub->ModelStreamInfer(&context);
        ::inference::ModelInferRequest request;
        request.set_model_name("speaker");
        auto& frame = *request.add_inputs();
        frame.set_name("frame");
        frame.set_datatype("INT32");
        frame.add_shape(1);
        frame.add_shape(1);
        request.add_raw_input_contents(std::string(4, '\0'));
        // More than any buffer holds; the server stops to read, and ends the call in the end.
        for (int i = 0; i < 100'000 && stream->Write(request); ++i) { }
        QTRY_COMPARE(fixture->server().counts().openCalls, std::size_t{0});
        QVERIFY(Asked(*stubOf(*fixture), "speaker", 1).status().ok());
        ::inference::ModelStreamInferResponse response;
        while (stream->Read(&response)) { }
        QVERIFY(!stream->Finish().ok());
    }

    void certificatesProtectTheConnection()
    {
        if (!test::canMakeCertificates())
            QSKIP("There is no openssl program here to make certificates with.");
        QVERIFY(test::makeCertificate(m_folder, "server") && test::makeCertificate(m_folder, "client"));
        const auto path = [&](const char* name) { return m_folder / name; };
        auto fixture = scripted([&](serving::ServerOptions& options) {
            options.certificateFile = path("server.pem");
            options.keyFile = path("server.key");
            options.clientCertificatesFile = path("client.pem");
            options.web.listen = "127.0.0.1:0";
        });
        QCOMPARE(fixture->problem(), std::string());
        const auto askWith = [&](const std::string& certificate) {
            grpc::SslCredentialsOptions options;
            options.pem_root_certs = media::sample::readBytes(path("server.pem"));
            if (!certificate.empty()) {
                options.pem_cert_chain = media::sample::readBytes(m_folder / (certificate + ".pem"));
                options.pem_private_key = media::sample::readBytes(m_folder / (certificate + ".key"));
            }
            const auto stub = wire::OptimizedLipSyncService::NewStub(
                grpc::CreateChannel(fixture->server().address(), grpc::SslCredentials(options)));
            return Asked(*stub, "speaker", 1, std::chrono::seconds(20)).status().ok();
        };
        QVERIFY(askWith("client"));
        QVERIFY(!askWith(""));
        QVERIFY(!askWith("server"));
        QVERIFY(!Asked(*stubOf(*fixture), "speaker", 1, std::chrono::seconds(20)).status().ok()); // without TLS

        const auto web = fixture->server().webAddress();
        const std::string page = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
        const auto browse = [&](const std::string& certificate) {
            test::TlsTalk talk(web, path("server.pem"), certificate.empty() ? "" : m_folder / certificate);
            talk.send(page);
            return talk.hearUntil("</html>");
        };
        QVERIFY(browse("client").starts_with("HTTP/1.1 200"));
        QVERIFY(browse("").empty());
        QVERIFY(browse("server").empty());
        QCOMPARE(test::askHttp(web, "GET", "/").status, 0); // without TLS
        test::TlsTalk socket(web, path("server.pem"), path("client"));
        socket.send("GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        QVERIFY(socket.hearUntil("\r\n\r\n").starts_with("HTTP/1.1 101"));
        const std::string list = R"({"type":"list_models"})";
        socket.send(std::string("\x81") + static_cast<char>(0x80 | list.size()) + std::string(4, '\0') + list);
        QVERIFY(socket.hearUntil("speaker").find("model_list") != std::string::npos);

        test::ServingFixture halves(m_library, test::Boundary::Scripted, [&](serving::ServerOptions& options) {
            options.certificateFile = path("server.pem");
        });
        QVERIFY(halves.problem().find("both a certificate and its key") != std::string::npos);
        std::filesystem::permissions(path("server.key"), std::filesystem::perms::others_read,
                                     std::filesystem::perm_options::add);
        test::ServingFixture shown(m_library, test::Boundary::Scripted, [&](serving::ServerOptions& options) {
            options.certificateFile = path("server.pem");
            options.keyFile = path("server.key");
        });
        QVERIFY(shown.problem().find("chmod 600") != std::string::npos);
    }

    void malformedRequestsHarmNobody()
    {
        auto fixture = scripted();
        for (const std::string& method : {std::string("GenerateInference"), std::string("GenerateBatchWithAudio")}) {
            grpc::ClientContext context;
            const auto answer =
                test::rawCall(fixture->channel(), "/optimized_lipsyncsrv.OptimizedLipSyncService/" + method,
                              std::string("\x0a\xff\xff\xff\xff\x0f garbage"), context);
            QVERIFY(!answer.status.ok());
        }
        QVERIFY(Asked(*stubOf(*fixture), "speaker", 1).status().ok());
    }

    void aServerStartsAndStopsAgainAndAgain()
    {
        bool isNumber = false;
        const int wished = qEnvironmentVariableIntValue("LIPSYNC_TEST_ROUNDS", &isNumber);
        const int rounds = isNumber ? wished : 60;
        test::ServingFixture fixture(m_library, test::Boundary::Scripted);
        fixture.server().stop();
        double before = 0;
        int descriptors = 0;
        for (int round = 0; round < rounds; ++round) {
            serving::ServerOptions options;
            options.listen = "127.0.0.1:0";
            options.libraries = {m_library};
            options.loadsAll = false;
            auto started = serving::Server::start(fixture.service(), options, {});
            QVERIFY2(started.has_value(), started ? "" : started.error().text().c_str());
            (*started)->stop();
            if (round == rounds / 3) {
                before = static_cast<double>(metrics::sampleProcess({}).residentBytes) / 1e6;
                descriptors = test::openDescriptors();
            }
        }
        const auto after = static_cast<double>(metrics::sampleProcess({}).residentBytes) / 1e6;
        qInfo("%d toggles: %.1f MB after a third of them, %.1f MB in the end", rounds, before, after);
        QVERIFY(after < 1.1 * before + 4);
        QVERIFY(test::openDescriptors() <= descriptors + 2);
    }

private:
    std::unique_ptr<test::ServingFixture> scripted(const std::function<void(serving::ServerOptions&)>& change = {})
    {
        auto fixture = std::make_unique<test::ServingFixture>(m_library, test::Boundary::Scripted, change);
        if (fixture->problem().empty())
            fixture->waitFor("speaker");
        return fixture;
    }
    static std::unique_ptr<Stub> stubOf(test::ServingFixture& fixture)
    {
        return wire::OptimizedLipSyncService::NewStub(fixture.channel());
    }

    QTemporaryDir m_temporary;
    std::filesystem::path m_folder, m_library;
};

QTEST_GUILESS_MAIN(ServerTest)
#include "server_test.moc"
