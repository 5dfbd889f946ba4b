// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/worker_service.h"

#include "inference/grpc_setup.h"
#include "inference/worker_host.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>

#include <sys/stat.h>
#include <unistd.h>

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_context.h>
#include <worker_protocol.grpc.pb.h>

namespace lipsync::inference {

namespace {

namespace wire = worker::v1;

constexpr const char* kUnixPrefix = "unix:";
constexpr const char* kTokenKey = "lipsync-token";
constexpr std::size_t kMostSessions = 32;
constexpr int kMostThreads = 128;
constexpr int kCallsOfAConnection = 16;
constexpr int kShortestPingIntervalMs = 1000; ///< that a client may have
constexpr int kPingIntervalMs = 20'000;
constexpr int kPingPatienceMs = 10'000;
constexpr auto kPatience = std::chrono::seconds(2); ///< with the batch that runs when the service ends
constexpr auto kHungAfter = std::chrono::seconds(60); ///< a batch that takes longer will not end

grpc::Status refused(grpc::StatusCode code, const std::string& sentence)
{
    return {code, sentence};
}

grpc::Status badRequest(const Error& error)
{
    return refused(grpc::StatusCode::INVALID_ARGUMENT, error.text());
}

void write(const Error& error, wire::Failure& failure)
{
    failure.set_code(static_cast<std::uint32_t>(error.code));
    failure.set_sentence(error.message);
    failure.set_cause(error.cause);
}

/// Takes the same time wherever the first difference is.
bool isSameSecret(std::string_view shown, std::string_view secret)
{
    unsigned difference = shown.size() == secret.size() ? 0 : 1;
    for (std::size_t i = 0; i < shown.size(); ++i)
        difference |= static_cast<unsigned char>(shown[i]) ^ static_cast<unsigned char>(secret[i % secret.size()]);
    return difference == 0;
}

/// Whether "unix:/path" or "host:port" makes sense and may be served to those who reach it.
Status checkListening(const WorkerServiceOptions& options)
{
    const auto& address = options.address;
    if (address.starts_with("unix:/"))
        return {};
    const auto colon = address.rfind(':');
    const auto port = colon == std::string::npos ? std::string() : address.substr(colon + 1);
    constexpr std::size_t kPortDigits = 5;
    constexpr int kLastPort = 65535;
    if (port.empty() || port.size() > kPortDigits || port.find_first_not_of("0123456789") != std::string::npos ||
        std::stoi(port) > kLastPort)
        return failure(ErrorCode::Usage,
                       fmt::format("'{}' cannot be listened on: give HOST:PORT, such as 127.0.0.1:7460.", address));
    if (options.token.empty() && !isLoopback(address))
        return failure(ErrorCode::Usage,
                       fmt::format("'{}' is open to the network: set a token in LIPSYNC_WORKER_TOKEN on both sides, or "
                                   "listen on 127.0.0.1.",
                                   address));
    return {};
}

std::uint64_t randomNumber()
{
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
}

std::span<const std::uint8_t> bytesOf(const std::shared_ptr<const scheduling::JobOutput>& output)
{
    return static_cast<const MouthPicture&>(*output).bytes;
}

std::size_t bytesOf(const scheduling::BatchOutcome& outcome)
{
    std::size_t bytes = 0;
    for (const auto& output : outcome.outputs)
        bytes += bytesOf(output).size();
    return bytes;
}

/// Puts the pictures into a slot that holds them.
void writePictures(const scheduling::BatchOutcome& outcome, std::span<std::uint8_t> slot)
{
    for (const auto& output : outcome.outputs) {
        const auto picture = bytesOf(output);
        std::ranges::copy(picture, slot.begin());
        slot = slot.subspan(picture.size());
    }
}

/// Puts the pictures into the reply.
void writePictures(const scheduling::BatchOutcome& outcome, std::string& pictures)
{
    pictures.reserve(bytesOf(outcome));
    for (const auto& output : outcome.outputs) {
        const auto picture = bytesOf(output);
        pictures.append(reinterpret_cast<const char*>(picture.data()), picture.size());
    }
}

/// Everything but the pictures.
void write(const scheduling::BatchOutcome& outcome, wire::RunReply& reply)
{
    reply.set_batch_failure(static_cast<wire::BatchFailure>(outcome.failure));
    if (outcome.failure != scheduling::BatchFailure::None)
        write(outcome.error, *reply.mutable_failure());
    reply.set_input_ns(outcome.times.input.count());
    reply.set_infer_ns(outcome.times.infer.count());
    reply.set_output_ns(outcome.times.output.count());
}

static_assert(static_cast<int>(scheduling::BatchFailure::None) == wire::NONE &&
              static_cast<int>(scheduling::BatchFailure::Job) == wire::JOB &&
              static_cast<int>(scheduling::BatchFailure::OutOfMemory) == wire::OUT_OF_MEMORY &&
              static_cast<int>(scheduling::BatchFailure::WorkerLost) == wire::WORKER_LOST);

} // namespace

class WorkerService::Impl final : public wire::Worker::Service {
public:
    Impl(std::shared_ptr<ModelRegistry> registry, std::unique_ptr<scheduling::Worker> worker, ModelResolver resolver,
         WorkerServiceOptions options)
        : m_options(std::move(options))
        , m_host(std::move(registry), std::move(worker), std::move(resolver))
    {
    }

