// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/script_export.h"

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <grpcpp/server.h>
#include <open_inference.grpc.pb.h>

namespace lipsync::test {

/// Serves a model repository on a free port of this machine as NVIDIA Triton does with its PyTorch backend: what models
/// are called, take and give is read from their config.pbtxt, and 1/model.pt is run. All models are of one network.
class TritonLikeServer final : public ::inference::GRPCInferenceService::Service {
public:
    TritonLikeServer(const std::filesystem::path& repository, const nn::GeneratorSpec& spec);
    /// stop().
    ~TritonLikeServer() override;

    /// Why it does not run; empty when it does.
    const std::string& problem() const { return m_problem; }
    std::string device() const { return fmt::format("kserve://127.0.0.1:{}", m_port); }
    /// Ends at once, whatever is under way.
    void stop();

    /// The next so many requests end in this status; "grpc-retry-pushback-ms" goes with it unless it is empty.
    void refuseNext(int requests, const grpc::Status& status, const std::string& pushback = {});
    /// What clients are told of models from now on.
    void changeMetadata(std::function<void(::inference::ModelMetadataResponse&)> change);
    void changeConfig(std::function<void(::inference::ModelConfig&)> change);
    void changeResponse(std::function<void(::inference::ModelInferResponse&)> change);
    /// Models are loading for so many questions whether they are ready.
    void loadFor(int questions);
    /// Requests wait from now on, until open() or stop().
    void close();
    void open();
    bool waitUntilSomeoneWaits();
    /// Frames of the requests that were answered, the largest request among them, and requests that were refused.
    int frames() const;
    int largestRequest() const;
    int refused() const;

private:
    using Context = grpc::ServerContext;
    grpc::Status ServerReady(Context* context, const ::inference::ServerReadyRequest* request,
                             ::inference::ServerReadyResponse* response) override;
    grpc::Status ModelReady(Context* context, const ::inference::ModelReadyRequest* request,
                            ::inference::ModelReadyResponse* response) override;
    grpc::Status ModelMetadata(Context* context, const ::inference::ModelMetadataRequest* request,
                               ::inference::ModelMetadataResponse* response) override;
    grpc::Status ModelConfig(Context* context, const ::inference::ModelConfigRequest* request,
                             ::inference::ModelConfigResponse* response) override;
    grpc::Status ModelInfer(Context* context, const ::inference::ModelInferRequest* request,
                            ::inference::ModelInferResponse* response) override;

    struct Loaded {
        ::inference::ModelConfig config;
        std::unique_ptr<nn::ExportedGenerator> network;
    };
    void load(const std::filesystem::path& folder);
    /// Waits at the closed gate; then the status to refuse with, or OK.
    grpc::Status pass(Context& context);
    grpc::Status compute(Loaded& model, const ::inference::ModelInferRequest& request,
                         ::inference::ModelInferResponse& response);

    const nn::GeneratorSpec m_spec;
    std::string m_problem;
    int m_port = 0;
    std::map<std::string, Loaded> m_models;
    std::mutex m_computing; ///< one request at a time
    mutable std::mutex m_mutex; ///< of everything below but the server
    std::condition_variable m_changed;
    bool m_isOpen = true, m_isStopped = false;
    int m_waiting = 0, m_toRefuse = 0, m_loading = 0, m_frames = 0, m_largest = 0, m_refused = 0;
    grpc::Status m_refusal;
    std::string m_pushback;
    std::function<void(::inference::ModelMetadataResponse&)> m_changeMetadata;
    std::function<void(::inference::ModelConfig&)> m_changeConfig;
    std::function<void(::inference::ModelInferResponse&)> m_changeResponse;
    std::unique_ptr<grpc::Server> m_server;
};

} // namespace lipsync::test
