// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>
#include <thread>

namespace lipsync::cli {

/// Turns SIGINT, SIGTERM and a closed terminal's SIGHUP into a stop request; a second signal ends the process at once.
/// Make one, first thing in main(), before any other thread: signals are blocked in all threads but its own.
class Interruption {
public:
    Interruption();
    ~Interruption();
    std::stop_token token() const { return m_source.get_token(); }

private:
    std::stop_source m_source;
    std::jthread m_thread; ///< "signals": waits for them
};

} // namespace lipsync::cli