    ~Impl() override { end(); }

    Status listen();
    const std::string& address() const { return m_options.address; }

    grpc::Status Start(grpc::ServerContext* context,
                       grpc::ServerReaderWriter<wire::Welcome, wire::Hello>* stream) override;
    grpc::Status Prepare(grpc::ServerContext* context, const wire::PrepareRequest* request,
                         wire::PrepareReply* reply) override;
    grpc::Status Release(grpc::ServerContext* context, const wire::ReleaseRequest* request,
                         wire::ReleaseReply* reply) override;
    grpc::Status Run(grpc::ServerContext* context, const wire::RunRequest* request, wire::RunReply* reply) override;
    grpc::Status CheckHealth(grpc::ServerContext* context, const wire::HealthRequest* request,
                             wire::HealthReply* reply) override;

private:
    /// Whether the client showed the token.
    bool isAllowed(const grpc::ServerContext& context) const;
    /// Opens a session; nothing when there are too many.
    std::optional<std::uint64_t> open(grpc::ServerContext& context);
    void close(std::uint64_t session);
    /// Checks token and session, then runs `call` on the worker's thread.
    grpc::Status onWorker(grpc::ServerContext& context, std::uint64_t session,
                          const std::function<grpc::Status()>& call);
    grpc::Status runBatch(const wire::RunRequest& request, wire::RunReply& reply);
    /// Refuses a client without the token or without a session.
    grpc::Status admit(const grpc::ServerContext& context, std::uint64_t session) const;
    void end();

    WorkerServiceOptions m_options;
    WorkerHost m_host;
    mutable std::mutex m_mutex;
    std::map<std::uint64_t, grpc::ServerContext*> m_sessions;
    bool m_ending = false;
    std::unique_ptr<grpc::Server> m_server;
};

Status WorkerService::Impl::listen()
{
    Status started;
    m_host.onWorkerThread([&] { started = m_host.worker().start(); });
    if (!started)
        return started;
    const bool local = m_options.address.starts_with(kUnixPrefix);
    prepareGrpc();
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(m_options.address, grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(this);
    builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
    builder.SetMaxSendMessageSize(kMaxReplyBytes);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0); // otherwise a second service would share the port
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kCallsOfAConnection);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kShortestPingIntervalMs);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    if (!local) { // so that the session of a machine that vanished ends
        builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kPingIntervalMs);
        builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingPatienceMs);
    }
    builder.SetResourceQuota(grpc::ResourceQuota("worker service").SetMaxThreads(kMostThreads));
    constexpr mode_t kOthers = 077; // a socket of this user alone
    const auto before = local ? umask(kOthers) : mode_t{};
    m_server = builder.BuildAndStart();
    if (local)
        umask(before);
    if (!m_server || (!local && port == 0))
        return failure(ErrorCode::Resource,
                       fmt::format("'{}' cannot be listened on: it is taken, forbidden or no address of this machine.",
                                   m_options.address));
    if (!local)
        m_options.address = fmt::format("{}:{}", m_options.address.substr(0, m_options.address.rfind(':')), port);
    return {};
}

bool WorkerService::Impl::isAllowed(const grpc::ServerContext& context) const
{
    if (m_options.token.empty())
        return true;
    const auto found = context.client_metadata().find(kTokenKey);
    return found != context.client_metadata().end() &&
        isSameSecret({found->second.data(), found->second.size()}, m_options.token);
}

