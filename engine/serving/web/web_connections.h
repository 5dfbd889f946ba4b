// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/web/web_server.h"
#include "serving/web/web_visit.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <set>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

namespace lipsync::serving {

inline constexpr auto kFarewellPatience = std::chrono::seconds(2); ///< with whoever is to go, and has been told

/// Something that is open, a request or a WebSocket. Keeps itself alive until it is over. On the thread "web".
class WebConnection {
public:
    virtual ~WebConnection() = default;
    /// Ends without a word.
    virtual void drop() = 0;
    /// Whether it ends by itself soon.
    virtual bool isLeaving() const { return false; }
    /// Now and then, see WebOptions::statisticsInterval.
    virtual void tick() { }
};

/// The connections of a server, and what they share. On the thread "web" but for `isLeaving`.
struct WebConnections {
    const ServingParts& parts;
    const WebOptions options;
    const WebRules rules;
    const std::unique_ptr<boost::asio::ssl::context> tls; ///< null without a certificate
    const std::shared_ptr<WebCounters> counters = std::make_shared<WebCounters>();
    std::atomic<bool> isLeaving{false};
    bool isStopping = false;
    std::function<void()> emptied{}; ///< called when the last connection has ended
    std::set<WebConnection*> open{};

    void add(WebConnection* connection) { open.insert(connection); }
    void remove(WebConnection* connection)
    {
        open.erase(connection);
        if (open.empty() && emptied)
            emptied();
    }
};

/// Takes a caller who has connected: reads its HTTP request, answers it or makes a WebSocket of it. `connections` must
/// outlive all that is open.
void beginConnection(WebConnections& connections, boost::asio::ip::tcp::socket socket);

} // namespace lipsync::serving
