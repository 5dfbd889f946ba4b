// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/call_gate.h"
#include "serving/serving_parts.h"
#include "serving/web/web_server.h"
#include "session/frame_service.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lipsync::serving {

/// Where a server listens, to whom, and what it takes on.
struct ServerOptions {
    std::string listen = "127.0.0.1:50051"; ///< HOST:PORT; port 0 takes a free one
    std::vector<std::filesystem::path> libraries; ///< folders of avatars; nothing outside of them is served
    bool loadsAll = true; ///< load every avatar of the libraries at the start; otherwise clients ask for it
    std::filesystem::path tokenFile; ///< see TokenList::read(); empty: no token is needed
    std::filesystem::path certificateFile, keyFile; ///< PEM; both or none: TLS, for browsers, too
    std::filesystem::path clientCertificatesFile; ///< PEM of who signed the clients' certificates: mutual TLS
    std::string metricsListen; ///< HOST:PORT of the Prometheus page; empty: none
    WebOptions web{}; ///< where browsers are served; an empty address: nowhere. The gate's limits are theirs, too
    GateLimits gate{};
    CallLimits calls{};
    int mostMessageBytes = 64 << 20; ///< of one request
    std::size_t mostTransportBytes = std::size_t{512} << 20; ///< that gRPC may hold for all connections
    int callsOfAConnection = 128; ///< at a time
    Duration lameDuck{}; ///< at the stop: not ready any more, but calls are still taken
    Duration longestDrain{std::chrono::seconds(30)}; ///< what calls have left at the stop before they are cancelled
};

/// Called from threads of the server; must be quick and must not call it.
struct ServerEvents {
    std::function<void(const CallRecord&)> called; ///< every call, when it ended or was refused
};

/// What a server did and does.
struct ServerCounts {
    std::size_t openCalls = 0;
    std::vector<MethodCount> methods;
    double uptimeSeconds = 0;
};

/// One gRPC server for the workers of a FrameService: the services
/// lipsync.v1.LipSync, optimized_lipsyncsrv.OptimizedLipSyncService and inference.GRPCInferenceService, the standard's
/// health and reflection on one port; where it is wished, browsers on another. Any thread may call anything.
class Server {
public:
    /// Listens, and begins to load avatars. Usage when an address open to the network has neither a token nor mutual
    /// TLS; Resource when the address cannot be listened on.
    static Result<std::unique_ptr<Server>> start(session::FrameService& service, const ServerOptions& options,
                                                 ServerEvents events);
    /// stop().
    ~Server();

    /// Where it listens, with the port that was taken.
    const std::string& address() const;
    /// Where the Prometheus page is; empty when there is none.
    std::string metricsAddress() const;
    /// Where browsers are served; empty when they are not.
    std::string webAddress() const;
    ServerCounts counts() const;
    AvatarShelf& shelf();

    /// Not ready from now on; after the lame-duck interval takes no more calls, and waits until those under way have
    /// ended. What takes longer than longestDrain is cancelled. Later calls wait for the first.
    void stop();

private:
    class Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace lipsync::serving
