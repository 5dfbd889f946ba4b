// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "clients/server_load.h"

#include <optional>
#include <stop_token>
#include <string>

#include <CLI/App.hpp>

namespace lipsync::cli {

/// What `bench` asks of a server instead of this machine's workers.
struct ServerBenchOptions {
    clients::ServerAccess access; ///< no address: no server
    std::string tokenFile;
    clients::ServerLoadOptions load; ///< without what `bench` has options of its own for
    std::string avatar; ///< empty: demo
    std::optional<double> deadlineMs;
};

/// --target and what belongs to it.
void addServerBenchOptions(CLI::App& command, ServerBenchOptions& options);

/// Offers load to the server and prints what came of it.
Status runServerBench(ServerBenchOptions options, bool json, const std::stop_token& stop);

} // namespace lipsync::cli
