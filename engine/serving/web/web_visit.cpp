// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/web/web_visit.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace lipsync::serving {

namespace {

constexpr std::string_view kBearer = "Bearer ";

bool isSame(std::string_view first, std::string_view second)
{
    return std::ranges::equal(first, second,
                              [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

/// "%41" becomes "A"; what is no such thing stays.
std::string withoutPercents(std::string_view text)
{
    constexpr int kHexadecimal = 16;
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned char byte = 0;
        const auto* const digits = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(digits, digits + 2, byte, kHexadecimal).ptr == digits + 2) {
            plain += static_cast<char>(byte);
            i += 2;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

std::string parameter(std::string_view target, std::string_view name)
{
    const auto question = target.find('?');
    while (question != std::string_view::npos) {
        target.remove_prefix(target.find_first_of("?&") + 1);
        const auto pair = target.substr(0, target.find('&'));
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
            return withoutPercents(pair.substr(name.size() + 1));
        if (pair.size() == target.size())
            break;
    }
    return {};
}

/// "[::1]:80" becomes "[::1]".
std::string_view withoutPort(std::string_view host)
{
    const auto colon = host.rfind(':');
    return colon == std::string_view::npos || host.ends_with(']') ? host : host.substr(0, colon);
}

bool isLocalName(std::string_view host)
{
    constexpr std::array<std::string_view, 3> kNames{"localhost", "127.0.0.1", "[::1]"};
    return std::ranges::any_of(kNames, [&](std::string_view name) { return isSame(withoutPort(host), name); });
}

} // namespace

WebPlace placeOf(std::string_view target)
{
    const auto path = target.substr(0, target.find('?'));
    if (path == "/" || path == "/index.html")
        return WebPlace::Page;
    if (path == "/health")
        return WebPlace::Health;
    if (path == "/ws")
        return WebPlace::Requests;
    return path == "/speak" ? WebPlace::Speech : WebPlace::Nowhere;
}

std::string shownToken(const WebVisit& visit)
{
    if (!visit.ownToken.empty())
        return visit.ownToken;
    if (std::string_view(visit.authorization).starts_with(kBearer))
        return visit.authorization.substr(kBearer.size());
    return parameter(visit.target, "token");
}

Answer<void> checkVisit(const WebVisit& visit, const WebRules& rules)
{
    const bool isKnown =
        std::ranges::any_of(rules.origins, [&](const std::string& origin) { return isSame(origin, visit.origin); });
    if (isKnown)
        return {};
    const auto scheme = visit.origin.find("://");
    if (!visit.origin.empty() &&
        (scheme == std::string::npos || !isSame(std::string_view(visit.origin).substr(scheme + 3), visit.host)))
        return fault(FaultKind::Forbidden,
                     "Pages of other servers may not ask this one, unless it was started with their address as "
                     "--web-origin.");
    if (rules.isForLocalNames && !isLocalName(visit.host))
        return fault(FaultKind::Forbidden,
                     "This server has no tokens and is for its own machine: call it by localhost, 127.0.0.1 or [::1].");
    return {};
}

} // namespace lipsync::serving
