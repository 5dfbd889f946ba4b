// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "clients/server_access.h"

#include <memory>
#include <stop_token>
#include <string>

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

namespace lipsync::clients {

/// A connection of its own to the server. Waits until it is there; Resource when nobody answers in `patience`, Usage
/// for certificates that do not go together, Interrupted when stopped.
Result<std::shared_ptr<grpc::Channel>> connect(const ServerAccess& access, Duration patience,
                                               const std::stop_token& stop);

/// Gives a call the token, and a deadline when `patience` is positive.
void prepareContext(grpc::ClientContext& context, const ServerAccess& access, Duration patience);

/// "OK", "CANCELLED", …
const char* nameOf(grpc::StatusCode code);

} // namespace lipsync::clients
