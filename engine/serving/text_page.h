// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace lipsync::serving {

/// Over HTTP: GET /metrics, a page of text, and GET /health, 200 or 503, for balancers that know no gRPC. A thread
/// "metrics page" answers one caller after the other and waits for none of them longer than two seconds. (The library's
/// own server gives its threads stacks that are too small for LibTorch's thread-local memory.)
class TextPage {
public:
    struct Events {
        std::function<std::string()> makeText; ///< on the page's thread
        std::function<bool(std::string_view token)> isAllowed; ///< to see the text, by "Authorization: Bearer TOKEN"
        std::function<bool()> isHealthy; ///< anybody may ask
    };

    /// Resource when the address cannot be listened on. Port 0 takes a free one.
    static Result<std::unique_ptr<TextPage>> start(const std::string& listen, Events events);
    ~TextPage();

    const std::string& address() const { return m_address; }

private:
    TextPage(int descriptor, int wake, std::string address, Events events);
    void run(const std::stop_token& stop);
    void answer(int connection, const std::stop_token& stop) const;

    const int m_descriptor; ///< listens
    const int m_wake; ///< an event that ends the wait for callers
    const std::string m_address;
    const Events m_events;
    std::jthread m_thread; ///< last: it uses all of the above
};

} // namespace lipsync::serving
