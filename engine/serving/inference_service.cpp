// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/inference_service.h"

#include "serving/inference_calls.h"
#include "serving/model_statistics.h"
#include "serving/readiness.h"

namespace lipsync::serving {

namespace {

#define LIPSYNC_METHOD(name) "/inference.GRPCInferenceService/" name

/// An avatar in one of the versions that there are.
AvatarShelf::Loaded find(const ServingParts& parts, const std::string& name, const std::string& version)
{
    if (!version.empty() && version != kModelVersion)
        return fault(FaultKind::NotFound,
                     fmt::format("There is no version {} of '{}', only {}.", version, name, kModelVersion));
    return parts.shelf.find(name);
}

class LoadModelCall final : public PendingCall {
public:
    LoadModelCall(const ServingParts& parts, grpc::CallbackServerContext& context, std::shared_ptr<CallTicket> ticket,
                  const kserve::RepositoryModelLoadRequest& request)
        : PendingCall(parts, context, std::move(ticket))
        , m_request(request)
    {
        this->ticket().record().avatar = request.model_name();
    }

private:
    void work() override
    {
        if (m_request.parameters_size() > 0)
            return finish(fault(FaultKind::BadRequest, "An avatar is loaded as it is; no parameters change it."));
        parts().shelf.load(
            m_request.model_name(), {},
            [self = std::static_pointer_cast<LoadModelCall>(shared_from_this())](const AvatarShelf::Loaded& loaded) {
                self->strand()->post(
                    [self, loaded] { self->finish(loaded ? Answer<void>() : tl::unexpected(loaded.error())); });
            });
    }
    void cancelled() override
    {
        finish(fault(FaultKind::Cancelled, "The caller went away; the avatar is still loaded."));
    }

    const kserve::RepositoryModelLoadRequest& m_request;
};

/// Unloading frees an avatar's memory, which takes a while.
class UnloadModelCall final : public PendingCall {
public:
    UnloadModelCall(const ServingParts& parts, grpc::CallbackServerContext& context, std::shared_ptr<CallTicket> ticket,
                    std::string name)
        : PendingCall(parts, context, std::move(ticket))
        , m_name(std::move(name))
    {
    }

private:
    void work() override { finish(parts().shelf.unload(m_name)); }

