// SPDX-License-Identifier: GPL-3.0-or-later
#include "grpc_server.h"

#include "base/thread_name.h"
#include "nn/torch_runtime.h"
#include "serving/server.h"

#include <atomic>
#include <mutex>
#include <thread>

namespace lipsync {

namespace {

constexpr const char* kSource = "server";

serving::ServerOptions servingOptions(const ServerOptions& options)
{
    serving::ServerOptions serving;
    serving.listen = options.listen;
    serving.libraries = options.libraries;
    serving.loadsAll = options.loadsAll;
    serving.tokenFile = options.tokenFile;
    serving.certificateFile = options.certificateFile;
    serving.keyFile = options.keyFile;
    serving.clientCertificatesFile = options.clientCertificatesFile;
    serving.metricsListen = options.metricsListen;
    serving.web.listen = options.webListen;
    serving.web.origins = options.webOrigins;
    serving.gate.mostCalls = options.mostCalls;
    serving.calls.longestWait = fromMilliseconds(options.longestWaitMs);
    serving.lameDuck = fromMilliseconds(options.lameDuckMs);
    serving.longestDrain = fromMilliseconds(1000 * options.longestDrainSeconds);
    return serving;
}

ServedCall servedCall(const serving::CallRecord& record)
{
    ServedCall call;
    call.peer = record.peer;
    call.method = record.method;
    call.avatar = record.avatar;
    call.status = record.fault ? std::string(toString(*record.fault)) : "ok";
    call.frames = record.frames;
    call.bytesIn = record.bytesIn;
    call.bytesOut = record.bytesOut;
    call.durationMs = record.durationMs;
    call.prepareMs = record.prepareMs;
    call.queueMs = record.queueMs;
    call.computeMs = record.computeMs;
    call.encodeMs = record.encodeMs;
    return call;
}

class GrpcServer final : public Server {
public:
    GrpcServer(std::unique_ptr<serving::Server> server, std::shared_ptr<EventLog> log, std::function<void()> stopped)
        : m_server(std::move(server))
        , m_log(std::move(log))
        , m_stoppedEvent(std::move(stopped))
    {
        m_log->info(kSource, fmt::format("Serving on {}.", m_server->address()));
    }
    ~GrpcServer() override { stop(); }

    std::string address() const override { return m_server->address(); }
    std::string metricsAddress() const override { return m_server->metricsAddress(); }
    std::string webAddress() const override { return m_server->webAddress(); }

    ServerStatistics statistics() const override
    {
        const auto counts = m_server->counts();
        ServerStatistics statistics;
        statistics.isStopping = m_isStopping;
        statistics.openCalls = counts.openCalls;
        statistics.uptimeSeconds = counts.uptimeSeconds;
        for (const auto& method : counts.methods) {
            statistics.accepted += method.accepted;
            statistics.failed += method.failed;
            statistics.methods.push_back(
                {method.method, method.accepted, method.succeeded, method.failed, method.latency});
        }
        for (const auto& avatar : m_server->shelf().list())
            statistics.avatars.push_back(
                {avatar.name, std::string(toString(avatar.state)), avatar.reason, avatar.frames});
        return statistics;
    }

    void stop() override
    {
        if (m_isStopping.exchange(true))
            return;
        m_thread = std::jthread([this] {
            setThreadName("server stop");
            m_server->stop();
            nn::handMemoryBack(); // of avatars that were only being opened, no worker does it
            std::uint64_t accepted = 0;
            for (const auto& method : m_server->counts().methods)
                accepted += method.accepted;
            m_log->info(kSource, fmt::format("Serving on {} has ended after {} calls.", m_server->address(), accepted));
            if (m_stoppedEvent)
                m_stoppedEvent();
        });
    }

private:
    const std::unique_ptr<serving::Server> m_server;
    const std::shared_ptr<EventLog> m_log;
    const std::function<void()> m_stoppedEvent;
    std::atomic<bool> m_isStopping{false};
    std::jthread m_thread; ///< last: it uses all of the above
};

} // namespace

Result<std::unique_ptr<Server>> startServer(session::FrameService& service, std::shared_ptr<EventLog> log,
                                            const ServerOptions& options, ServerEvents events)
{
    serving::ServerEvents told;
    if (events.called)
        told.called = [called = std::move(events.called)](const serving::CallRecord& record) {
            called(servedCall(record));
        };
    auto server = serving::Server::start(service, servingOptions(options), std::move(told));
    if (!server) {
        log->warning(kSource, "The server was not started: " + server.error().text());
        return failure(server);
    }
    return std::make_unique<GrpcServer>(std::move(*server), std::move(log), std::move(events.stopped));
}

} // namespace lipsync
