// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/server.h"

#include "base/thread_name.h"
#include "inference/grpc_setup.h"
#include "serving/health_watch.h"
#include "serving/inference_service.h"
#include "serving/listening.h"
#include "serving/metrics_page.h"
#include "serving/optimized_service.h"
#include "serving/own_service.h"
#include "serving/readiness.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

namespace lipsync::serving {

namespace {

constexpr int kShortestPingIntervalMs = 5000; ///< that a client may have
constexpr int kMostPingStrikes = 3; ///< faster pings after which a connection is closed
constexpr int kPingIntervalMs = 20'000;
constexpr int kPingPatienceMs = 10'000;
constexpr int kMostMetadataBytes = 16 << 10;
constexpr std::size_t kMostBrowserRequests = 64; ///< beside their calls, at a time
constexpr int kReflectionThreads = 4; ///< reflection alone is served by gRPC's own threads
constexpr auto kCancelPatience = std::chrono::seconds(10); ///< with calls that were cancelled

int taskThreads()
{
    constexpr unsigned kCoresAThread = 4, kLeast = 2, kMost = 8;
    return static_cast<int>(std::clamp(std::thread::hardware_concurrency() / kCoresAThread, kLeast, kMost));
}

} // namespace

class Server::Impl {
public:
    Impl(session::FrameService& service, const ServerOptions& options, TokenList tokens,
         std::unique_ptr<AvatarShelf> shelf, ServerEvents events)
        : m_options(options)
        , m_tokens(std::move(tokens))
        , m_gate(options.gate, std::move(events.called))
        , m_shelf(std::move(shelf))
        , m_tasks(std::make_unique<TaskThreads>(taskThreads()))
        , m_turns(service, options.calls.longestWait)
        , m_parts{service, *m_shelf, *m_tasks, m_gate, m_tokens, options.calls, SteadyClock().now(), m_turns}
        , m_optimized(m_parts)
        , m_own(m_parts)
        , m_inference(m_parts, isLoopback(options.listen))
    {
    }

    ~Impl()
    {
        stop();
        m_tasks = nullptr; // what is left of them uses all the rest
    }

    Status listen(const std::optional<TlsKeys>& keys);
    void stop();

    const std::string& address() const { return m_address; }
    std::string metricsAddress() const { return m_metricsAddress; }
    std::string webAddress() const { return m_webAddress; }
    ServerCounts counts() const
    {
        return {m_gate.openCalls(), m_gate.counts(), seconds(SteadyClock().now() - m_parts.began)};
    }
    AvatarShelf& shelf() { return *m_shelf; }

private:
    Status listenForBrowsers(const std::optional<TlsKeys>& keys);
    void waitAsLameDuck();

    const ServerOptions m_options;
    const TokenList m_tokens;
    CallGate m_gate;
    const std::unique_ptr<AvatarShelf> m_shelf;
    std::unique_ptr<TaskThreads> m_tasks;
    SpeechTurns m_turns;
    const ServingParts m_parts;
    OptimizedService m_optimized;
    OwnService m_own;
    InferenceService m_inference;
    std::atomic<bool> m_isLeaving = false; ///< what is served ends soon
    std::string m_address, m_metricsAddress, m_webAddress;
    std::unique_ptr<grpc::Server> m_server;
    std::unique_ptr<MetricsPage> m_metrics;
    std::unique_ptr<WebServer> m_web;
    std::unique_ptr<HealthWatch> m_health; ///< of the server's health service
    std::once_flag m_stopped;
};

Status Server::Impl::listen(const std::optional<TlsKeys>& keys)
{
    inference::prepareGrpc();
    static std::once_flag once; // both act on every server that is built afterwards
    std::call_once(once, [] {
        grpc::EnableDefaultHealthCheckService(true);
        grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    });
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(m_options.listen, credentialsOf(keys), &port);
    builder.RegisterService(&m_own);
    builder.RegisterService(&m_optimized);
    builder.RegisterService(&m_inference);
    builder.SetMaxReceiveMessageSize(m_options.mostMessageBytes);
    builder.SetMaxSendMessageSize(-1);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0); // otherwise a second server would share the port
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, m_options.callsOfAConnection);
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMostMetadataBytes);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kShortestPingIntervalMs);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, kMostPingStrikes);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kPingIntervalMs);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingPatienceMs);
    builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::NUM_CQS, 1);
    builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MIN_POLLERS, 1);
    builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MAX_POLLERS, 1);
    builder.SetResourceQuota(
        grpc::ResourceQuota("serving").Resize(m_options.mostTransportBytes).SetMaxThreads(kReflectionThreads));
    m_server = builder.BuildAndStart();
    if (!m_server || port == 0)
        return failure(ErrorCode::Resource, whyNotListening(m_options.listen));
    m_address = fmt::format("{}:{}", m_options.listen.substr(0, m_options.listen.rfind(':')), port);
    if (!m_options.metricsListen.empty()) {
        auto page = MetricsPage::start(m_parts, m_options.metricsListen, [this] {
            return !m_isLeaving && ableWorkers(m_parts.service.pool().snapshot()) > 0;
        });
        if (!page)
            return failure(page);
        m_metrics = std::move(*page);
        m_metricsAddress = m_metrics->address();
    }
    if (auto listening = listenForBrowsers(keys); !listening)
        return listening;
    m_health = std::make_unique<HealthWatch>(m_parts, *m_server->GetHealthCheckService());
    if (m_options.loadsAll) {
        for (const auto& entry : m_shelf->list())
            m_shelf->load(entry.name, {}, [](const AvatarShelf::Loaded&) {});
    }
    return {};
}

