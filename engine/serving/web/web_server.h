// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/tls_keys.h"
#include "serving/web/web_call.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lipsync::serving {

/// Where browsers reach a server, and how many.
struct WebOptions {
    std::string listen{}; ///< HOST:PORT; port 0 takes a free one
    std::vector<std::string> origins{}; ///< of pages of other servers that may ask, too; see WebRules
    std::size_t mostConnections = 512; ///< of all kinds at a time; further ones are closed at once
    Duration requestPatience{std::chrono::seconds(10)}; ///< with an HTTP request, a handshake or a farewell
    Duration statisticsInterval{std::chrono::seconds(5)}; ///< after which everybody gets them
    WebCallLimits calls{};
};

/// HTTP and WebSockets for browsers and for clients of the seed system's proxy: the page on "/", WebRequestCall on "/ws",
/// WebSpeechCall on "/speak", "/health" for who balances load; encrypted where the server has a certificate. A thread "web"
/// reads and writes; the calls' strands do the rest. Any thread may call anything.
class WebServer {
public:
    /// Listens. `keys`: nothing without TLS. Usage when the address is open to the network and neither a token nor a
    /// client's certificate is asked for, Resource when it cannot be listened on or the keys cannot be used. What `parts` names must outlive the server and its tasks.
    static Result<std::unique_ptr<WebServer>> start(const ServingParts& parts, WebOptions options,
                                                    const std::optional<TlsKeys>& keys);
    /// Drops what is open; who was told to go gets a moment to say good-bye.
    ~WebServer();

    /// Where it listens, with the port that was taken.
    const std::string& address() const;
    /// From now on "/health" says no.
    void leave();

private:
    class Impl;
    explicit WebServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace lipsync::serving