std::optional<std::uint64_t> WorkerService::Impl::open(grpc::ServerContext& context)
{
    std::lock_guard lock(m_mutex);
    if (m_ending || m_sessions.size() >= kMostSessions)
        return {};
    std::uint64_t session = 0;
    do {
        session = randomNumber();
    } while (session == 0 || m_sessions.contains(session));
    m_sessions.emplace(session, &context);
    return session;
}

void WorkerService::Impl::close(std::uint64_t session)
{
    {
        std::lock_guard lock(m_mutex);
        m_sessions.erase(session);
    }
    m_host.onWorkerThread([&] { m_host.releaseAll(session); });
}

grpc::Status WorkerService::Impl::admit(const grpc::ServerContext& context, std::uint64_t session) const
{
    if (!isAllowed(context))
        return refused(grpc::StatusCode::UNAUTHENTICATED, "The token is missing or wrong.");
    std::lock_guard lock(m_mutex);
    if (!m_sessions.contains(session))
        return refused(grpc::StatusCode::NOT_FOUND, "There is no such session.");
    return grpc::Status::OK;
}

grpc::Status WorkerService::Impl::onWorker(grpc::ServerContext& context, std::uint64_t session,
                                           const std::function<grpc::Status()>& call)
{
    if (auto admitted = admit(context, session); !admitted.ok())
        return admitted;
    grpc::Status status;
    try {
        const bool accepted =
            m_host.onWorkerThread([&] { status = context.IsCancelled() ? grpc::Status::CANCELLED : call(); });
        if (!accepted)
            return refused(grpc::StatusCode::UNAVAILABLE, "The worker is ending.");
    } catch (const std::bad_alloc&) {
        return refused(grpc::StatusCode::RESOURCE_EXHAUSTED, "The worker's machine has no memory left for this.");
    } catch (const std::exception& problem) {
        return refused(grpc::StatusCode::INTERNAL, problem.what());
    }
    return status;
}

grpc::Status WorkerService::Impl::Start(grpc::ServerContext* context,
                                        grpc::ServerReaderWriter<wire::Welcome, wire::Hello>* stream)
{
    if (!isAllowed(*context))
        return refused(grpc::StatusCode::UNAUTHENTICATED, "The token is missing or wrong.");
    wire::Hello hello;
    if (!stream->Read(&hello))
        return refused(grpc::StatusCode::INVALID_ARGUMENT, "A session begins with a greeting.");
    if (hello.protocol_version() != kProtocolVersion)
        return refused(grpc::StatusCode::FAILED_PRECONDITION,
                       fmt::format("The worker (version {}) speaks protocol {}, the client protocol {}: install the "
                                   "same release on both sides.",
                                   LIPSYNC_VERSION, kProtocolVersion, hello.protocol_version()));
    const auto session = open(*context);
    if (!session)
        return refused(grpc::StatusCode::RESOURCE_EXHAUSTED,
                       fmt::format("The worker is ending or has {} clients already.", kMostSessions));
    wire::Welcome welcome;
    welcome.set_session(*session);
    welcome.set_program_version(LIPSYNC_VERSION);
    welcome.set_process_id(getpid());
    if (stream->Write(welcome)) {
        while (stream->Read(&hello)) { // until the client ends or vanishes
        }
    }
    close(*session);
    return grpc::Status::OK;
}

grpc::Status WorkerService::Impl::Prepare(grpc::ServerContext* context, const wire::PrepareRequest* request,
                                          wire::PrepareReply* reply)
{
    return onWorker(*context, request->session(), [&]() -> grpc::Status {
        const auto read = readModelRequest(*request);
        if (!read)
            return badRequest(read.error());
        if (const auto prepared = m_host.prepare(request->session(), *read); !prepared)
            write(prepared.error(), *reply->mutable_failure());
        else if (const auto* block =
                     request->shares_pictures() ? m_host.sharePictures(request->session(), read->model) : nullptr)
            reply->set_pictures_path(block->path().string());
        return grpc::Status::OK;
    });
}

grpc::Status WorkerService::Impl::Release(grpc::ServerContext* context, const wire::ReleaseRequest* request,
                                          wire::ReleaseReply*)
{
    return onWorker(*context, request->session(), [&] {
        m_host.release(request->session(), request->model());
        return grpc::Status::OK;
    });
}

grpc::Status WorkerService::Impl::Run(grpc::ServerContext* context, const wire::RunRequest* request,
                                      wire::RunReply* reply)
{
    return onWorker(*context, request->session(), [&] { return runBatch(*request, *reply); });
}

