// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/kserve_client.h"

#include "base/file_system.h"
#include "inference/cancellable_calls.h"
#include "inference/grpc_setup.h"
#include "inference/kserve_model.h"

#include <charconv>

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <open_inference.grpc.pb.h>

namespace lipsync::inference {

namespace {

namespace wire = ::inference;

constexpr const char* kAuthorizationKey = "authorization";
constexpr const char* kPushbackKey = "grpc-retry-pushback-ms";
constexpr auto kConnectPatience = std::chrono::seconds(5);
constexpr auto kAnswerPatience = std::chrono::seconds(5); ///< of what needs no computing
constexpr Duration kLoadingPause = std::chrono::milliseconds(200);
constexpr Duration kLoadingPatience = std::chrono::seconds(30); ///< for a model that the server is loading
constexpr int kPingIntervalMs = 10'000; ///< finds a machine that vanished without a word
constexpr int kPingPatienceMs = 5000;
/// A batch of 64 pictures and windows of the largest network, and of 64 pictures, with room to spare. gRPC's own limit,
/// 4 MiB, is thirteen pictures of the 328.
constexpr int kMostRequestBytes = 96 << 20;
constexpr int kMostReplyBytes = 56 << 20;
constexpr std::size_t kMostCertificateBytes = std::size_t{1} << 20;

Result<std::shared_ptr<grpc::ChannelCredentials>> credentialsOf(const KserveClientOptions& options)
{
    if (!options.address.isEncrypted)
        return grpc::InsecureChannelCredentials();
    grpc::SslCredentialsOptions encryption;
    if (!options.certificateFile.empty()) {
        const auto file = readFile(options.certificateFile, kMostCertificateBytes);
        if (!file)
            return failure(file);
        encryption.pem_root_certs.assign(file->begin(), file->end());
    }
    return grpc::SslCredentials(encryption);
}

std::shared_ptr<grpc::Channel> openChannel(const std::string& target,
                                           const std::shared_ptr<grpc::ChannelCredentials>& credentials)
{
    prepareGrpc();
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(kMostReplyBytes);
    arguments.SetMaxSendMessageSize(kMostRequestBytes);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1); // a connection of its own for every worker
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0); // whether a batch is tried again is the worker's choice
    arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kPingIntervalMs);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingPatienceMs);
    return grpc::CreateCustomChannel(target, credentials, arguments);
}

/// How long the server asked to stay away. Other numbers than such are no answer.
std::optional<Duration> pushbackOf(const grpc::ClientContext& context)
{
    constexpr int kLongestMs = 600'000;
    const auto& trailers = context.GetServerTrailingMetadata();
    const auto found = trailers.find(kPushbackKey);
    if (found == trailers.end())
        return {};
    int ms = 0;
    const auto [end, problem] = std::from_chars(found->second.begin(), found->second.end(), ms);
    if (problem != std::errc() || end != found->second.end() || ms < 0 || ms > kLongestMs)
        return {};
    return std::chrono::milliseconds(ms);
}

bool saysAnyOf(const std::string& text, std::initializer_list<const char*> words)
{
    return std::ranges::any_of(words, [&](const char* word) { return text.find(word) != std::string::npos; });
}

} // namespace

class KserveClient::Impl {
public:
    explicit Impl(KserveClientOptions options)
        : m_options(std::move(options))
    {
    }

    Status connect();
    const std::string& server() const { return m_options.address.target; }

    /// One unary call that cancel() reaches.
    template <typename Request, typename Reply>
    grpc::Status
    call(grpc::Status (wire::GRPCInferenceService::Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
         const Request& request, Reply& reply, Duration atMost, std::optional<Duration>* pushback = nullptr)
    {
        grpc::ClientContext context;
        if (!m_options.token.empty())
            context.AddMetadata(kAuthorizationKey, "Bearer " + m_options.token);
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::ceil<std::chrono::milliseconds>(atMost));
        if (!m_stub || !m_calls.begin(context))
            return grpc::Status::CANCELLED;
        const auto status = ((*m_stub).*method)(&context, request, &reply);
        m_calls.finish();
        if (pushback)
            *pushback = pushbackOf(context);
        return status;
    }
    /// What a status says about the server.
    Error errorOf(const grpc::Status& status) const;
    KserveProblem problemOf(const grpc::Status& status, std::optional<Duration> pushback) const;
    void cancel() noexcept { m_calls.cancel(); }
    bool waitFor(Duration time) { return m_calls.waitFor(time); }

private:
    const KserveClientOptions m_options;
    std::shared_ptr<grpc::Channel> m_channel;
    std::unique_ptr<wire::GRPCInferenceService::Stub> m_stub;
    CancellableCalls m_calls;
};

Status KserveClient::Impl::connect()
{
    const auto credentials = credentialsOf(m_options);
    if (!credentials)
        return failure(credentials);
    m_channel = openChannel(server(), *credentials);
    const auto deadline = std::chrono::system_clock::now() + kConnectPatience;
    for (auto state = m_channel->GetState(true); state != GRPC_CHANNEL_READY; state = m_channel->GetState(true)) {
        if (state == GRPC_CHANNEL_TRANSIENT_FAILURE || state == GRPC_CHANNEL_SHUTDOWN ||
            !m_channel->WaitForStateChange(state, deadline))
            return failure(ErrorCode::Resource,
                           fmt::format("Nobody answers at {}: is a 'lipsync serve' or another server of KServe v2 "
                                       "running there{}?",
                                       server(), m_options.address.isEncrypted ? " with TLS" : ", without TLS"));
    }
    m_stub = wire::GRPCInferenceService::NewStub(m_channel);
    return {};
}