    const std::string m_name;
};

const char* stateOf(AvatarState state)
{
    switch (state) {
    case AvatarState::Ready:
        return "READY";
    case AvatarState::Loading:
        return "LOADING";
    case AvatarState::Unloaded:
    case AvatarState::Failed:
        break;
    }
    return "UNAVAILABLE";
}

} // namespace

grpc::ServerUnaryReactor* InferenceService::ServerLive(Context* context, const kserve::ServerLiveRequest*,
                                                       kserve::ServerLiveResponse* response)
{
    return answerAtOnce(m_parts, context, LIPSYNC_METHOD("ServerLive"), [&](CallTicket&) -> Answer<void> {
        response->set_live(true);
        return {};
    });
}

grpc::ServerUnaryReactor* InferenceService::ServerReady(Context* context, const kserve::ServerReadyRequest*,
                                                        kserve::ServerReadyResponse* response)
{
    return answerAtOnce(m_parts, context, LIPSYNC_METHOD("ServerReady"), [&](CallTicket&) -> Answer<void> {
        response->set_ready(ableWorkers(m_parts.service.pool().snapshot()) > 0);
        return {};
    });
}

grpc::ServerUnaryReactor* InferenceService::ModelReady(Context* context, const kserve::ModelReadyRequest* request,
                                                       kserve::ModelReadyResponse* response)
{
    return answerAtOnce(m_parts, context, LIPSYNC_METHOD("ModelReady"), [&](CallTicket& ticket) -> Answer<void> {
        ticket.record().avatar = request->name();
        response->set_ready(find(m_parts, request->name(), request->version()).has_value() &&
                            ableWorkers(m_parts.service.pool().snapshot()) > 0);
        return {};
    });
}

grpc::ServerUnaryReactor* InferenceService::ServerMetadata(Context* context, const kserve::ServerMetadataRequest*,
                                                           kserve::ServerMetadataResponse* response)
{
    return answerAtOnce(m_parts, context, LIPSYNC_METHOD("ServerMetadata"), [&](CallTicket&) -> Answer<void> {
        response->set_name("lipsync");
        response->set_version(LIPSYNC_VERSION);
        for (const char* extension :
             {"model_repository", "schedule_policy", "model_configuration", "parameters", "statistics"})
            response->add_extensions(extension);
        if (m_sharesMemory)
            response->add_extensions("system_shared_memory");
        return {};
    });
}

grpc::ServerUnaryReactor* InferenceService::ModelMetadata(Context* context, const kserve::ModelMetadataRequest* request,
                                                          kserve::ModelMetadataResponse* response)
{
    return answerAtOnce(m_parts, context, LIPSYNC_METHOD("ModelMetadata"), [&](CallTicket& ticket) -> Answer<void> {
        ticket.record().avatar = request->name();
        const auto avatar = find(m_parts, request->name(), request->version());
        if (!avatar)
            return tl::unexpected(avatar.error());
        writeMetadata(**avatar, *response);
        return {};
    });
}

grpc::ServerUnaryReactor* InferenceService::ModelInfer(Context* context, const kserve::ModelInferRequest* request,
                                                       kserve::ModelInferResponse* response)
{
    return startCall<InferCall>(m_parts, context, LIPSYNC_METHOD("ModelInfer"), Right::Use, request->ByteSizeLong(),
                                m_regions, *request, *response);
}

grpc::ServerBidiReactor<kserve::ModelInferRequest, kserve::ModelStreamInferResponse>*
InferenceService::ModelStreamInfer(Context* context)
{
    return startStream<InferStreamCall, kserve::ModelInferRequest, kserve::ModelStreamInferResponse>(
        m_parts, context, LIPSYNC_METHOD("ModelStreamInfer"), m_regions);
}

grpc::ServerUnaryReactor* InferenceService::ModelConfig(Context* context, const kserve::ModelConfigRequest* request,
                                                        kserve::ModelConfigResponse* response)
{
    return answerAtOnce(m_parts, context, LIPSYNC_METHOD("ModelConfig"), [&](CallTicket& ticket) -> Answer<void> {
        ticket.record().avatar = request->name();
        const auto avatar = find(m_parts, request->name(), request->version());
        if (!avatar)
            return tl::unexpected(avatar.error());
        writeConfig(**avatar, m_parts.service.plan(), *response->mutable_config());
        return {};
    });
}

grpc::ServerUnaryReactor* InferenceService::ModelStatistics(Context* context,
                                                            const kserve::ModelStatisticsRequest* request,
                                                            kserve::ModelStatisticsResponse* response)
{
    return answerAtOnce(m_parts, context, LIPSYNC_METHOD("ModelStatistics"), [&](CallTicket& ticket) -> Answer<void> {
        ticket.record().avatar = request->name();
        if (request->name().empty()) {
            for (const auto& avatar : m_parts.shelf.loaded())
                writeStatistics(*avatar, *response->add_model_stats());
            return {};
        }
        const auto avatar = find(m_parts, request->name(), request->version());
        if (!avatar)
            return tl::unexpected(avatar.error());
        writeStatistics(**avatar, *response->add_model_stats());
        return {};
    });
}

grpc::ServerUnaryReactor* InferenceService::RepositoryIndex(Context* context,
                                                            const kserve::RepositoryIndexRequest* request,
                                                            kserve::RepositoryIndexResponse* response)
{
    return answerAtOnce(m_parts, context, LIPSYNC_METHOD("RepositoryIndex"), [&](CallTicket&) -> Answer<void> {
        for (const auto& entry : m_parts.shelf.list()) {
            if (request->ready() && entry.state != AvatarState::Ready)
                continue;
            auto& model = *response->add_models();
            model.set_name(entry.name);
            model.set_version(kModelVersion);
            model.set_state(stateOf(entry.state));
            model.set_reason(entry.state == AvatarState::Unloaded ? "unloaded" : entry.reason);
        }
        return {};
    });
}

grpc::ServerUnaryReactor* InferenceService::RepositoryModelLoad(Context* context,
                                                                const kserve::RepositoryModelLoadRequest* request,
                                                                kserve::RepositoryModelLoadResponse*)
{
    return startCall<LoadModelCall>(m_parts, context, LIPSYNC_METHOD("RepositoryModelLoad"), Right::Manage,
                                    request->ByteSizeLong(), *request);
}

grpc::ServerUnaryReactor* InferenceService::RepositoryModelUnload(Context* context,
                                                                  const kserve::RepositoryModelUnloadRequest* request,
                                                                  kserve::RepositoryModelUnloadResponse*)
{
    return startCall<UnloadModelCall>(m_parts, context, LIPSYNC_METHOD("RepositoryModelUnload"), Right::Manage,
                                      request->ByteSizeLong(), request->model_name());
}

grpc::ServerUnaryReactor*
InferenceService::SystemSharedMemoryStatus(Context* context, const kserve::SystemSharedMemoryStatusRequest* request,
                                           kserve::SystemSharedMemoryStatusResponse* response)
{
    return answerAtOnce(m_parts, context, LIPSYNC_METHOD("SystemSharedMemoryStatus"), [&](CallTicket&) -> Answer<void> {
        const auto regions = m_regions.list(request->name());
        if (!regions)
            return tl::unexpected(regions.error());
        for (const auto& [name, region] : *regions) {
            auto& status = (*response->mutable_regions())[name];
            status.set_name(name);
            status.set_key(region.key);
            status.set_offset(region.offset);
            status.set_byte_size(region.bytes);
        }
        return {};
    });
}

grpc::ServerUnaryReactor*
InferenceService::SystemSharedMemoryRegister(Context* context, const kserve::SystemSharedMemoryRegisterRequest* request,
                                             kserve::SystemSharedMemoryRegisterResponse*)
{
    return answerAtOnce(m_parts, context, LIPSYNC_METHOD("SystemSharedMemoryRegister"), [&](CallTicket&) {
        return m_regions.add({request->name(), request->key(), request->offset(), request->byte_size()});
    });
}

grpc::ServerUnaryReactor*
InferenceService::SystemSharedMemoryUnregister(Context* context,
                                               const kserve::SystemSharedMemoryUnregisterRequest* request,
                                               kserve::SystemSharedMemoryUnregisterResponse*)
{
    return answerAtOnce(m_parts, context, LIPSYNC_METHOD("SystemSharedMemoryUnregister"),
                        [&](CallTicket&) -> Answer<void> {
                            m_regions.remove(request->name());
                            return {};
                        });
}

} // namespace lipsync::serving
