// SPDX-License-Identifier: GPL-3.0-or-later
// The Open Inference Protocol over a real server on loopback.

#include "serving_fixture.h"

#include "serving/infer_tensors.h"

#include <algorithm>
#include <limits>
#include <set>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <open_inference.grpc.pb.h>

using namespace lipsync;

namespace wire = ::inference;

namespace {

using Stub = wire::GRPCInferenceService::Stub;

constexpr std::size_t kPictureBytes = std::size_t{3} * test::kFixturePicture * test::kFixturePicture;
constexpr std::size_t kWindow = 8192;

std::string bytesOf(const void* data, std::size_t size)
{
    return {static_cast<const char*>(data), size};
}

/// A request for these frames, raw; with windows of this number where one is given.
wire::ModelInferRequest request(const std::string& model, const std::vector<std::int32_t>& frames,
                                std::optional<float> heard = {})
{
    wire::ModelInferRequest request;
    request.set_model_name(model);
    auto& frame = *request.add_inputs();
    frame.set_name("frame");
    frame.set_datatype("INT32");
    frame.add_shape(static_cast<std::int64_t>(frames.size()));
    frame.add_shape(1);
    request.add_raw_input_contents(bytesOf(frames.data(), frames.size() * sizeof(std::int32_t)));
    if (heard) {
        auto& audio = *request.add_inputs();
        audio.set_name("audio");
        audio.set_datatype("FP32");
        for (const std::int64_t side :
             {static_cast<std::int64_t>(frames.size()), std::int64_t{32}, std::int64_t{16}, std::int64_t{16}})
            audio.add_shape(side);
        const std::vector<float> window(frames.size() * kWindow, *heard);
        request.add_raw_input_contents(bytesOf(window.data(), window.size() * sizeof(float)));
    }
    return request;
}

} // namespace

class InferenceServiceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_library = std::filesystem::path(m_temporary.path().toStdString()) / "library";
        QVERIFY(test::makeLibrary(m_library).has_value());
        m_fixture = std::make_unique<test::ServingFixture>(m_library, test::Boundary::Real);
        QCOMPARE(m_fixture->problem(), std::string());
        QVERIFY(m_fixture->waitFor("speaker"));
        QVERIFY(m_fixture->waitFor("silent"));
        m_stub = wire::GRPCInferenceService::NewStub(m_fixture->channel());
    }
    void cleanupTestCase() { m_fixture.reset(); }

    void aLoadToolFindsWhatItAsksFor()
    {
        grpc::ClientContext live, ready, model, nobody, server, metadata, config;
        wire::ServerLiveResponse isLive;
        QVERIFY(m_stub->ServerLive(&live, {}, &isLive).ok() && isLive.live());
        wire::ServerReadyResponse isReady;
        QVERIFY(m_stub->ServerReady(&ready, {}, &isReady).ok() && isReady.ready());
        wire::ModelReadyRequest asked;
        asked.set_name("speaker");
        wire::ModelReadyResponse modelReady;
        QVERIFY(m_stub->ModelReady(&model, asked, &modelReady).ok() && modelReady.ready());
        asked.set_name("nobody");
        QVERIFY(m_stub->ModelReady(&nobody, asked, &modelReady).ok() && !modelReady.ready());
        wire::ServerMetadataResponse about;
        QVERIFY(m_stub->ServerMetadata(&server, {}, &about).ok());
        QVERIFY(std::ranges::find(about.extensions(), "statistics") != about.extensions().end());

        wire::ModelMetadataRequest which;
        which.set_name("speaker");
        wire::ModelMetadataResponse shapes;
        QVERIFY(m_stub->ModelMetadata(&metadata, which, &shapes).ok());
        QCOMPARE(shapes.inputs_size(), 2);
        QCOMPARE(shapes.inputs(1).shape_size(), 4);
        QCOMPARE(shapes.outputs(0).shape(1), std::int64_t{test::kFixturePicture});
        wire::ModelConfigRequest wanted;
        wanted.set_name("speaker");
        wire::ModelConfigResponse configuration;
        QVERIFY(m_stub->ModelConfig(&config, wanted, &configuration).ok());
        QCOMPARE(configuration.config().max_batch_size(), serving::kMostInferred);
        QVERIFY(configuration.config().input(1).optional());
        QVERIFY(configuration.config().has_dynamic_batching());
    }

    void framesAreInferred()
    {
        const auto [status, response] = infer(request("speaker", {3, 0, 3}));
        QVERIFY2(status.ok(), status.error_message().c_str());
        QCOMPARE(response.raw_output_contents_size(), 1);
        const auto& mouths = response.raw_output_contents(0);
        QCOMPARE(mouths.size(), 3 * kPictureBytes);
        QVERIFY(mouths.substr(0, kPictureBytes) == mouths.substr(2 * kPictureBytes));
        QVERIFY(mouths.substr(0, kPictureBytes) != mouths.substr(kPictureBytes, kPictureBytes));
        QCOMPARE(response.outputs(0).datatype(), std::string("UINT8"));
        // Any number is a frame: the template goes on as its loop says.
        QVERIFY(infer(request("speaker", {-2000000000, 2000000000})).first.ok());
    }

    void templateFramesAreAskedForByTheirNumbers()
    {
        // The loop begins at template frame 1 and turns at the last one.
        auto asked = request("speaker", {test::kFixtureFrames - 1, 1}, 0.3F);
        (*asked.mutable_parameters())["template_frames"].set_bool_param(true);
        const auto [status, response] = infer(asked);
        QVERIFY2(status.ok(), status.error_message().c_str());
        const auto played = infer(request("speaker", {test::kFixtureFrames - 2, 0}, 0.3F));
        QVERIFY(played.first.ok());
        QVERIFY(response.raw_output_contents(0) == played.second.raw_output_contents(0));
        for (const int frame : {-1, test::kFixtureFrames}) {
            asked = request("speaker", {frame}, 0.3F);
            (*asked.mutable_parameters())["template_frames"].set_bool_param(true);
            QCOMPARE(infer(asked).first.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
        }
    }

    void soundMovesTheMouth()
    {
        const auto quiet = infer(request("silent", {2}, 0.0F)), loud = infer(request("silent", {2}, 0.7F));
        QVERIFY2(quiet.first.ok(), quiet.first.error_message().c_str());
        QVERIFY(loud.first.ok());
        QVERIFY(quiet.second.raw_output_contents(0) != loud.second.raw_output_contents(0));
    }

    void numbersInsteadOfBytesAreAnsweredInNumbers()
    {
        auto listed = request("speaker", {4});
        listed.clear_raw_input_contents();
        listed.mutable_inputs(0)->mutable_contents()->add_int_contents(4);
        const auto [status, response] = infer(listed);
        QVERIFY2(status.ok(), status.error_message().c_str());
        const auto& numbers = response.outputs(0).contents().uint_contents();
        QCOMPARE(static_cast<std::size_t>(numbers.size()), kPictureBytes);
        const auto raw = infer(request("speaker", {4})).second.raw_output_contents(0);
        QVERIFY(std::equal(numbers.begin(), numbers.end(), raw.begin(),
                           [](std::uint32_t a, char b) { return a == static_cast<unsigned char>(b); }));
    }

    void whatMakesNoSenseIsRefused()
    {
        const auto codeOf = [&](const wire::ModelInferRequest& bad) { return infer(bad).first.error_code(); };
        constexpr auto kInvalid = grpc::StatusCode::INVALID_ARGUMENT;
        QCOMPARE(codeOf(request("nobody", {1})), grpc::StatusCode::NOT_FOUND);
        auto bad = request("speaker", {1});
        bad.set_model_version("2");
        QCOMPARE(codeOf(bad), grpc::StatusCode::NOT_FOUND);
        QCOMPARE(codeOf(request("silent", {1})), kInvalid); // it has no sound of its own
        QCOMPARE(codeOf(request("speaker", {})), kInvalid);
        QCOMPARE(codeOf(request("speaker", std::vector<std::int32_t>(65, 1))), kInvalid);
        bad = request("speaker", {1});
        bad.mutable_inputs(0)->set_datatype("INT64");
        QCOMPARE(codeOf(bad), kInvalid);
        bad = request("speaker", {1});
        bad.mutable_inputs(0)->set_shape(0, 1LL << 62);
        QCOMPARE(codeOf(bad), kInvalid);
        bad = request("speaker", {1});
        bad.mutable_inputs(0)->set_name("picture");
        QCOMPARE(codeOf(bad), kInvalid);
        bad = request("speaker", {1});
        bad.set_raw_input_contents(0, "abc");
        QCOMPARE(codeOf(bad), kInvalid);
        bad = request("speaker", {1});
        bad.add_raw_input_contents("more");
        QCOMPARE(codeOf(bad), kInvalid);
        bad = request("speaker", {1});
        bad.mutable_inputs(0)->mutable_contents()->add_int_contents(1);
        QCOMPARE(codeOf(bad), kInvalid);
        bad = request("speaker", {1});
        *bad.add_inputs() = bad.inputs(0);
        bad.add_raw_input_contents(bad.raw_input_contents(0));
        QCOMPARE(codeOf(bad), kInvalid);
        bad = request("speaker", {1}, std::numeric_limits<float>::quiet_NaN());
        QCOMPARE(codeOf(bad), kInvalid);
        bad = request("speaker", {1});
        bad.add_outputs()->set_name("ears");
        QCOMPARE(codeOf(bad), kInvalid);
        QCOMPARE(codeOf(wire::ModelInferRequest()), grpc::StatusCode::NOT_FOUND);
    }

    void aStreamAnswersEveryRequestByItsId()
    {
        constexpr int kRequests = 40;
        grpc::ClientContext context;
        const auto stream = m_stub->ModelStreamInfer(&context);
        std::jthread writer([&] {
            for (int i = 0; i < kRequests; ++i) {
                auto each = request(i % 8 == 5 ? "nobody" : "speaker", {i});
                each.set_id(std::to_string(i));
                (*each.mutable_parameters())["triton_enable_empty_final_response"].set_bool_param(true);
                stream->Write(each);
            }
            stream->WritesDone();
        });
        std::set<std::string> ids;
        wire::ModelStreamInferResponse response;
        int failed = 0;
        while (stream->Read(&response)) {
            ids.insert(response.infer_response().id());
            if (!response.error_message().empty()) {
                ++failed;
                continue;
            }
            QVERIFY(response.infer_response().parameters().at("triton_final_response").bool_param());
            QCOMPARE(response.infer_response().raw_output_contents(0).size(), kPictureBytes);
        }
        QVERIFY(stream->Finish().ok());
        QCOMPARE(ids.size(), static_cast<std::size_t>(kRequests));
        QCOMPARE(failed, kRequests / 8);
    }

    void statisticsCountRequestsAndFrames()
    {
        const auto before = statistics("speaker");
        QVERIFY(infer(request("speaker", {1, 2, 3})).first.ok());
        QVERIFY(infer(request("speaker", {1})).first.ok());
        const auto after = statistics("speaker");
        QCOMPARE(after.inference_count() - before.inference_count(), std::uint64_t{4});
        QCOMPARE(after.inference_stats().success().count() - before.inference_stats().success().count(),
                 std::uint64_t{2});
        QVERIFY(after.execution_count() > before.execution_count());
        QVERIFY(after.execution_count() <= after.inference_count());
        QVERIFY(after.inference_stats().compute_infer().ns() > before.inference_stats().compute_infer().ns());
        QVERIFY(after.last_inference() > 0);
        // Batches by their size: what they come to is what was counted in all.
        std::uint64_t executions = 0, frames = 0;
        for (const auto& batches : after.batch_stats()) {
            QVERIFY(batches.batch_size() > 0 && batches.compute_infer().count() > 0);
            QVERIFY(batches.compute_infer().ns() > 0);
            QCOMPARE(batches.compute_input().count(), batches.compute_infer().count());
            QCOMPARE(batches.compute_output().count(), batches.compute_infer().count());
            executions += batches.compute_infer().count();
            frames += batches.compute_infer().count() * batches.batch_size();
        }
        QCOMPARE(executions, after.execution_count());
        QVERIFY(frames >= after.inference_count()); // some batches have frames of a call that was cancelled
        QCOMPARE(after.memory_usage_size(), 1);
        QCOMPARE(after.memory_usage(0).type(), std::string("CPU"));
        QVERIFY(after.memory_usage(0).byte_size() >= test::kFixtureFrames * kPictureBytes);
        QCOMPARE(after.response_stats_size(), 1);
        QCOMPARE(after.response_stats().at("0").success().count(), after.inference_stats().success().count());
        QVERIFY(!after.inference_stats().has_cache_hit());
    }

    void theRepositoryIsLoadedAndUnloaded()
    {
        const auto stateOf = [&](const std::string& name) {
            grpc::ClientContext context;
            wire::RepositoryIndexResponse index;
            if (!m_stub->RepositoryIndex(&context, {}, &index).ok())
                return std::string("no answer");
            for (const auto& model : index.models()) {
                if (model.name() == name)
                    return model.state();
            }
            return std::string("unknown");
        };
        QCOMPARE(stateOf("silent"), std::string("READY"));
        grpc::ClientContext unload, again, load, bad, unknown;
        wire::RepositoryModelUnloadRequest leaving;
        leaving.set_model_name("silent");
        wire::RepositoryModelUnloadResponse gone;
        QVERIFY(m_stub->RepositoryModelUnload(&unload, leaving, &gone).ok());
        QCOMPARE(stateOf("silent"), std::string("UNAVAILABLE"));
        QCOMPARE(m_stub->RepositoryModelUnload(&again, leaving, &gone).error_code(), grpc::StatusCode::NOT_FOUND);
        QCOMPARE(infer(request("silent", {1}, 0.0F)).first.error_code(), grpc::StatusCode::NOT_FOUND);
        wire::RepositoryModelLoadRequest coming;
        coming.set_model_name("silent");
        wire::RepositoryModelLoadResponse there;
        QVERIFY(m_stub->RepositoryModelLoad(&load, coming, &there).ok());
        QCOMPARE(stateOf("silent"), std::string("READY"));
        (*coming.mutable_parameters())["config"].set_string_param("{}");
        QCOMPARE(m_stub->RepositoryModelLoad(&bad, coming, &there).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
        coming.clear_parameters();
        coming.set_model_name("../outside");
        QCOMPARE(m_stub->RepositoryModelLoad(&unknown, coming, &there).error_code(),
                 grpc::StatusCode::INVALID_ARGUMENT);
    }

    void tensorsTravelThroughSharedMemory()
    {
        const auto key = "/lipsync-test-" + std::to_string(getpid());
        const int descriptor = shm_open(key.c_str(), O_CREAT | O_RDWR, 0600);
        QVERIFY(descriptor >= 0);
        const auto size = static_cast<off_t>(kPictureBytes + 64);
        QCOMPARE(ftruncate(descriptor, size), 0);
        const std::int32_t frame = 5;
        QCOMPARE(pwrite(descriptor, &frame, sizeof frame, 0), static_cast<ssize_t>(sizeof frame));
        const auto add = [&](const std::string& name, const std::string& which, std::uint64_t bytes) {
            grpc::ClientContext context;
            wire::SystemSharedMemoryRegisterRequest region;
            region.set_name(name);
            region.set_key(which);
            region.set_byte_size(bytes);
            wire::SystemSharedMemoryRegisterResponse response;
            return m_stub->SystemSharedMemoryRegister(&context, region, &response).error_code();
        };
        QCOMPARE(add("block", key, kPictureBytes + 64), grpc::StatusCode::OK);
        QCOMPARE(add("block", key, 64), grpc::StatusCode::INVALID_ARGUMENT); // the name is taken
        QCOMPARE(add("large", key, kPictureBytes + 65), grpc::StatusCode::INVALID_ARGUMENT);
        for (const char* escape : {"/../etc/passwd", "/etc/passwd", "passwd", "/", "", "/.."})
            QCOMPARE(add("escape", escape, 8), grpc::StatusCode::INVALID_ARGUMENT);

        auto shared = request("speaker", {0});
        shared.clear_raw_input_contents();
        auto& in = *shared.mutable_inputs(0)->mutable_parameters();
        in["shared_memory_region"].set_string_param("block");
        in["shared_memory_byte_size"].set_int64_param(sizeof frame);
        auto& output = *shared.add_outputs();
        output.set_name("mouth");
        auto& out = *output.mutable_parameters();
        out["shared_memory_region"].set_string_param("block");
        out["shared_memory_byte_size"].set_int64_param(kPictureBytes);
        out["shared_memory_offset"].set_int64_param(64);
        const auto [status, response] = infer(shared);
        QVERIFY2(status.ok(), status.error_message().c_str());
        QCOMPARE(response.raw_output_contents_size(), 1); // NVIDIA's client counts on one of each output
        QVERIFY(response.raw_output_contents(0).empty());
        std::string mouth(kPictureBytes, '\0');
        QCOMPARE(pread(descriptor, mouth.data(), mouth.size(), 64), static_cast<ssize_t>(mouth.size()));
        QVERIFY(mouth == infer(request("speaker", {5})).second.raw_output_contents(0));

        out["shared_memory_offset"].set_int64_param(65);
        QCOMPARE(infer(shared).first.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
        QCOMPARE(ftruncate(descriptor, 0), 0); // a client that cuts its memory short harms nobody
        QCOMPARE(infer(shared).first.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
        grpc::ClientContext leave, look;
        wire::SystemSharedMemoryUnregisterResponse left;
        QVERIFY(m_stub->SystemSharedMemoryUnregister(&leave, {}, &left).ok());
        wire::SystemSharedMemoryStatusResponse regions;
        QVERIFY(m_stub->SystemSharedMemoryStatus(&look, {}, &regions).ok());
        QCOMPARE(regions.regions_size(), 0);
        close(descriptor);
        shm_unlink(key.c_str());
    }

    void framesOfManyClientsShareBatches()
    {
        auto fixture = std::make_unique<test::ServingFixture>(m_library, test::Boundary::Scripted);
        QVERIFY(fixture->waitFor("speaker"));
        constexpr int kClients = 9;
        fixture->script().close();
        const auto before = fixture->script().batches.load();
        std::atomic<int> done = 0;
        {
            std::vector<std::jthread> clients;
            for (int i = 0; i < kClients; ++i) {
                clients.emplace_back([&] {
                    const auto stub = wire::GRPCInferenceService::NewStub(fixture->channel());
                    grpc::ClientContext context;
                    wire::ModelInferResponse response;
                    done += stub->ModelInfer(&context, request("speaker", {1}), &response).ok();
                });
            }
            QTRY_COMPARE(fixture->service().pool().snapshot().outstanding, std::size_t{kClients});
            fixture->script().open();
        }
        QCOMPARE(done.load(), kClients);
        // One was taken at once, the others in batches of up to four.
        QCOMPARE(fixture->script().batches.load() - before, 3);
    }

    void timeoutAndPriorityOfTheRequestAreKept()
    {
        auto fixture = std::make_unique<test::ServingFixture>(m_library, test::Boundary::Scripted);
        QVERIFY(fixture->waitFor("speaker"));
        const auto stub = wire::GRPCInferenceService::NewStub(fixture->channel());
        fixture->script().close();
        std::jthread first([&] {
            grpc::ClientContext context;
            wire::ModelInferResponse response;
            (void)stub->ModelInfer(&context, request("speaker", {1}), &response);
        });
        fixture->script().waitUntilSomeoneWaits();
        auto timed = request("speaker", {2});
        (*timed.mutable_parameters())["timeout"].set_int64_param(100'000);
        grpc::ClientContext context;
        wire::ModelInferResponse response;
        QCOMPARE(stub->ModelInfer(&context, timed, &response).error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);

        std::jthread yielding([&] {
            auto bulk = request("speaker", {3});
            (*bulk.mutable_parameters())["priority"].set_uint64_param(2);
            grpc::ClientContext own;
            wire::ModelInferResponse mouth;
            (void)stub->ModelInfer(&own, bulk, &mouth);
        });
        const auto waiting = [&] {
            return fixture->service().pool().waiting()[static_cast<std::size_t>(FrameClass::Bulk)];
        };
        QTRY_COMPARE(waiting(), std::size_t{1});
        fixture->script().open();
    }

private:
    std::pair<grpc::Status, wire::ModelInferResponse> infer(const wire::ModelInferRequest& asked)
    {
        grpc::ClientContext context;
        wire::ModelInferResponse response;
        auto status = m_stub->ModelInfer(&context, asked, &response);
        return {std::move(status), std::move(response)};
    }

    wire::ModelStatistics statistics(const std::string& model)
    {
        grpc::ClientContext context;
        wire::ModelStatisticsRequest asked;
        asked.set_name(model);
        wire::ModelStatisticsResponse response;
        if (!m_stub->ModelStatistics(&context, asked, &response).ok() || response.model_stats_size() != 1)
            return {};
        return response.model_stats(0);
    }

    QTemporaryDir m_temporary;
    std::filesystem::path m_library;
    std::unique_ptr<test::ServingFixture> m_fixture;
    std::unique_ptr<Stub> m_stub;
};

QTEST_GUILESS_MAIN(InferenceServiceTest)
#include "inference_service_test.moc"
