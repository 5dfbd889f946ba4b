// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/optimized_service.h"

#include "serving/optimized_calls.h"
#include "serving/picture_bytes.h"
#include "serving/readiness.h"

#include <algorithm>
#include <limits>

namespace lipsync::serving {

namespace {

namespace wire = optimized_lipsyncsrv;

#define LIPSYNC_METHOD(name) "/optimized_lipsyncsrv.OptimizedLipSyncService/" name

template <typename Number> std::int32_t fitting(Number number)
{
    constexpr auto kMost = std::numeric_limits<std::int32_t>::max();
    return number >= static_cast<Number>(kMost) ? kMost : static_cast<std::int32_t>(number);
}

/// A model's fault inside of a good answer, or as the status.
template <typename Response> Answer<void> tell(const Fault& fault, Response& response)
{
    if (!isOfFrame(fault) && fault.kind != FaultKind::Forbidden)
        return tl::unexpected(fault);
    response.set_success(false);
    response.set_error(fault.sentence);
    return {};
}

/// A call that names too many frames, or less than none.
Answer<void> checkCount(std::int64_t frames, const CallLimits& limits)
{
    if (frames >= 0 && frames <= limits.mostFrames)
        return {};
    return fault(FaultKind::BadRequest,
                 fmt::format("A call may ask for 0 to {} frames, not {}.", limits.mostFrames, frames));
}

class LoadCall final : public PendingCall {
public:
    LoadCall(const ServingParts& parts, grpc::CallbackServerContext& context, std::shared_ptr<CallTicket> ticket,
             const wire::LoadPackageRequest& request, wire::LoadPackageResponse& response)
        : PendingCall(parts, context, std::move(ticket))
        , m_request(request)
        , m_response(response)
    {
        this->ticket().record().avatar = request.package_name();
    }

private:
    void work() override
    {
        m_response.set_package_name(m_request.package_name());
        parts().shelf.load(
            m_request.package_name(), m_request.package_dir(),
            [self = std::static_pointer_cast<LoadCall>(shared_from_this())](const AvatarShelf::Loaded& loaded) {
                self->strand()->post([self, loaded] { self->loaded(loaded); });
            });
    }

    void cancelled() override
    {
        finish(fault(FaultKind::Cancelled, "The caller went away; the avatar is still loaded."));
    }

    void loaded(const AvatarShelf::Loaded& loaded)
    {
        if (isFinished())
            return;
        if (!loaded) {
            m_response.set_message(loaded.error().sentence);
            return finish(tell(loaded.error(), m_response));
        }
        const auto& avatar = **loaded;
        m_response.set_success(true);
        m_response.set_message(fmt::format("The avatar '{}' is loaded.", avatar.name));
        m_response.set_initialization_time_ms(static_cast<std::int32_t>(avatar.loadMs));
        m_response.set_frame_count(avatar.frameCount());
        m_response.set_device(devicesOf(parts().service.plan()));
        m_response.mutable_videos_loaded()->Add(videoNames().begin(), videoNames().end());
        if (avatar.sound) {
            m_response.add_audio_features_shape(fitting(avatar.sound->frames()));
            m_response.add_audio_features_shape(fitting(avatar.manifest().network.profile().featureSize()));
        }
        finish();
    }

    const wire::LoadPackageRequest& m_request;
    wire::LoadPackageResponse& m_response;
};

class VideoFrameCall final : public PendingCall {
public:
    VideoFrameCall(const ServingParts& parts, grpc::CallbackServerContext& context, std::shared_ptr<CallTicket> ticket,
                   const wire::GetVideoFrameRequest& request, wire::GetVideoFrameResponse& response)
        : PendingCall(parts, context, std::move(ticket))
        , m_request(request)
        , m_response(response)
    {
        this->ticket().record().avatar = request.model_name();
    }

private:
    void work() override
    {
        m_response.set_frame_id(m_request.frame_id());
        m_response.set_video_type(m_request.video_type());
        const auto avatar = parts().shelf.find(m_request.model_name());
        if (!avatar)
            return finish(tell(avatar.error(), m_response));
        auto jpeg = videoFrameJpeg(**avatar, m_request.video_type(), m_request.frame_id());
        if (!jpeg)
            return finish(tell(jpeg.error(), m_response));
        ticket().record().bytesOut = jpeg->size();
        m_response.set_success(true);
        m_response.set_frame_data(std::move(*jpeg));
        finish();
    }