Status Server::Impl::listenForBrowsers(const std::optional<TlsKeys>& keys)
{
    if (m_options.web.listen.empty())
        return {};
    auto options = m_options.web;
    options.mostConnections = m_options.gate.mostCalls + kMostBrowserRequests;
    options.calls.idlePatience = m_options.gate.idlePatience;
    auto web = WebServer::start(m_parts, std::move(options), keys);
    if (!web)
        return failure(web);
    m_web = std::move(*web);
    m_webAddress = m_web->address();
    return {};
}

void Server::Impl::waitAsLameDuck()
{
    if (m_options.lameDuck <= Duration::zero())
        return;
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, m_options.lameDuck, [] { return false; });
}

void Server::Impl::stop()
{
    std::call_once(m_stopped, [this] {
        if (!m_server)
            return;
        m_isLeaving = true;
        m_health = nullptr; // whoever watches hears that nothing is served any more
        if (m_web)
            m_web->leave();
        waitAsLameDuck();
        m_gate.close();
        m_shelf->stop();
        (void)m_gate.waitUntilEmpty(m_options.longestDrain);
        m_web = nullptr; // drops what is left
        m_server->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(100)); // cancels what is left
        (void)m_gate.waitUntilEmpty(kCancelPatience);
        m_server->Wait();
        m_server = nullptr;
        m_metrics = nullptr;
    });
}

Result<std::unique_ptr<Server>> Server::start(session::FrameService& service, const ServerOptions& options,
                                              ServerEvents events)
{
    TokenList tokens;
    if (!options.tokenFile.empty()) {
        auto read = TokenList::read(options.tokenFile);
        if (!read)
            return failure(read);
        tokens = std::move(*read);
    }
    if (auto checked = checkListening(options, tokens); !checked)
        return failure(checked);
    const auto keys = readTlsKeys(options);
    if (!keys)
        return failure(keys);
    auto shelf = AvatarShelf::create(service, {options.libraries});
    if (!shelf)
        return failure(shelf);
    auto impl = std::make_unique<Impl>(service, options, std::move(tokens), std::move(*shelf), std::move(events));
    if (auto listening = impl->listen(*keys); !listening)
        return failure(listening);
    return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

Server::~Server() = default;

const std::string& Server::address() const
{
    return m_impl->address();
}

std::string Server::metricsAddress() const
{
    return m_impl->metricsAddress();
}

std::string Server::webAddress() const
{
    return m_impl->webAddress();
}

ServerCounts Server::counts() const
{
    return m_impl->counts();
}

AvatarShelf& Server::shelf()
{
    return m_impl->shelf();
}

void Server::stop()
{
    m_impl->stop();
}

} // namespace lipsync::serving
