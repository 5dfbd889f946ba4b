// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/serving_parts.h"

#include <optimized_lipsyncsrv.grpc.pb.h>

namespace lipsync::serving {

/// The service of the seed system, for clients and the WebSocket proxy that were written for it. What is wrong with a
/// single frame or model is told inside of the answer, as they expect; what concerns the call is its status.
class OptimizedService final : public optimized_lipsyncsrv::OptimizedLipSyncService::CallbackService {
public:
    explicit OptimizedService(const ServingParts& parts)
        : m_parts(parts)
    {
    }

private:
    using Context = grpc::CallbackServerContext;
    using Unary = grpc::ServerUnaryReactor;

    Unary* GenerateInference(Context* context, const optimized_lipsyncsrv::OptimizedInferenceRequest* request,
                             optimized_lipsyncsrv::OptimizedInferenceResponse* response) override;
    Unary* GenerateBatchInference(Context* context, const optimized_lipsyncsrv::BatchInferenceRequest* request,
                                  optimized_lipsyncsrv::BatchInferenceResponse* response) override;
    Unary* GenerateBatchWithAudio(Context* context, const optimized_lipsyncsrv::BatchInferenceWithAudioRequest* request,
                                  optimized_lipsyncsrv::BatchInferenceResponse* response) override;
    grpc::ServerBidiReactor<optimized_lipsyncsrv::OptimizedInferenceRequest,
                            optimized_lipsyncsrv::OptimizedInferenceResponse>*
    StreamInference(Context* context) override;
    Unary* LoadPackage(Context* context, const optimized_lipsyncsrv::LoadPackageRequest* request,
                       optimized_lipsyncsrv::LoadPackageResponse* response) override;
    Unary* GetStats(Context* context, const optimized_lipsyncsrv::StatsRequest* request,
                    optimized_lipsyncsrv::StatsResponse* response) override;
    Unary* ListModels(Context* context, const optimized_lipsyncsrv::ListModelsRequest* request,
                      optimized_lipsyncsrv::ListModelsResponse* response) override;
    Unary* HealthCheck(Context* context, const optimized_lipsyncsrv::HealthRequest* request,
                       optimized_lipsyncsrv::HealthResponse* response) override;
    Unary* GetVideoFrame(Context* context, const optimized_lipsyncsrv::GetVideoFrameRequest* request,
                         optimized_lipsyncsrv::GetVideoFrameResponse* response) override;
    Unary* GetModelMetadata(Context* context, const optimized_lipsyncsrv::GetModelMetadataRequest* request,
                            optimized_lipsyncsrv::GetModelMetadataResponse* response) override;

    const ServingParts& m_parts;
};

} // namespace lipsync::serving