Error KserveClient::Impl::errorOf(const grpc::Status& status) const
{
    auto cause = shownText(status.error_message());
    switch (status.error_code()) {
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::PERMISSION_DENIED:
        return {ErrorCode::Usage,
                fmt::format("The server at {} does not take this token: set one of its tokens in LIPSYNC_KSERVE_TOKEN.",
                            server()),
                std::move(cause)};
    case grpc::StatusCode::UNIMPLEMENTED:
        return {ErrorCode::Usage, fmt::format("What answers at {} does not speak KServe v2.", server()),
                std::move(cause)};
    case grpc::StatusCode::CANCELLED:
        return {ErrorCode::Interrupted, fmt::format("The call to the server at {} was given up.", server()),
                std::move(cause)};
    case grpc::StatusCode::DEADLINE_EXCEEDED:
        return {ErrorCode::Resource, fmt::format("The server at {} did not answer in time.", server()),
                std::move(cause)};
    case grpc::StatusCode::UNAVAILABLE:
        return {ErrorCode::Resource, fmt::format("The server at {} is gone, or takes no calls.", server()),
                std::move(cause)};
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
        return {ErrorCode::Resource,
                fmt::format("The server at {} has too much to do, or too little memory.", server()), std::move(cause)};
    default:
        return {ErrorCode::Resource, fmt::format("The server at {} refused a call.", server()), std::move(cause)};
    }
}

KserveProblem KserveClient::Impl::problemOf(const grpc::Status& status, std::optional<Duration> pushback) const
{
    KserveProblem problem{KserveProblem::Kind::Lost, errorOf(status), pushback};
    const auto& words = status.error_message();
    const bool isFull = status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED;
    // Some servers say "unavailable" when their queues are full; one that is gone has no connection any more.
    const bool isPutOff =
        status.error_code() == grpc::StatusCode::UNAVAILABLE && m_channel->GetState(false) == GRPC_CHANNEL_READY;
    if (saysAnyOf(words, {"larger than max", "out of memory", "OutOfMemory"}))
        problem.kind = KserveProblem::Kind::TooLarge;
    else if (isFull || isPutOff)
        problem.kind = KserveProblem::Kind::Busy;
    return problem;
}

KserveClient::KserveClient(KserveClientOptions options)
    : m_impl(std::make_unique<Impl>(std::move(options)))
{
}

KserveClient::~KserveClient() = default;

Status KserveClient::start()
{
    if (auto connected = m_impl->connect(); !connected)
        return connected;
    wire::ServerReadyResponse answer;
    const auto status = m_impl->call(&wire::GRPCInferenceService::Stub::ServerReady, wire::ServerReadyRequest(), answer,
                                     kAnswerPatience);
    if (!status.ok())
        return tl::unexpected<Error>(m_impl->errorOf(status));
    if (!answer.ready())
        return failure(ErrorCode::Resource, fmt::format("The server at {} is not ready.", server()));
    return {};
}

Result<wire::ModelMetadataResponse> KserveClient::metadata(const std::string& model)
{
    wire::ModelReadyRequest which;
    which.set_name(model);
    wire::ModelMetadataRequest request;
    request.set_name(model);
    for (Duration waited{};; waited += kLoadingPause) {
        wire::ModelReadyResponse answer;
        const auto asked = m_impl->call(&wire::GRPCInferenceService::Stub::ModelReady, which, answer, kAnswerPatience);
        if (!asked.ok() && asked.error_code() != grpc::StatusCode::NOT_FOUND)
            return tl::unexpected<Error>(m_impl->errorOf(asked));
        wire::ModelMetadataResponse metadata;
        const auto told =
            m_impl->call(&wire::GRPCInferenceService::Stub::ModelMetadata, request, metadata, kAnswerPatience);
        if (told.ok() && asked.ok() && answer.ready())
            return metadata;
        // A model that is being loaded is unavailable, one that is not there is not found.
        const bool isComing = told.ok() || told.error_code() == grpc::StatusCode::UNAVAILABLE;
        if (!isComing || waited >= kLoadingPatience || !m_impl->waitFor(kLoadingPause))
            return failure(ErrorCode::Resource,
                           fmt::format("The server at {} has no model '{}' that is ready: give its library the avatar, "
                                       "or its repository what 'lipsync export-triton' makes of it.",
                                       server(), model),
                           shownText(told.error_message()));
    }
}

Result<std::optional<wire::ModelConfig>> KserveClient::configuration(const std::string& model)
{
    wire::ModelConfigRequest request;
    request.set_name(model);
    wire::ModelConfigResponse response;
    const auto status =
        m_impl->call(&wire::GRPCInferenceService::Stub::ModelConfig, request, response, kAnswerPatience);
    if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED) // an extension of the protocol
        return std::optional<wire::ModelConfig>();
    if (!status.ok())
        return tl::unexpected<Error>(m_impl->errorOf(status));
    return std::optional(std::move(*response.mutable_config()));
}

std::optional<KserveProblem> KserveClient::infer(const wire::ModelInferRequest& request,
                                                 wire::ModelInferResponse& response, Duration atMost)
{
    std::optional<Duration> pushback;
    const auto status =
        m_impl->call(&wire::GRPCInferenceService::Stub::ModelInfer, request, response, atMost, &pushback);
    if (status.ok())
        return {};
    return m_impl->problemOf(status, pushback);
}

void KserveClient::cancel() noexcept
{
    m_impl->cancel();
}

bool KserveClient::waitFor(Duration time)
{
    return m_impl->waitFor(time);
}

const std::string& KserveClient::server() const
{
    return m_impl->server();
}

} // namespace lipsync::inference
