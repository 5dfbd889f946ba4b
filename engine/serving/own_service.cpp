// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/own_service.h"

#include "serving/pending_call.h"
#include "serving/readiness.h"
#include "serving/speech_call.h"

namespace lipsync::serving {

namespace {

#define LIPSYNC_METHOD(name) "/lipsync.v1.LipSync/" name

own::AvatarState stateOf(AvatarState state)
{
    switch (state) {
    case AvatarState::Loading:
        return own::AVATAR_STATE_LOADING;
    case AvatarState::Ready:
        return own::AVATAR_STATE_READY;
    case AvatarState::Failed:
        return own::AVATAR_STATE_FAILED;
    case AvatarState::Unloaded:
        break;
    }
    return own::AVATAR_STATE_UNLOADED;
}

void write(const ServedAvatar& avatar, own::Avatar& message)
{
    const auto& manifest = avatar.manifest();
    message.set_name(avatar.name);
    message.set_title(manifest.title);
    message.set_state(own::AVATAR_STATE_READY);
    message.set_width(manifest.frameWidth);
    message.set_height(manifest.frameHeight);
    message.set_template_frames(manifest.frameCount);
    message.set_frame_rate(manifest.frameRate());
    message.set_network(manifest.network.name());
}

void write(const LatencySummary& summary, own::Latency& message)
{
    message.set_count(summary.count);
    message.set_mean_ms(summary.meanMs);
    message.set_p50_ms(summary.p50Ms);
    message.set_p95_ms(summary.p95Ms);
    message.set_p99_ms(summary.p99Ms);
    message.set_max_ms(summary.maxMs);
}

/// What looks into the library folders, so not on gRPC's threads.
class ListCall final : public PendingCall {
public:
    ListCall(const ServingParts& parts, grpc::CallbackServerContext& context, std::shared_ptr<CallTicket> ticket,
             own::ListAvatarsResponse& response)
        : PendingCall(parts, context, std::move(ticket))
        , m_response(response)
    {
    }

private:
    void work() override
    {
        for (const auto& entry : parts().shelf.list()) {
            auto& message = *m_response.add_avatars();
            message.set_name(entry.name);
            message.set_reason(entry.reason);
            if (const auto avatar = parts().shelf.find(entry.name))
                write(**avatar, message);
            message.set_state(stateOf(entry.state));
        }
        finish();
    }

    own::ListAvatarsResponse& m_response;
};

class LoadAvatarCall final : public PendingCall {
public:
    LoadAvatarCall(const ServingParts& parts, grpc::CallbackServerContext& context, std::shared_ptr<CallTicket> ticket,
                   const std::string& name, own::LoadAvatarResponse& response)
        : PendingCall(parts, context, std::move(ticket))
        , m_name(name)
        , m_response(response)
    {
        this->ticket().record().avatar = name;
    }

private:
    void work() override
    {
        parts().shelf.load(
            m_name, {},
            [self = std::static_pointer_cast<LoadAvatarCall>(shared_from_this())](const AvatarShelf::Loaded& loaded) {
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
        if (!loaded)
            return finish(tl::unexpected(loaded.error()));
        write(**loaded, *m_response.mutable_avatar());
        finish();
    }

    const std::string m_name;
    own::LoadAvatarResponse& m_response;
};

class UnloadAvatarCall final : public PendingCall {
public:
    UnloadAvatarCall(const ServingParts& parts, grpc::CallbackServerContext& context,
                     std::shared_ptr<CallTicket> ticket, const std::string& name)
        : PendingCall(parts, context, std::move(ticket))
        , m_name(name)
    {
        this->ticket().record().avatar = name;
    }

private:
    void work() override { finish(parts().shelf.unload(m_name)); }

    const std::string m_name;
};

} // namespace

grpc::ServerBidiReactor<own::SpeakRequest, own::SpeakResponse>* OwnService::Speak(Context* context)
{
    return startStream<SpeechCall, own::SpeakRequest, own::SpeakResponse>(m_parts, context, LIPSYNC_METHOD("Speak"));
}

grpc::ServerUnaryReactor* OwnService::ListAvatars(Context* context, const own::ListAvatarsRequest* request,
                                                  own::ListAvatarsResponse* response)
{
    return startCall<ListCall>(m_parts, context, LIPSYNC_METHOD("ListAvatars"), Right::Use, request->ByteSizeLong(),
                               *response);
}

grpc::ServerUnaryReactor* OwnService::LoadAvatar(Context* context, const own::LoadAvatarRequest* request,
                                                 own::LoadAvatarResponse* response)
{
    return startCall<LoadAvatarCall>(m_parts, context, LIPSYNC_METHOD("LoadAvatar"), Right::Manage,
                                     request->ByteSizeLong(), request->name(), *response);
}

grpc::ServerUnaryReactor* OwnService::UnloadAvatar(Context* context, const own::UnloadAvatarRequest* request,
                                                   own::UnloadAvatarResponse*)
{
    return startCall<UnloadAvatarCall>(m_parts, context, LIPSYNC_METHOD("UnloadAvatar"), Right::Manage,
                                       request->ByteSizeLong(), request->name());
}

grpc::ServerUnaryReactor* OwnService::GetStatistics(Context* context, const own::GetStatisticsRequest*,
                                                    own::GetStatisticsResponse* response)
{
    return answerAtOnce(m_parts, context, LIPSYNC_METHOD("GetStatistics"), [&](CallTicket&) -> Answer<void> {
        response->set_uptime_seconds(seconds(SteadyClock().now() - m_parts.began));
        response->set_open_calls(static_cast<std::int32_t>(m_parts.gate.openCalls()));
        response->set_workers(ableWorkers(m_parts.service.pool().snapshot()));
        for (const auto& count : m_parts.gate.counts()) {
            auto& method = *response->add_methods();
            method.set_method(count.method);
            method.set_accepted(count.accepted);
            method.set_succeeded(count.succeeded);
            method.set_failed(count.failed);
            write(count.latency, *method.mutable_latency());
        }
        StatsSnapshot statistics;
        m_parts.service.metrics().fillSnapshot(statistics);
        response->set_frames(statistics.of(FrameClass::Live).framesDone);
        write(statistics.stage(Stage::Queue), *response->mutable_queue());
        write(statistics.stage(Stage::Infer), *response->mutable_infer());
        write(statistics.stage(Stage::Paste), *response->mutable_encode());
        return {};
    });
}

} // namespace lipsync::serving
