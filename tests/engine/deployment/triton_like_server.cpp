// SPDX-License-Identifier: GPL-3.0-or-later
#include "triton_like_server.h"

#include "base/file_system.h"

#include <algorithm>

#include <google/protobuf/text_format.h>
#include <grpcpp/server_builder.h>

namespace lipsync::test {

namespace {

namespace wire = ::inference;
namespace fs = std::filesystem;

constexpr std::size_t kMostConfigBytes = 1 << 20;

grpc::Status wrong(const std::string& why)
{
    return {grpc::StatusCode::INVALID_ARGUMENT, why};
}

std::string typeName(wire::DataType type)
{
    return type == wire::TYPE_UINT8 ? "UINT8" : type == wire::TYPE_FP32 ? "FP32" : "?";
}

template <typename Described>
void describe(const Described& tensor, wire::ModelMetadataResponse::TensorMetadata& metadata)
{
    metadata.set_name(tensor.name());
    metadata.set_datatype(typeName(tensor.data_type()));
    metadata.add_shape(-1);
    for (const auto side : tensor.dims())
        metadata.add_shape(side);
}

/// Whether a tensor of a request is the one that the configuration asks for.
bool fits(const wire::ModelInferRequest::InferInputTensor& tensor, const wire::ModelInput& input, std::int64_t batch)
{
    std::vector<std::int64_t> shape(input.dims().begin(), input.dims().end());
    shape.insert(shape.begin(), batch);
    return tensor.name() == input.name() && tensor.datatype() == typeName(input.data_type()) &&
        std::equal(shape.begin(), shape.end(), tensor.shape().begin(), tensor.shape().end());
}

} // namespace

TritonLikeServer::TritonLikeServer(const fs::path& repository, const nn::GeneratorSpec& spec)
    : m_spec(spec)
{
    for (const auto& entry : fs::directory_iterator(repository))
        load(entry.path());
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &m_port);
    builder.RegisterService(this);
    builder.SetMaxReceiveMessageSize(-1);
    builder.SetMaxSendMessageSize(-1);
    m_server = builder.BuildAndStart();
    if (!m_server || m_port == 0)
        m_problem = "the server does not start";
}

TritonLikeServer::~TritonLikeServer()
{
    stop();
}

void TritonLikeServer::load(const fs::path& folder)
{
    Loaded loaded;
    const auto text = readFile(folder / "config.pbtxt", kMostConfigBytes);
    if (!text || !google::protobuf::TextFormat::ParseFromString({text->data(), text->size()}, &loaded.config)) {
        m_problem = folder.string() + " has no configuration that can be read";
        return;
    }
    if (loaded.config.name() != folder.filename() || loaded.config.backend() != "pytorch") {
        m_problem = folder.string() + " is of another name or backend";
        return;
    }
    auto network = nn::ExportedGenerator::open(folder / "1" / "model.pt", m_spec);
    if (!network) {
        m_problem = network.error().text();
        return;
    }
    loaded.network = std::move(*network);
    m_models.emplace(folder.filename().string(), std::move(loaded));
}

void TritonLikeServer::stop()
{
    {
        std::lock_guard lock(m_mutex);
        m_isStopped = true;
    }
    m_changed.notify_all();
    if (m_server)
        m_server->Shutdown(std::chrono::system_clock::now());
}

void TritonLikeServer::refuseNext(int requests, const grpc::Status& status, const std::string& pushback)
{
    std::lock_guard lock(m_mutex);
    m_toRefuse = requests;
    m_refusal = status;
    m_pushback = pushback;
}

void TritonLikeServer::changeMetadata(std::function<void(wire::ModelMetadataResponse&)> change)
{
    std::lock_guard lock(m_mutex);
    m_changeMetadata = std::move(change);
}

void TritonLikeServer::changeConfig(std::function<void(wire::ModelConfig&)> change)
{
    std::lock_guard lock(m_mutex);
    m_changeConfig = std::move(change);
}

void TritonLikeServer::changeResponse(std::function<void(wire::ModelInferResponse&)> change)
{
    std::lock_guard lock(m_mutex);
    m_changeResponse = std::move(change);
}

void TritonLikeServer::loadFor(int questions)
{
    std::lock_guard lock(m_mutex);
    m_loading = questions;
}

void TritonLikeServer::close()
{
    std::lock_guard lock(m_mutex);
    m_isOpen = false;
}

void TritonLikeServer::open()
{
    {
        std::lock_guard lock(m_mutex);
        m_isOpen = true;
    }
    m_changed.notify_all();
}

bool TritonLikeServer::waitUntilSomeoneWaits()
{
    std::unique_lock lock(m_mutex);
    return m_changed.wait_for(lock, std::chrono::seconds(60), [&] { return m_waiting > 0; });
}

int TritonLikeServer::frames() const
{
    std::lock_guard lock(m_mutex);
    return m_frames;
}

int TritonLikeServer::largestRequest() const
{
    std::lock_guard lock(m_mutex);
    return m_largest;
}

int TritonLikeServer::refused() const
{
    std::lock_guard lock(m_mutex);
    return m_refused;
}

