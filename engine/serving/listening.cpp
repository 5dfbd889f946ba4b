// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/listening.h"

#include "base/file_system.h"
#include "inference/worker_service.h"

#include <cerrno>
#include <utility>

#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lipsync::serving {

namespace {

constexpr std::size_t kMostPemBytes = std::size_t{1} << 20;
constexpr mode_t kOthers = 077;

struct HostAndPort {
    std::string host, port;
};

std::optional<HostAndPort> split(const std::string& address)
{
    constexpr std::size_t kPortDigits = 5;
    constexpr int kLastPort = 65535;
    const auto colon = address.rfind(':');
    if (colon == std::string::npos || colon == 0)
        return {};
    HostAndPort parts{address.substr(0, colon), address.substr(colon + 1)};
    if (parts.port.empty() || parts.port.size() > kPortDigits ||
        parts.port.find_first_not_of("0123456789") != std::string::npos || std::stoi(parts.port) > kLastPort)
        return {};
    const bool isBracketed = parts.host.size() > 2 && parts.host.front() == '[' && parts.host.back() == ']';
    if (isBracketed)
        parts.host = parts.host.substr(1, parts.host.size() - 2);
    else if (parts.host.find(':') != std::string::npos || parts.host.find('/') != std::string::npos)
        return {};
    return parts;
}

Result<std::string> readPem(const std::filesystem::path& file)
{
    const auto text = readFile(file, kMostPemBytes);
    if (!text)
        return failure(text);
    return std::string(text->begin(), text->end());
}

/// The error of binding, 0 when it works.
int tryToBind(const HostAndPort& parts)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (getaddrinfo(parts.host.c_str(), parts.port.c_str(), &hints, &found) != 0)
        return ENOENT;
    int error = EADDRNOTAVAIL;
    for (const auto* each = found; each && error != 0; each = each->ai_next) {
        const int one = 1;
        const int descriptor = socket(each->ai_family, each->ai_socktype | SOCK_CLOEXEC, 0);
        if (descriptor < 0)
            continue;
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        error = bind(descriptor, each->ai_addr, each->ai_addrlen) == 0 && ::listen(descriptor, 1) == 0 ? 0 : errno;
        close(descriptor);
    }
    freeaddrinfo(found);
    return error;
}

} // namespace

bool isLoopback(const std::string& address)
{
    return inference::isLoopback(address);
}

Status checkListening(const ServerOptions& options, const TokenList& tokens)
{
    if (!split(options.listen))
        return failure(ErrorCode::Usage,
                       fmt::format("'{}' cannot be listened on: give HOST:PORT, such as 127.0.0.1:50051 or "
                                   "[::1]:50051.",
                                   options.listen));
    if (options.certificateFile.empty() != options.keyFile.empty())
        return failure(ErrorCode::Usage, "TLS needs both a certificate and its key.");
    const bool isMutual = !options.clientCertificatesFile.empty();
    if (isMutual && options.certificateFile.empty())
        return failure(ErrorCode::Usage,
                       "Certificates of clients can be asked for only with a certificate and a key "
                       "of the server's own.");
    if (!isLoopback(options.listen) && tokens.isEmpty() && !isMutual)
        return failure(ErrorCode::Usage,
                       fmt::format("'{}' is open to the network: give a token file or demand certificates of the "
                                   "clients, or listen on 127.0.0.1.",
                                   options.listen));
    return {};
}

Result<std::optional<TlsKeys>> readTlsKeys(const ServerOptions& options)
{
    if (options.certificateFile.empty())
        return std::optional<TlsKeys>();
    struct stat facts { };
    if (stat(options.keyFile.c_str(), &facts) == 0 && (facts.st_mode & kOthers) != 0)
        return failure(
            ErrorCode::Resource,
            fmt::format("Others may read or change the key {}: run chmod 600 on it.", options.keyFile.string()));
    TlsKeys keys;
    for (const auto& [file, text] : {std::pair{&options.certificateFile, &keys.certificates},
                                     {&options.keyFile, &keys.key},
                                     {&options.clientCertificatesFile, &keys.clientAuthorities}}) {
        if (file->empty())
            continue;
        auto read = readPem(*file);
        if (!read)
            return failure(read);
        *text = std::move(*read);
    }
    return std::optional(std::move(keys));
}

std::shared_ptr<grpc::ServerCredentials> credentialsOf(const std::optional<TlsKeys>& keys)
{
    if (!keys)
        return grpc::InsecureServerCredentials();
    grpc::SslServerCredentialsOptions tls(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
    tls.pem_key_cert_pairs.push_back({keys->key, keys->certificates});
    if (keys->isMutual()) {
        tls.pem_root_certs = keys->clientAuthorities;
        tls.client_certificate_request = GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
    }
    return grpc::SslServerCredentials(tls);
}

std::string whyNotListening(const std::string& address)
{
    const auto parts = split(address);
    switch (parts ? tryToBind(*parts) : ENOENT) {
    case EADDRINUSE:
        return fmt::format("'{}' cannot be listened on: another program has the port. Choose another one, or 0 for any "
                           "that is free.",
                           address);
    case EACCES:
        return fmt::format("'{}' cannot be listened on: ports below 1024 are for the administrator. Choose another "
                           "one.",
                           address);
    case ENOENT:
        return fmt::format("'{}' cannot be listened on: the name is not known.", address);
    case EADDRNOTAVAIL:
        return fmt::format("'{}' cannot be listened on: it is no address of this machine.", address);
    default:
        return fmt::format("'{}' cannot be listened on: it is taken or forbidden, or the certificate and its key do "
                           "not fit.",
                           address);
    }
}

} // namespace lipsync::serving