grpc::Status WorkerService::Impl::runBatch(const wire::RunRequest& request, wire::RunReply& reply)
{
    const auto model = m_host.find(request.session(), request.model());
    if (!model)
        return refused(grpc::StatusCode::FAILED_PRECONDITION,
                       fmt::format("Model {} was not prepared.", request.model()));
    auto batch = readBatch(request, model->spec, model->crops->frameCount());
    if (!batch)
        return badRequest(batch.error());
    auto* block = m_host.sharedPictures(request.session(), request.model());
    const auto slot = request.picture_slot();
    if (slot > 0 && (!block || slot > kPictureSlots))
        return refused(grpc::StatusCode::INVALID_ARGUMENT, fmt::format("There is no picture slot {}.", slot));
    const auto outcome = m_host.run(request.session(), std::move(*batch));
    write(outcome, reply);
    if (outcome.failure != scheduling::BatchFailure::None)
        return grpc::Status::OK;
    if (bytesOf(outcome) != static_cast<std::size_t>(request.mouths_size()) * model->spec.pictureBytes())
        return refused(grpc::StatusCode::INTERNAL, "The worker gave other pictures than it was asked for.");
    if (slot == 0)
        writePictures(outcome, *reply.mutable_pictures());
    else if (bytesOf(outcome) <= block->slotBytes())
        writePictures(outcome, block->slot(static_cast<int>(slot)));
    else
        return refused(grpc::StatusCode::INVALID_ARGUMENT, "The batch is larger than a picture slot.");
    return grpc::Status::OK;
}

grpc::Status WorkerService::Impl::CheckHealth(grpc::ServerContext* context, const wire::HealthRequest* request,
                                              wire::HealthReply* reply)
{
    if (const auto busy = m_host.busyFor()) {
        if (auto admitted = admit(*context, request->session()); !admitted.ok())
            return admitted;
        reply->set_busy_ms(static_cast<std::int64_t>(milliseconds(*busy)));
        if (*busy > kHungAfter)
            write(Error{ErrorCode::Resource,
                        fmt::format("The worker has been busy with one batch for {:.0f} s.", seconds(*busy)),
                        {}},
                  *reply->mutable_failure());
        return grpc::Status::OK;
    }
    return onWorker(*context, request->session(), [&] {
        if (const auto healthy = m_host.worker().checkHealth(); !healthy)
            write(healthy.error(), *reply->mutable_failure());
        return grpc::Status::OK;
    });
}

void WorkerService::Impl::end()
{
    {
        std::lock_guard lock(m_mutex);
        m_ending = true;
        for (const auto& [session, context] : m_sessions)
            context->TryCancel();
    }
    m_host.end(kPatience);
    if (m_server)
        m_server->Shutdown(std::chrono::system_clock::now() + kPatience);
}

Result<std::unique_ptr<WorkerService>> WorkerService::start(std::shared_ptr<ModelRegistry> registry,
                                                            std::unique_ptr<scheduling::Worker> worker,
                                                            ModelResolver resolver, const WorkerServiceOptions& options)
{
    if (auto checked = checkListening(options); !checked)
        return failure(checked);
    auto impl = std::make_unique<Impl>(std::move(registry), std::move(worker), std::move(resolver), options);
    if (auto listening = impl->listen(); !listening)
        return failure(listening);
    return std::unique_ptr<WorkerService>(new WorkerService(std::move(impl)));
}

WorkerService::WorkerService(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

WorkerService::~WorkerService() = default;

const std::string& WorkerService::address() const
{
    return m_impl->address();
}

Result<ResolvedModel> resolveOnThisHost(const ModelRequest& request)
{
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(request.weightsFile, ignored))
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The weights file '{}' is missing.", request.weightsFile.string()));
    auto crops = nn::TemplateCrops::map(request.cropsPath, request.frameCount, request.spec.cropSize());
    if (!crops)
        return failure(crops);
    return ResolvedModel{{request.name, request.weightsFile, request.weightsHash, request.spec, std::move(*crops)},
                         nullptr};
}

bool isLoopback(const std::string& address)
{
    const auto colon = address.rfind(':');
    auto host = address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    if (host == "localhost" || host == "::1")
        return true;
    const bool numbers = !host.empty() && host.find_first_not_of("0123456789.") == std::string::npos;
    return numbers && std::ranges::count(host, '.') == 3 && host.starts_with("127.");
}

} // namespace lipsync::inference
