// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/scheduling/scripted_worker.h"
#include "serving/server.h"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

namespace lipsync::test {

inline constexpr int kFixtureFrames = 12; ///< of a fixture's avatar's template
inline constexpr int kFixturePicture = 160; ///< side of its network's picture

/// Writes a library of avatars with a small network: "speaker" with a sound of its own, "silent" without one.
Status makeLibrary(const std::filesystem::path& folder);

/// What a fixture's workers are.
enum class Boundary {
    Real, ///< LibTorch
    Scripted, ///< no network: a picture is filled with its template frame's number; a Script holds them up
};

/// A FrameService with workers, a server for it on a free port of this machine, and a client's channel to it.
class ServingFixture {
public:
    ServingFixture(const std::filesystem::path& library, Boundary boundary,
                   const std::function<void(serving::ServerOptions&)>& change = {});
    ~ServingFixture();

    session::FrameService& service() { return *m_service; }
    serving::Server& server() { return *m_server; }
    /// Why the server did not start; empty when it did.
    const std::string& problem() const { return m_problem; }
    /// Of Boundary::Scripted.
    scheduling::Script& script() { return *m_script; }
    const std::shared_ptr<grpc::Channel>& channel() const { return m_channel; }
    /// Waits until an avatar is loaded.
    bool waitFor(const std::string& avatar);
    /// The calls that ended, the first few thousand of them.
    std::vector<serving::CallRecord> calls() const;

private:
    std::string m_problem;
    std::shared_ptr<scheduling::Script> m_script = std::make_shared<scheduling::Script>();
    mutable std::mutex m_mutex; ///< of the next one
    std::vector<serving::CallRecord> m_calls;
    std::unique_ptr<session::FrameService> m_service;
    std::unique_ptr<serving::Server> m_server;
    std::shared_ptr<grpc::Channel> m_channel;
};

/// A call by its name with the request's bytes on the wire, for services without generated code.
struct RawAnswer {
    grpc::Status status;
    std::string bytes;
};
RawAnswer rawCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method, const std::string& request,
                  grpc::ClientContext& context);
/// grpc.health.v1.Health/Check: the serving status, or nothing when the service is unknown.
std::optional<int> healthOf(const std::shared_ptr<grpc::Channel>& channel, const std::string& service);

/// Whether there is an openssl program.
bool canMakeCertificates();
/// Makes a certificate for 127.0.0.1, signed by itself, and its key: NAME.pem and NAME.key.
bool makeCertificate(const std::filesystem::path& folder, const std::string& name);

/// Open file descriptors of this process.
int openDescriptors();

} // namespace lipsync::test
