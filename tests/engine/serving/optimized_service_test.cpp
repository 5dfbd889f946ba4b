// SPDX-License-Identifier: GPL-3.0-or-later
// The seed system's service over a real server on loopback, with a small real network.

#include "serving_fixture.h"

#include "engine/media/sample_media.h"
#include "serving/audio_chunks.h"

#include <cmath>
#include <cstring>

#include <QTemporaryDir>
#include <QTest>
#include <opencv2/imgcodecs.hpp>
#include <optimized_lipsyncsrv.grpc.pb.h>

using namespace lipsync;

namespace wire = optimized_lipsyncsrv;

namespace {

cv::Mat decoded(const std::string& jpeg)
{
    return cv::imdecode(std::vector<std::uint8_t>(jpeg.begin(), jpeg.end()), cv::IMREAD_COLOR);
}

/// Chunks of a sine, in 16-bit samples or floats.
std::vector<std::string> chunksOf(int count, double hertz, bool isFloat = false)
{
    std::vector<std::string> chunks;
    std::size_t at = 0;
    for (int chunk = 0; chunk < count; ++chunk) {
        std::string bytes;
        for (std::size_t i = 0; i < serving::kChunkSamples; ++i, ++at) {
            const auto sample =
                static_cast<std::int16_t>(12000 * std::sin(2 * M_PI * hertz * static_cast<double>(at) / 16000));
            const float number = static_cast<float>(sample) / 32768.0F;
            if (isFloat)
                bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
            else
                bytes.append(reinterpret_cast<const char*>(&sample), sizeof sample);
        }
        chunks.push_back(std::move(bytes));
    }
    return chunks;
}

} // namespace