    const wire::GetVideoFrameRequest& m_request;
    wire::GetVideoFrameResponse& m_response;
};

} // namespace

grpc::ServerUnaryReactor* OptimizedService::GenerateInference(Context* context,
                                                              const wire::OptimizedInferenceRequest* request,
                                                              wire::OptimizedInferenceResponse* response)
{
    FramesCall::Order order{request->model_name(), {request->frame_id()}, {response}};
    return startCall<FramesCall>(m_parts, context, LIPSYNC_METHOD("GenerateInference"), Right::Use,
                                 request->ByteSizeLong(), std::move(order));
}

grpc::ServerUnaryReactor* OptimizedService::GenerateBatchInference(Context* context,
                                                                   const wire::BatchInferenceRequest* request,
                                                                   wire::BatchInferenceResponse* response)
{
    constexpr const char* kMethod = LIPSYNC_METHOD("GenerateBatchInference");
    if (auto sound = checkCount(request->frame_ids_size(), m_parts.limits); !sound)
        return answerAtOnce(m_parts, context, kMethod, [&](CallTicket&) { return sound; });
    FramesCall::Order order;
    order.model = request->model_name();
    order.batch = response;
    order.frames.assign(request->frame_ids().begin(), request->frame_ids().end());
    for (std::size_t i = 0; i < order.frames.size(); ++i)
        order.responses.push_back(response->add_responses());
    return startCall<FramesCall>(m_parts, context, kMethod, Right::Use, request->ByteSizeLong(), std::move(order));
}

grpc::ServerUnaryReactor* OptimizedService::GenerateBatchWithAudio(Context* context,
                                                                   const wire::BatchInferenceWithAudioRequest* request,
                                                                   wire::BatchInferenceResponse* response)
{
    constexpr const char* kMethod = LIPSYNC_METHOD("GenerateBatchWithAudio");
    if (auto sound = checkCount(request->frame_count(), m_parts.limits); !sound)
        return answerAtOnce(m_parts, context, kMethod, [&](CallTicket&) { return sound; });
    FramesCall::Order order;
    order.model = request->model_name();
    order.audio = request;
    order.batch = response;
    for (int i = 0; i < request->frame_count(); ++i) {
        order.frames.push_back(fitting(std::int64_t{request->start_frame_id()} + i));
        order.responses.push_back(response->add_responses());
    }
    return startCall<FramesCall>(m_parts, context, kMethod, Right::Use, request->ByteSizeLong(), std::move(order));
}

grpc::ServerBidiReactor<wire::OptimizedInferenceRequest, wire::OptimizedInferenceResponse>*
OptimizedService::StreamInference(Context* context)
{
    return startStream<FrameStreamCall, FrameStreamCall::Request, FrameStreamCall::Response>(
        m_parts, context, LIPSYNC_METHOD("StreamInference"));
}

grpc::ServerUnaryReactor* OptimizedService::LoadPackage(Context* context, const wire::LoadPackageRequest* request,
                                                        wire::LoadPackageResponse* response)
{
    return startCall<LoadCall>(m_parts, context, LIPSYNC_METHOD("LoadPackage"), Right::Manage, request->ByteSizeLong(),
                               *request, *response);
}

grpc::ServerUnaryReactor* OptimizedService::GetStats(Context* context, const wire::StatsRequest* request,
                                                     wire::StatsResponse* response)
{
    return answerAtOnce(m_parts, context, LIPSYNC_METHOD("GetStats"), [&](CallTicket& ticket) -> Answer<void> {
        ticket.record().avatar = request->model_name();
        const auto avatar = m_parts.shelf.find(request->model_name());
        if (!avatar)
            return tl::unexpected(avatar.error());
        const auto plan = m_parts.service.plan();
        const auto compute = (*avatar)->counters.compute.snapshot();
        response->set_model_name(request->model_name());
        response->set_total_requests(
            fitting((*avatar)->counters.succeeded.count.load() + (*avatar)->counters.failed.count.load()));
        response->set_avg_inference_time_ms(milliseconds(compute.mean()));
        response->set_min_inference_time_ms(milliseconds(compute.min()));
        response->set_max_inference_time_ms(milliseconds(compute.max()));
        response->set_frame_count((*avatar)->frameCount());
        response->set_device(devicesOf(plan));
        for (const auto& word : optimizationsOf(plan))
            response->add_optimizations_active(word);
        return {};
    });
}

grpc::ServerUnaryReactor* OptimizedService::ListModels(Context* context, const wire::ListModelsRequest*,
                                                       wire::ListModelsResponse* response)
{
    return answerAtOnce(m_parts, context, LIPSYNC_METHOD("ListModels"), [&](CallTicket&) -> Answer<void> {
        for (const auto& avatar : m_parts.shelf.loaded())
            response->add_loaded_models(avatar->name);
        response->set_count(response->loaded_models_size());
        return {};
    });
}

grpc::ServerUnaryReactor* OptimizedService::HealthCheck(Context* context, const wire::HealthRequest*,
                                                        wire::HealthResponse* response)
{
    return answerAtOnce(m_parts, context, LIPSYNC_METHOD("HealthCheck"), [&](CallTicket&) -> Answer<void> {
        const int able = ableWorkers(m_parts.service.pool().snapshot());
        response->set_healthy(able > 0);
        response->set_status(able > 0 ? "healthy" : "no worker is able to compute");
        response->set_loaded_models(fitting(m_parts.shelf.loaded().size()));
        response->set_uptime_seconds(
            std::chrono::duration_cast<std::chrono::seconds>(SteadyClock().now() - m_parts.began).count());
        return {};
    });
}

grpc::ServerUnaryReactor* OptimizedService::GetVideoFrame(Context* context, const wire::GetVideoFrameRequest* request,
                                                          wire::GetVideoFrameResponse* response)
{
    return startCall<VideoFrameCall>(m_parts, context, LIPSYNC_METHOD("GetVideoFrame"), Right::Use,
                                     request->ByteSizeLong(), *request, *response);
}

grpc::ServerUnaryReactor* OptimizedService::GetModelMetadata(Context* context,
                                                             const wire::GetModelMetadataRequest* request,
                                                             wire::GetModelMetadataResponse* response)
{
    return answerAtOnce(m_parts, context, LIPSYNC_METHOD("GetModelMetadata"), [&](CallTicket& ticket) -> Answer<void> {
        ticket.record().avatar = request->model_name();
        response->set_model_name(request->model_name());
        const auto avatar = m_parts.shelf.find(request->model_name());
        if (!avatar)
            return tell(avatar.error(), *response);
        response->set_success(true);
        response->set_frame_count((*avatar)->frameCount());
        response->mutable_available_videos()->Add(videoNames().begin(), videoNames().end());
        if (const auto sound = (*avatar)->avatar->package().soundFile())
            response->set_audio_path(sound->filename().string());
        for (const float bound : mouthBounds(**avatar, 0))
            response->add_bounds(bound);
        return {};
    });
}

} // namespace lipsync::serving
