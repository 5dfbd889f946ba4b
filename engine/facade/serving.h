// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "metrics/stats_snapshot.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace lipsync {

/// Where other programs reach the engine, who may, and what is taken on at a time.
struct ServerOptions {
    std::string listen = "127.0.0.1:50051"; ///< HOST:PORT; port 0 takes a free one
    std::vector<std::filesystem::path> libraries; ///< folders of avatars; nothing outside of them is served
    bool loadsAll = true; ///< load every avatar at the start; otherwise clients ask for it
    /// One token a line that clients have to show, "use" behind those that may not load and unload avatars. Nobody but
    /// its owner may read the file.
    std::filesystem::path tokenFile;
    std::filesystem::path certificateFile, keyFile; ///< PEM; both or none: TLS, for browsers, too
    std::filesystem::path clientCertificatesFile; ///< PEM of who signed the clients' certificates: mutual TLS
    std::string metricsListen; ///< HOST:PORT of the Prometheus page; empty: none
    std::string webListen; ///< HOST:PORT of a page and WebSockets for browsers; empty: none
    std::vector<std::string> webOrigins; ///< of pages of other servers that may ask there, e.g. "https://example.org"
    std::size_t mostCalls = 512; ///< at a time
    double longestWaitMs = 2000; ///< predicted, after which frames without a deadline are refused
    double lameDuckMs = 0; ///< at the stop: not ready any more, but calls are still taken
    double longestDrainSeconds = 30; ///< what calls have left at the stop before they are cancelled
};

/// One call, when it ended or was refused: a line of an access log.
struct ServedCall {
    std::string peer; ///< who called
    std::string method; ///< "/package.Service/Method", or "GET /ws" of a browser
    std::string avatar;
    std::string status; ///< "ok", or why not: "overloaded", "too_late", "cancelled", …
    std::uint64_t frames = 0;
    std::uint64_t bytesIn = 0, bytesOut = 0;
    double durationMs = 0;
    double prepareMs = 0, queueMs = 0, computeMs = 0, encodeMs = 0; ///< of its frames together
};

/// What the calls of a method came to.
struct ServedMethod {
    std::string method;
    std::uint64_t accepted = 0, succeeded = 0, failed = 0;
    LatencySummary latency;
};

/// An avatar of the server's libraries.
struct ServedAvatarStatus {
    std::string name;
    std::string state; ///< "unloaded", "loading", "ready", "failed"
    std::string reason; ///< why it failed
    std::uint64_t frames = 0;
};

/// What a server did and does; poll a few times a second.
struct ServerStatistics {
    bool isStopping = false;
    std::size_t openCalls = 0;
    double uptimeSeconds = 0;
    std::uint64_t accepted = 0, failed = 0; ///< calls
    std::vector<ServedMethod> methods;
    std::vector<ServedAvatarStatus> avatars;
};

/// Called from threads of the server; must be quick and must not call it.
struct ServerEvents {
    std::function<void(const ServedCall&)> called;
    std::function<void()> stopped; ///< once, after stop(): nothing is served any more
};

/// The engine's gRPC server. Any thread may call anything. Its destructor waits for the drain.
class Server {
public:
    virtual ~Server() = default;

    /// Where it listens, with the port that was taken.
    virtual std::string address() const = 0;
    /// Where the Prometheus page is; empty when there is none.
    virtual std::string metricsAddress() const = 0;
    /// Where browsers are served; empty when they are not.
    virtual std::string webAddress() const = 0;
    virtual ServerStatistics statistics() const = 0;
    /// Begins to drain and returns at once; stopped() tells the end.
    virtual void stop() = 0;
};

} // namespace lipsync