class OptimizedServiceTest : public QObject {
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
        m_stub = wire::OptimizedLipSyncService::NewStub(m_fixture->channel());
    }

    void cleanupTestCase() { m_fixture.reset(); }

    void aFrameIsAnsweredWithItsMouth()
    {
        const auto response = generate("speaker", 3);
        QVERIFY2(response.success(), response.error().c_str());
        const auto picture = decoded(response.prediction_data());
        QCOMPARE(picture.cols, test::kFixturePicture);
        QCOMPARE(picture.rows, test::kFixturePicture);
        QCOMPARE(response.prediction_shape(), std::string("(160, 160, 3)"));
        QCOMPARE(response.model_name(), std::string("speaker"));
        QCOMPARE(response.frame_id(), 3);
        QVERIFY(!response.has_error());
        QCOMPARE(response.bounds_size(), 4);
        // 160 of the crop's 168 pixels: the rectangle without its border.
        const auto& crop = avatar("speaker")->avatar->package().crops()[3];
        const float border = 4.0F / 168.0F * static_cast<float>(crop.width());
        QCOMPARE(response.bounds(0), static_cast<float>(crop.x1) + border);
        QCOMPARE(response.bounds(3), static_cast<float>(crop.y2) - border);
        QVERIFY(response.inference_time_ms() > 0);
        QVERIFY(response.optimizations_size() > 0);
    }

    void whatIsWrongWithAFrameIsToldInTheAnswer()
    {
        for (const int frame : {-1, test::kFixtureFrames, 2000000000}) {
            const auto response = generate("speaker", frame);
            QVERIFY(!response.success());
            QVERIFY(response.error().find("0 to 11") != std::string::npos);
            QCOMPARE(response.frame_id(), frame);
        }
        QVERIFY(generate("nobody", 0).error().find("no avatar 'nobody'") != std::string::npos);
        QVERIFY(generate("../library/speaker", 0).error().find("no avatar") != std::string::npos);
        QVERIFY(generate("silent", 0).error().find("sound of its own") != std::string::npos);
    }

    void aBatchHasAResultOrAnErrorForEveryFrameInOrder()
    {
        wire::BatchInferenceRequest request;
        request.set_model_name("speaker");
        const std::vector<int> frames{5, 99, 0, -4, 5, 11};
        request.mutable_frame_ids()->Add(frames.begin(), frames.end());
        wire::BatchInferenceResponse response;
        grpc::ClientContext context;
        QVERIFY(m_stub->GenerateBatchInference(&context, request, &response).ok());
        QCOMPARE(response.responses_size(), static_cast<int>(frames.size()));
        for (int i = 0; i < response.responses_size(); ++i) {
            QCOMPARE(response.responses(i).frame_id(), frames[static_cast<std::size_t>(i)]);
            QCOMPARE(response.responses(i).success(), i != 1 && i != 3);
        }
        QCOMPARE(response.responses(0).prediction_data(), response.responses(4).prediction_data());
        QCOMPARE(response.responses(0).prediction_data(), generate("speaker", 5).prediction_data());
        QVERIFY(response.avg_frame_time_ms() > 0);
    }

    void tooManyFramesAreRefused()
    {
        wire::BatchInferenceRequest request;
        request.set_model_name("speaker");
        for (int i = 0; i <= serving::CallLimits().mostFrames; ++i)
            request.add_frame_ids(0);
        wire::BatchInferenceResponse response;
        grpc::ClientContext context;
        QCOMPARE(m_stub->GenerateBatchInference(&context, request, &response).error_code(),
                 grpc::StatusCode::INVALID_ARGUMENT);
        wire::BatchInferenceWithAudioRequest audio;
        audio.set_model_name("speaker");
        audio.set_frame_count(-1);
        grpc::ClientContext other;
        QCOMPARE(m_stub->GenerateBatchWithAudio(&other, audio, &response).error_code(),
                 grpc::StatusCode::INVALID_ARGUMENT);
    }

    void aStreamIsAnsweredInOrderWhateverIsAskedFor()
    {
        constexpr int kRequests = 60;
        grpc::ClientContext context;
        const auto stream = m_stub->StreamInference(&context);
        std::jthread writer([&] {
            for (int i = 0; i < kRequests; ++i) {
                wire::OptimizedInferenceRequest request;
                request.set_model_name(i % 10 == 7 ? "nobody" : "speaker");
                request.set_frame_id(i % 10 == 3 ? -7 : i % test::kFixtureFrames);
                stream->Write(request);
            }
            stream->WritesDone();
        });
        wire::OptimizedInferenceResponse response;
        int count = 0;
        while (stream->Read(&response)) {
            QCOMPARE(response.frame_id(), count % 10 == 3 ? -7 : count % test::kFixtureFrames);
            QCOMPARE(response.success(), count % 10 != 3 && count % 10 != 7);
            ++count;
        }
        QVERIFY(stream->Finish().ok());
        QCOMPARE(count, kRequests);
    }

    void soundMovesTheMouth()
    {
        const auto low = withSound("silent", 3, chunksOf(18, 200));
        const auto high = withSound("silent", 3, chunksOf(18, 2500));
        QCOMPARE(low.responses_size(), 3);
        for (int i = 0; i < 3; ++i) {
            QVERIFY2(low.responses(i).success(), low.responses(i).error().c_str());
            QCOMPARE(low.responses(i).frame_id(), 4 + i);
            QVERIFY(low.responses(i).prediction_data() != high.responses(i).prediction_data());
        }
        // The same sound in floats is the same sound.
        const auto floats = withSound("silent", 3, chunksOf(18, 200, true));
        for (int i = 0; i < 3; ++i)
            QCOMPARE(floats.responses(i).prediction_data(), low.responses(i).prediction_data());
    }

    void aFrameHearsTheChunksAroundIt()
    {
        // Frame 2 of one call is frame 0 of another that begins two chunks later.
        auto chunks = chunksOf(18, 700);
        const auto all = withSound("silent", 3, chunks, 4);
        chunks.erase(chunks.begin(), chunks.begin() + 2);
        const auto last = withSound("silent", 1, chunks, 6);
        const auto a = decoded(all.responses(2).prediction_data()), b = decoded(last.responses(0).prediction_data());
        // The first features of the shorter sound hear its beginning, all others the same.
        QVERIFY(cv::norm(a, b, cv::NORM_INF) < 40);
    }

    void soundOfAnotherSizeIsRefused()
    {
        auto missing = chunksOf(17, 200);
        QVERIFY(withSound("silent", 3, missing).responses(0).error().find("18 chunks") != std::string::npos);
        auto odd = chunksOf(18, 200);
        odd[4].pop_back();
        QVERIFY(withSound("silent", 3, odd).responses(2).error().find("Chunk 4") != std::string::npos);
        QVERIFY(!withSound("nobody", 3, chunksOf(18, 200)).responses(0).success());
        // Past the clip's end.
        const auto end = withSound("silent", 3, chunksOf(18, 200), 10);
        QVERIFY(end.responses(0).success() && end.responses(1).success() && !end.responses(2).success());
        QCOMPARE(withSound("silent", 0, chunksOf(15, 200)).responses_size(), 0);
    }

    void packagesAreLoadedFromTheLibrariesAlone()
    {
        namespace fs = std::filesystem;
        const auto outside = m_library.parent_path() / "outside.avatar";
        fs::copy(m_library / "silent.avatar", outside, fs::copy_options::recursive);
        fs::create_directory_symlink(outside, m_library / "link.avatar");
        for (const auto& folder : {outside.string(), std::string("../outside.avatar"), std::string("link.avatar"),
                                   (m_library / "link.avatar").string(), std::string("/etc"),
                                   std::string("silent.avatar/../../outside.avatar")}) {
            const auto response = load("another", folder);
            QVERIFY(!response.success());
            QVERIFY2(response.error().find("inside the server's libraries") != std::string::npos,
                     response.error().c_str());
        }
        QVERIFY(!load("link", "").success());
        QVERIFY(!load("../outside", "").success());
        fs::remove(m_library / "link.avatar");

        const auto inside = load("another", "silent.avatar");
        QVERIFY2(inside.success(), inside.error().c_str());
        QCOMPARE(inside.frame_count(), test::kFixtureFrames);
        QCOMPARE(inside.videos_loaded_size(), 4);
        QVERIFY(load("another", (m_library / "silent.avatar").string()).success()); // again
        QVERIFY(!load("another", "speaker.avatar").success()); // the name is taken
        const auto own = load("speaker", "");
        QVERIFY(own.success());
        QCOMPARE(own.audio_features_shape(1), 512);
        QVERIFY(m_fixture->server().shelf().unload("another").has_value());
    }

    void modelsHealthAndStatisticsAreTold()
    {
        grpc::ClientContext models, health, stats, unknown;
        wire::ListModelsResponse list;
        QVERIFY(m_stub->ListModels(&models, {}, &list).ok());
        QCOMPARE(list.count(), 2);
        QCOMPARE(list.loaded_models(1), std::string("speaker"));
        wire::HealthResponse well;
        QVERIFY(m_stub->HealthCheck(&health, {}, &well).ok());
        QVERIFY(well.healthy());
        QCOMPARE(well.loaded_models(), 2);
        (void)generate("speaker", 1);
        wire::StatsRequest request;
        request.set_model_name("speaker");
        wire::StatsResponse figures;
        QVERIFY(m_stub->GetStats(&stats, request, &figures).ok());
        QVERIFY(figures.total_requests() > 0);
        QVERIFY(figures.min_inference_time_ms() > 0);
        QVERIFY(figures.min_inference_time_ms() <= figures.avg_inference_time_ms());
        QVERIFY(figures.avg_inference_time_ms() <= figures.max_inference_time_ms());
        QCOMPARE(figures.device(), std::string("cpu"));
        request.set_model_name("nobody");
        QCOMPARE(m_stub->GetStats(&unknown, request, &figures).error_code(), grpc::StatusCode::NOT_FOUND);
    }

    void videoFramesAndMetadataAreTold()
    {
        const std::map<std::string, cv::Size> sizes{
            {"full_body_img", {96, 96}}, {"crops_328_video", {168, 168}}, {"rois_320", {160, 160}}};
        for (const auto& [video, size] : sizes) {
            const auto frame = videoFrame("speaker", 2, video);
            QVERIFY2(frame.success(), frame.error().c_str());
            QCOMPARE(decoded(frame.frame_data()).size(), size);
            QCOMPARE(frame.video_type(), video);
        }
        const auto masked = decoded(videoFrame("speaker", 2, "model_inputs").frame_data());
        QVERIFY(cv::mean(masked.row(80))[0] <
                cv::mean(decoded(videoFrame("speaker", 2, "rois_320").frame_data()).row(80))[0]);
        QVERIFY(!videoFrame("speaker", 99, "rois_320").success());
        QVERIFY(videoFrame("speaker", 1, "thermal").error().find("rois_320") != std::string::npos);
        QVERIFY(!videoFrame("nobody", 1, "rois_320").success());

        wire::GetModelMetadataRequest request;
        request.set_model_name("speaker");
        wire::GetModelMetadataResponse response;
        grpc::ClientContext context;
        QVERIFY(m_stub->GetModelMetadata(&context, request, &response).ok());
        QVERIFY(response.success());
        QCOMPARE(response.frame_count(), test::kFixtureFrames);
        QCOMPARE(response.bounds_size(), 4);
        QCOMPARE(response.audio_path(), std::string("sound.wav"));
    }

    void everyCallHasALineWithItsStages()
    {
        (void)generate("speaker", 7);
        const auto isTold = [&] {
            for (const auto& call : m_fixture->calls()) {
                if (call.method.ends_with("/GenerateInference") && call.frames == 1 && call.computeMs > 0 &&
                    call.encodeMs > 0 && call.bytesOut > 0 && call.avatar == "speaker" && !call.fault)
                    return true;
            }
            return false;
        };
        QTRY_VERIFY(isTold());
    }

