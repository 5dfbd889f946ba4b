// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/worker_client.h"

#include "inference/cancellable_calls.h"
#include "inference/grpc_setup.h"
#include "inference/picture_block.h"

#include <map>

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <worker_protocol.grpc.pb.h>

namespace lipsync::inference {

namespace {

namespace wire = worker::v1;
using scheduling::BatchFailure;
using scheduling::BatchOutcome;

constexpr const char* kTokenKey = "lipsync-token";
constexpr int kPingIntervalMs = 5000; ///< finds a machine that vanished without a word
constexpr int kPingPatienceMs = 5000;
constexpr auto kReleasePatience = std::chrono::seconds(5);

std::shared_ptr<grpc::Channel> openChannel(const std::string& address)
{
    prepareGrpc();
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(kMaxReplyBytes);
    arguments.SetMaxSendMessageSize(kMaxRequestBytes);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1); // a connection of its own for every worker
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0); // whether a batch is tried again is the scheduler's choice
    arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
    if (!address.starts_with("unix:")) { // a process of this host cannot vanish without its socket's end
        arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kPingIntervalMs);
        arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingPatienceMs);
        arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    }
    return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

/// Whether the channel is connected in time; at once when nobody listens at its address.
bool connects(grpc::Channel& channel, Duration atMost)
{
    const auto deadline = std::chrono::system_clock::now() + std::chrono::ceil<std::chrono::milliseconds>(atMost);
    while (true) {
        const auto state = channel.GetState(/*try_to_connect=*/true);
        if (state == GRPC_CHANNEL_READY)
            return true;
        if (state == GRPC_CHANNEL_TRANSIENT_FAILURE || state == GRPC_CHANNEL_SHUTDOWN)
            return false;
        if (!channel.WaitForStateChange(state, deadline))
            return false;
    }
}

ErrorCode readCode(std::uint32_t code)
{
    return code <= static_cast<std::uint32_t>(ErrorCode::Internal) ? static_cast<ErrorCode>(code) : ErrorCode::Internal;
}

Error readError(const wire::Failure& failure)
{
    return {readCode(failure.code()), failure.sentence(), failure.cause()};
}

bool isRefusal(const grpc::Status& status)
{
    return status.error_code() == grpc::StatusCode::INVALID_ARGUMENT ||
        status.error_code() == grpc::StatusCode::FAILED_PRECONDITION;
}

/// What a status of gRPC says about a worker at `address`.
Error statusError(const grpc::Status& status, const std::string& address)
{
    if (status.error_code() == grpc::StatusCode::UNAUTHENTICATED)
        return {ErrorCode::Usage,
                fmt::format("The worker at {} does not take this token: set the same LIPSYNC_WORKER_TOKEN on both "
                            "sides.",
                            address),
                {}};
    if (status.error_code() == grpc::StatusCode::FAILED_PRECONDITION)
        return {ErrorCode::Usage, status.error_message(), {}};
    if (isRefusal(status))
        return {ErrorCode::Internal, fmt::format("The worker at {} refused a request.", address),
                status.error_message()};
    return {ErrorCode::Resource, fmt::format("The connection to the worker at {} was lost.", address),
            status.error_message()};
}

} // namespace

class WorkerClient::Impl {
public:
    explicit Impl(WorkerClientOptions options)
        : m_options(std::move(options))
    {
    }
    ~Impl();

    Status start();
    Status greet();
    BatchOutcome run(const scheduling::Batch& batch, const nn::GeneratorSpec& spec);
    Status prepare(const ModelRequest& request, bool sharesPictures);
    void release(scheduling::ModelId model);
    void cancel() noexcept { m_calls.cancel(); }

