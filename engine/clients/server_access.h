// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace lipsync::clients {

/// Where a server is and how a client shows that it may call it.
struct ServerAccess {
    std::string address; ///< HOST:PORT
    std::string token{}; ///< empty where none is needed
    bool usesTls = false;
    std::filesystem::path authoritiesFile{}; ///< PEM of who signed the server's certificate; empty: those of the system
    std::filesystem::path certificateFile{}, keyFile{}; ///< PEM of the client's own, for mutual TLS; both or none
};

} // namespace lipsync::clients
