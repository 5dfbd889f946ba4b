// SPDX-License-Identifier: GPL-3.0-or-later
// libFuzzer target: bytes from outside as what an HTTP request says of who asks. A line each: path and query, "Host",
// "Origin", "Authorization", "lipsync-token".
#include "serving/web/web_visit.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace lipsync::serving;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    const auto nextLine = [&] {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        return std::string(line);
    };
    WebVisit visit;
    for (auto* part : {&visit.target, &visit.host, &visit.origin, &visit.authorization, &visit.ownToken})
        *part = nextLine();
    (void)placeOf(visit.target);
    if (shownToken(visit).size() > size)
        std::abort();
    for (const bool isForLocalNames : {false, true}) {
        const auto allowed = checkVisit(visit, {{"https://example.org"}, isForLocalNames});
        if (!allowed && allowed.error().sentence.empty())
            std::abort();
        // Whoever comes from nowhere may ask where any name will do; a page of somebody else never may.
        if (visit.origin.empty() && !isForLocalNames && !allowed)
            std::abort();
        WebVisit foreign = visit;
        foreign.host = "127.0.0.1:8080";
        foreign.origin = "https://elsewhere.example";
        if (checkVisit(foreign, {{"https://example.org"}, isForLocalNames}))
            std::abort();
    }
    return 0;
}