    /// One unary call: fills in the session, can be cancelled.
    template <typename Request, typename Reply>
    grpc::Status call(grpc::Status (wire::Worker::Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
                      Request& request, Reply& reply, std::optional<Duration> atMost = {})
    {
        grpc::ClientContext context;
        prepareContext(context);
        if (atMost)
            context.set_deadline(std::chrono::system_clock::now() +
                                 std::chrono::ceil<std::chrono::milliseconds>(*atMost));
        request.set_session(m_session);
        if (!m_stub || !m_calls.begin(context))
            return grpc::Status::CANCELLED;
        const auto status = ((*m_stub).*method)(&context, request, &reply);
        m_calls.finish();
        m_lost = m_lost || (!status.ok() && !isRefusal(status));
        return status;
    }
    template <typename Reply> Status outcome(const grpc::Status& status, const Reply& reply) const
    {
        if (!status.ok())
            return tl::unexpected<Error>(statusError(status, m_options.address));
        if (reply.has_failure())
            return tl::unexpected<Error>(readError(reply.failure()));
        return {};
    }
    int processId() const { return m_processId; }
    bool isLost() const { return m_lost; }

private:
    using Slot = std::shared_ptr<const LentPictures::Slot>;
    /// A slot for pictures of that many bytes; null when they have to come in the reply.
    Slot takeSlot(scheduling::ModelId model, std::size_t bytes);
    BatchOutcome readReply(std::shared_ptr<wire::RunReply> reply, Slot slot, std::size_t mouths,
                           std::size_t pictureBytes) const;
    void prepareContext(grpc::ClientContext& context) const
    {
        if (!m_options.token.empty())
            context.AddMetadata(kTokenKey, m_options.token);
    }
    const WorkerClientOptions m_options;
    std::shared_ptr<grpc::Channel> m_channel;
    std::unique_ptr<wire::Worker::Stub> m_stub;
    std::uint64_t m_session = 0;
    int m_processId = 0;
    bool m_lost = false;
    std::map<scheduling::ModelId, std::shared_ptr<LentPictures>> m_shared;
    grpc::ClientContext m_sessionContext; ///< before the stream, which uses it
    std::unique_ptr<grpc::ClientReaderWriter<wire::Hello, wire::Welcome>> m_stream;
    CancellableCalls m_calls;
};

WorkerClient::Impl::~Impl()
{
    if (!m_stream)
        return;
    m_sessionContext.TryCancel();
    m_stream->Finish();
}

Status WorkerClient::Impl::start()
{
    m_channel = openChannel(m_options.address);
    if (!connects(*m_channel, m_options.connectTimeout))
        return failure(ErrorCode::Resource,
                       fmt::format("Nobody answers at {}: is 'lipsync worker' running there?", m_options.address));
    m_stub = wire::Worker::NewStub(m_channel);
    prepareContext(m_sessionContext);
    if (!m_calls.begin(m_sessionContext))
        return failure(ErrorCode::Interrupted, "The worker was given up before it started.");
    auto greeted = greet();
    m_calls.finish();
    return greeted;
}

Status WorkerClient::Impl::greet()
{
    m_stream = m_stub->Start(&m_sessionContext);
    wire::Hello hello;
    hello.set_protocol_version(kProtocolVersion);
    hello.set_program_version(LIPSYNC_VERSION);
    wire::Welcome welcome;
    if (m_stream->Write(hello) && m_stream->Read(&welcome)) {
        m_session = welcome.session();
        m_processId = welcome.process_id();
        return {};
    }
    const auto status = m_stream->Finish();
    m_stream.reset();
    m_lost = !isRefusal(status);
    return tl::unexpected<Error>(statusError(status, m_options.address));
}

BatchOutcome WorkerClient::Impl::run(const scheduling::Batch& batch, const nn::GeneratorSpec& spec)
{
    const SteadyClock clock;
    const auto begun = clock.now();
    wire::RunRequest request;
    write(batch, request);
    auto slot = takeSlot(batch.model, batch.contents.size() * spec.pictureBytes());
    if (slot)
        request.set_picture_slot(static_cast<std::uint32_t>(slot->number()));
    const auto written = clock.now();
    auto reply = std::make_shared<wire::RunReply>();
    const auto status = call(&wire::Worker::Stub::Run, request, *reply);
    if (!status.ok()) {
        auto error = statusError(status, m_options.address);
        if (!isRefusal(status))
            return lostOutcome(std::move(error));
        return {.failure = BatchFailure::Job, .error = std::move(error), .outputs = {}, .times = {}};
    }
    auto outcome = readReply(std::move(reply), std::move(slot), batch.contents.size(), spec.pictureBytes());
    // Whatever the worker did not count was spent on the way: there before the call, and back.
    auto& times = outcome.times;
    const auto total = clock.now() - begun, counted = times.input + times.infer + times.output;
    times.input += written - begun;
    times.output += std::max(Duration{}, total - counted - (written - begun));
    return outcome;
}

Status WorkerClient::Impl::prepare(const ModelRequest& request, bool sharesPictures)
{
    wire::PrepareRequest message;
    write(request, message);
    message.set_shares_pictures(sharesPictures);
    wire::PrepareReply reply;
    m_shared.erase(request.model);
    const auto status = call(&wire::Worker::Stub::Prepare, message, reply);
    if (auto prepared = outcome(status, reply); !prepared)
        return prepared;
    const auto slotBytes = request.spec.pictureBytes() * static_cast<std::size_t>(request.batchSizes.back());
    if (reply.pictures_path().starts_with(fmt::format("/proc/{}/fd/", m_processId))) {
        // Where it cannot be mapped, pictures come in the replies.
        if (auto mapped = LentPictures::map(reply.pictures_path(), slotBytes))
            m_shared.emplace(request.model, std::move(*mapped));
    }
    return {};
}

void WorkerClient::Impl::release(scheduling::ModelId model)
{
    wire::ReleaseRequest message;
    message.set_model(model);
    wire::ReleaseReply reply;
    call(&wire::Worker::Stub::Release, message, reply, kReleasePatience);
    m_shared.erase(model);
}

WorkerClient::Impl::Slot WorkerClient::Impl::takeSlot(scheduling::ModelId model, std::size_t bytes)
{
    const auto shared = m_shared.find(model);
    return shared != m_shared.end() && bytes <= shared->second->slotBytes() ? shared->second->take() : nullptr;
}

BatchOutcome WorkerClient::Impl::readReply(std::shared_ptr<wire::RunReply> reply, Slot slot, std::size_t mouths,
                                           std::size_t pictureBytes) const
{
    BatchOutcome outcome;
    outcome.times = {Duration(std::max<std::int64_t>(0, reply->input_ns())),
                     Duration(std::max<std::int64_t>(0, reply->infer_ns())),
                     Duration(std::max<std::int64_t>(0, reply->output_ns()))};
    if (reply->batch_failure() != wire::NONE) {
        outcome.error = readError(reply->failure());
        switch (reply->batch_failure()) {
        case wire::JOB:
            outcome.failure = BatchFailure::Job;
            break;
        case wire::OUT_OF_MEMORY:
            outcome.failure = BatchFailure::OutOfMemory;
            break;
        default:
            outcome.failure = BatchFailure::WorkerLost;
        }
        return outcome;
    }
    std::span pictures(reinterpret_cast<const std::uint8_t*>(reply->pictures().data()), reply->pictures().size());
    std::shared_ptr<const void> owner = reply;
    if (slot) {
        pictures = slot->bytes().first(mouths * pictureBytes);
        owner = std::move(slot);
    }
    if (pictures.size() != mouths * pictureBytes)
        return lostOutcome({ErrorCode::Internal,
                            fmt::format("The worker at {} sent {} bytes of pictures instead of {}.", m_options.address,
                                        pictures.size(), mouths * pictureBytes),
                            {}});
    for (std::size_t i = 0; i < mouths; ++i) {
        auto picture = std::make_shared<MouthPicture>();
        picture->buffer = owner;
        picture->bytes = pictures.subspan(i * pictureBytes, pictureBytes);
        outcome.outputs.push_back(std::move(picture));
    }
    return outcome;
}

WorkerClient::WorkerClient(WorkerClientOptions options)
    : m_impl(std::make_unique<Impl>(std::move(options)))
{
}

WorkerClient::~WorkerClient() = default;

Status WorkerClient::start()
{
    return m_impl->start();
}

int WorkerClient::processId() const
{
    return m_impl->processId();
}

bool WorkerClient::isLost() const
{
    return m_impl->isLost();
}

Status WorkerClient::prepare(const ModelRequest& request, bool sharesPictures)
{
    return m_impl->prepare(request, sharesPictures);
}

void WorkerClient::release(scheduling::ModelId model)
{
    m_impl->release(model);
}

BatchOutcome WorkerClient::run(const scheduling::Batch& batch, const nn::GeneratorSpec& spec)
{
    return m_impl->run(batch, spec);
}

Status WorkerClient::checkHealth()
{
    wire::HealthRequest message;
    wire::HealthReply reply;
    const auto status = m_impl->call(&wire::Worker::Stub::CheckHealth, message, reply);
    return m_impl->outcome(status, reply);
}

void WorkerClient::cancel() noexcept
{
    m_impl->cancel();
}

BatchOutcome lostOutcome(Error error)
{
    return {.failure = BatchFailure::WorkerLost, .error = std::move(error), .outputs = {}, .times = {}};
}

BatchOutcome unknownModelOutcome(scheduling::ModelId model)
{
    return {.failure = BatchFailure::Job,
            .error = {ErrorCode::Internal, fmt::format("Model {} is not known to the worker.", model), {}},
            .outputs = {},
            .times = {}};
}

ModelRequest requestFor(scheduling::ModelId number, const Model& model, const std::vector<int>& batchSizes,
                        bool sharesFiles)
{
    ModelRequest request;
    request.model = number;
    request.name = model.name;
    request.weightsHash = model.weightsHash;
    request.spec = model.spec;
    request.frameCount = model.crops->frameCount();
    request.batchSizes = batchSizes;
    if (sharesFiles) {
        request.weightsFile = std::filesystem::absolute(model.weightsFile);
        request.cropsPath = model.crops->mapPath();
    }
    return request;
}

} // namespace lipsync::inference