private:
    wire::OptimizedInferenceResponse generate(const std::string& model, int frame)
    {
        wire::OptimizedInferenceRequest request;
        request.set_model_name(model);
        request.set_frame_id(frame);
        wire::OptimizedInferenceResponse response;
        grpc::ClientContext context;
        if (const auto status = m_stub->GenerateInference(&context, request, &response); !status.ok())
            response.set_error("status: " + status.error_message());
        return response;
    }

    wire::BatchInferenceResponse withSound(const std::string& model, int frames, const std::vector<std::string>& chunks,
                                           int start = 4)
    {
        wire::BatchInferenceWithAudioRequest request;
        request.set_model_name(model);
        request.set_start_frame_id(start);
        request.set_frame_count(frames);
        for (const auto& chunk : chunks)
            request.add_audio_chunks(chunk);
        wire::BatchInferenceResponse response;
        grpc::ClientContext context;
        if (!m_stub->GenerateBatchWithAudio(&context, request, &response).ok())
            response.Clear();
        return response;
    }

    wire::LoadPackageResponse load(const std::string& name, const std::string& folder)
    {
        wire::LoadPackageRequest request;
        request.set_package_name(name);
        request.set_package_dir(folder);
        wire::LoadPackageResponse response;
        grpc::ClientContext context;
        if (const auto status = m_stub->LoadPackage(&context, request, &response); !status.ok())
            response.set_error("status: " + status.error_message());
        return response;
    }

    wire::GetVideoFrameResponse videoFrame(const std::string& model, int frame, const std::string& video)
    {
        wire::GetVideoFrameRequest request;
        request.set_model_name(model);
        request.set_frame_id(frame);
        request.set_video_type(video);
        wire::GetVideoFrameResponse response;
        grpc::ClientContext context;
        (void)m_stub->GetVideoFrame(&context, request, &response);
        return response;
    }

    std::shared_ptr<const serving::ServedAvatar> avatar(const std::string& name)
    {
        return m_fixture->server().shelf().find(name).value();
    }

    QTemporaryDir m_temporary;
    std::filesystem::path m_library;
    std::unique_ptr<test::ServingFixture> m_fixture;
    std::unique_ptr<wire::OptimizedLipSyncService::Stub> m_stub;
};

QTEST_GUILESS_MAIN(OptimizedServiceTest)
#include "optimized_service_test.moc"
