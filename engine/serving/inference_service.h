// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/infer_tensors.h"
#include "serving/serving_parts.h"
#include "serving/shared_regions.h"

#include <open_inference.grpc.pb.h>

namespace lipsync::serving {

/// The Open Inference Protocol (KServe v2) with those extensions of NVIDIA Triton that make sense here: configuration,
/// statistics, repository, streams and system shared memory.
class InferenceService final : public kserve::GRPCInferenceService::CallbackService {
public:
    InferenceService(const ServingParts& parts, bool sharesMemory)
        : m_parts(parts)
        , m_sharesMemory(sharesMemory)
        , m_regions(sharesMemory)
    {
    }

private:
    using Context = grpc::CallbackServerContext;
    using Unary = grpc::ServerUnaryReactor;

    Unary* ServerLive(Context* context, const kserve::ServerLiveRequest* request,
                      kserve::ServerLiveResponse* response) override;
    Unary* ServerReady(Context* context, const kserve::ServerReadyRequest* request,
                       kserve::ServerReadyResponse* response) override;
    Unary* ModelReady(Context* context, const kserve::ModelReadyRequest* request,
                      kserve::ModelReadyResponse* response) override;
    Unary* ServerMetadata(Context* context, const kserve::ServerMetadataRequest* request,
                          kserve::ServerMetadataResponse* response) override;
    Unary* ModelMetadata(Context* context, const kserve::ModelMetadataRequest* request,
                         kserve::ModelMetadataResponse* response) override;
    Unary* ModelInfer(Context* context, const kserve::ModelInferRequest* request,
                      kserve::ModelInferResponse* response) override;
    grpc::ServerBidiReactor<kserve::ModelInferRequest, kserve::ModelStreamInferResponse>*
    ModelStreamInfer(Context* context) override;
    Unary* ModelConfig(Context* context, const kserve::ModelConfigRequest* request,
                       kserve::ModelConfigResponse* response) override;
    Unary* ModelStatistics(Context* context, const kserve::ModelStatisticsRequest* request,
                           kserve::ModelStatisticsResponse* response) override;
    Unary* RepositoryIndex(Context* context, const kserve::RepositoryIndexRequest* request,
                           kserve::RepositoryIndexResponse* response) override;
    Unary* RepositoryModelLoad(Context* context, const kserve::RepositoryModelLoadRequest* request,
                               kserve::RepositoryModelLoadResponse* response) override;
    Unary* RepositoryModelUnload(Context* context, const kserve::RepositoryModelUnloadRequest* request,
                                 kserve::RepositoryModelUnloadResponse* response) override;
    Unary* SystemSharedMemoryStatus(Context* context, const kserve::SystemSharedMemoryStatusRequest* request,
                                    kserve::SystemSharedMemoryStatusResponse* response) override;
    Unary* SystemSharedMemoryRegister(Context* context, const kserve::SystemSharedMemoryRegisterRequest* request,
                                      kserve::SystemSharedMemoryRegisterResponse* response) override;
    Unary* SystemSharedMemoryUnregister(Context* context, const kserve::SystemSharedMemoryUnregisterRequest* request,
                                        kserve::SystemSharedMemoryUnregisterResponse* response) override;

    const ServingParts& m_parts;
    const bool m_sharesMemory;
    SharedRegions m_regions;
};

} // namespace lipsync::serving