grpc::Status TritonLikeServer::ServerReady(Context*, const wire::ServerReadyRequest*,
                                           wire::ServerReadyResponse* response)
{
    response->set_ready(true);
    return grpc::Status::OK;
}

grpc::Status TritonLikeServer::ModelReady(Context*, const wire::ModelReadyRequest* request,
                                          wire::ModelReadyResponse* response)
{
    std::lock_guard lock(m_mutex);
    response->set_ready(m_models.contains(request->name()) && m_loading == 0);
    m_loading = std::max(0, m_loading - 1);
    return grpc::Status::OK;
}

grpc::Status TritonLikeServer::ModelMetadata(Context*, const wire::ModelMetadataRequest* request,
                                             wire::ModelMetadataResponse* response)
{
    const auto found = m_models.find(request->name());
    if (found == m_models.end())
        return {grpc::StatusCode::NOT_FOUND, "no such model"};
    std::lock_guard lock(m_mutex);
    if (m_loading > 0)
        return {grpc::StatusCode::UNAVAILABLE, "the model is loading"};
    const auto& config = found->second.config;
    response->set_name(request->name());
    response->add_versions("1");
    response->set_platform(config.platform());
    for (const auto& input : config.input())
        describe(input, *response->add_inputs());
    for (const auto& output : config.output())
        describe(output, *response->add_outputs());
    if (m_changeMetadata)
        m_changeMetadata(*response);
    return grpc::Status::OK;
}

grpc::Status TritonLikeServer::ModelConfig(Context*, const wire::ModelConfigRequest* request,
                                           wire::ModelConfigResponse* response)
{
    *response->mutable_config() = m_models.at(request->name()).config;
    std::lock_guard lock(m_mutex);
    if (m_changeConfig)
        m_changeConfig(*response->mutable_config());
    return grpc::Status::OK;
}

grpc::Status TritonLikeServer::pass(Context& context)
{
    std::unique_lock lock(m_mutex);
    ++m_waiting;
    m_changed.notify_all();
    m_changed.wait(lock, [&] { return m_isOpen || m_isStopped || context.IsCancelled(); });
    --m_waiting;
    if (m_isStopped)
        return {grpc::StatusCode::UNAVAILABLE, "stopping"};
    if (m_toRefuse == 0)
        return grpc::Status::OK;
    --m_toRefuse;
    ++m_refused;
    if (!m_pushback.empty())
        context.AddTrailingMetadata("grpc-retry-pushback-ms", m_pushback);
    return m_refusal;
}

grpc::Status TritonLikeServer::ModelInfer(Context* context, const wire::ModelInferRequest* request,
                                          wire::ModelInferResponse* response)
{
    if (auto passed = pass(*context); !passed.ok())
        return passed;
    const auto found = m_models.find(request->model_name());
    if (found == m_models.end())
        return {grpc::StatusCode::NOT_FOUND, "no such model"};
    if (auto computed = compute(found->second, *request, *response); !computed.ok())
        return computed;
    std::lock_guard lock(m_mutex);
    const auto frames = static_cast<int>(response->outputs(0).shape(0));
    m_frames += frames;
    m_largest = std::max(m_largest, frames);
    if (m_changeResponse)
        m_changeResponse(*response);
    return grpc::Status::OK;
}

grpc::Status TritonLikeServer::compute(Loaded& model, const wire::ModelInferRequest& request,
                                       wire::ModelInferResponse& response)
{
    const auto& config = model.config;
    if (request.inputs_size() != config.input_size() || request.raw_input_contents_size() != config.input_size())
        return wrong("there are as many inputs and raw contents as the model has");
    const auto batch = request.inputs(0).shape_size() > 0 ? request.inputs(0).shape(0) : 0;
    if (batch < 1 || batch > config.max_batch_size())
        return wrong("the batch is larger than the model takes");
    for (int i = 0; i < config.input_size(); ++i) {
        if (!fits(request.inputs(i), config.input(i), batch))
            return wrong("an input has another name, type or shape");
    }
    const auto& picture = request.raw_input_contents(0);
    const auto& window = request.raw_input_contents(1);
    std::vector<float> windows(window.size() / sizeof(float));
    std::copy_n(reinterpret_cast<const float*>(window.data()), windows.size(), windows.data());
    std::string mouths(picture.size(), '\0');
    std::lock_guard lock(m_computing);
    const auto ran =
        model.network->run({reinterpret_cast<const std::uint8_t*>(picture.data()), picture.size()}, windows,
                           static_cast<int>(batch), {reinterpret_cast<std::uint8_t*>(mouths.data()), mouths.size()});
    if (!ran)
        return {grpc::StatusCode::INTERNAL, ran.error().text()};
    response.set_model_name(request.model_name());
    auto& output = *response.add_outputs();
    output.set_name(config.output(0).name());
    output.set_datatype(typeName(config.output(0).data_type()));
    output.add_shape(batch);
    for (const auto side : config.output(0).dims())
        output.add_shape(side);
    response.add_raw_output_contents(std::move(mouths));
    return grpc::Status::OK;
}

} // namespace lipsync::test
