// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/server_channel.h"

#include "base/file_system.h"
#include "inference/grpc_setup.h"

#include <algorithm>
#include <array>

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

namespace lipsync::clients {

namespace {

constexpr std::size_t kMostPemBytes = 1 << 20;

Result<std::string> readPem(const std::filesystem::path& file)
{
    if (file.empty())
        return std::string();
    auto bytes = readFile(file, kMostPemBytes);
    if (!bytes)
        return failure(bytes);
    return std::string(bytes->begin(), bytes->end());
}

Result<std::shared_ptr<grpc::ChannelCredentials>> credentialsOf(const ServerAccess& access)
{
    if (!access.usesTls && access.authoritiesFile.empty() && access.certificateFile.empty() && access.keyFile.empty())
        return grpc::InsecureChannelCredentials();
    if (access.certificateFile.empty() != access.keyFile.empty())
        return failure(ErrorCode::Usage, "A client's certificate needs its key, and a key its certificate.");
    grpc::SslCredentialsOptions options;
    for (const auto& [file, text] : {std::pair(&access.authoritiesFile, &options.pem_root_certs),
                                     std::pair(&access.certificateFile, &options.pem_cert_chain),
                                     std::pair(&access.keyFile, &options.pem_private_key)}) {
        auto read = readPem(*file);
        if (!read)
            return failure(read);
        *text = std::move(*read);
    }
    return grpc::SslCredentials(options);
}

} // namespace

Result<std::shared_ptr<grpc::Channel>> connect(const ServerAccess& access, Duration patience,
                                               const std::stop_token& stop)
{
    constexpr auto kLook = std::chrono::milliseconds(50);
    inference::prepareGrpc();
    const auto credentials = credentialsOf(access);
    if (!credentials)
        return failure(credentials);
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1); // otherwise channels share one connection
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0); // a refusal shall be seen
    auto channel = grpc::CreateCustomChannel(access.address, *credentials, arguments);
    const SteadyClock clock;
    const auto end = clock.now() + patience;
    while (!channel->WaitForConnected(std::chrono::system_clock::now() + kLook)) {
        if (stop.stop_requested())
            return failure(ErrorCode::Interrupted, "Stopped before the server was reached.");
        if (clock.now() >= end)
            return failure(ErrorCode::Resource,
                           fmt::format("Nobody answers at {}: is 'lipsync serve' running there, and do both sides "
                                       "agree on TLS?",
                                       access.address));
    }
    return channel;
}

void prepareContext(grpc::ClientContext& context, const ServerAccess& access, Duration patience)
{
    if (!access.token.empty())
        context.AddMetadata("authorization", "Bearer " + access.token);
    if (patience > Duration::zero())
        context.set_deadline(std::chrono::system_clock::now() +
                             std::chrono::duration_cast<std::chrono::system_clock::duration>(patience));
}

const char* nameOf(grpc::StatusCode code)
{
    constexpr std::array kNames{
        "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
        "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
        "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
        "DATA_LOSS", "UNAUTHENTICATED"};
    const auto number = static_cast<std::size_t>(code);
    return number < kNames.size() ? kNames[number] : "UNKNOWN";
}

} // namespace lipsync::clients
