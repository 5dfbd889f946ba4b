// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/fault.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lipsync::serving {

/// What can be asked for by HTTP.
enum class WebPlace : std::uint8_t {
    Page, ///< "/"
    Health, ///< "/health"
    Requests, ///< "/ws", a WebSocket for the seed system's messages
    Speech, ///< "/speak", one for our own
    Nowhere,
};
WebPlace placeOf(std::string_view target);

/// The parts of an HTTP request that say who asks.
struct WebVisit {
    std::string target; ///< path and query
    std::string host, origin; ///< the headers of these names, or empty
    std::string authorization, ownToken; ///< "Authorization" and "lipsync-token"
};

/// The token that a request shows: in a header, or as "?token=…" where none can be set; empty when it shows none.
std::string shownToken(const WebVisit& visit);

/// Who may ask.
struct WebRules {
    std::vector<std::string> origins; ///< of pages of other servers that may, e.g. "https://example.org"; "null": files
    bool isForLocalNames = false; ///< only what calls the server by a name of this machine
};

/// Forbidden for pages of others, which a browser names in "Origin". Without a token whoever reaches the address may
/// ask, so that on loopback the server has to be called by a name of this machine: a page of somebody else whose name
/// suddenly means 127.0.0.1 would come from its own origin.
Answer<void> checkVisit(const WebVisit& visit, const WebRules& rules);

} // namespace lipsync::serving
