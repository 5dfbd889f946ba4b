// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/server.h"
#include "serving/tls_keys.h"
#include "serving/token_list.h"

#include <memory>
#include <optional>
#include <string>

#include <grpcpp/security/server_credentials.h>

namespace lipsync::serving {

/// Whether "HOST:PORT" reaches this machine alone.
bool isLoopback(const std::string& address);

/// Usage when the address makes no sense, when it is open to the network and neither a token nor mutual TLS is set, or
/// when TLS is set by halves.
Status checkListening(const ServerOptions& options, const TokenList& tokens);

/// The files that the options name for TLS; nothing where there is none. Resource when one cannot be read, or others may
/// read the private key.
Result<std::optional<TlsKeys>> readTlsKeys(const ServerOptions& options);
/// TLS with these keys, or none.
std::shared_ptr<grpc::ServerCredentials> credentialsOf(const std::optional<TlsKeys>& keys);

/// Why an address could not be listened on, found by trying once more; a sentence.
std::string whyNotListening(const std::string& address);

} // namespace lipsync::serving
