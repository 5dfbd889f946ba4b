// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/server_channel.h"
#include "clients/server_load.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace lipsync::clients {

/// How a call ended.
struct CallEnd {
    grpc::StatusCode code = grpc::StatusCode::OK;
    std::string problem; ///< the server's words; also of an answer that says of itself that it failed
    std::optional<Duration> pushback; ///< when to come back, as the server wishes
    TimePoint time; ///< of the server's last word

    bool isGood() const { return code == grpc::StatusCode::OK && problem.empty(); }
};

/// What a caller tells while it calls; on gRPC's threads.
struct CallEvents {
    /// So many frames have come; `sinceSound`: after the sound of the frame was sent, of paced speech.
    std::function<void(int frames, std::optional<Duration> sinceSound)> frames;
    std::function<void(const CallEnd&)> ended; ///< may begin the next call
};

/// Calls a server, one call after the other. begin() only when no call is under way; cancel() any time.
class Caller {
public:
    virtual ~Caller() = default;
    virtual void begin() = 0;
    virtual void cancel() = 0;
};

/// Makes callers that share what was learnt of the server.
using CallerMaker =
    std::function<std::unique_ptr<Caller>(const std::shared_ptr<grpc::Channel>& channel, CallEvents events)>;

/// Asks the server for what its calls need, loads the avatar where that is allowed, and prepares requests. InvalidInput
/// when the server has no such avatar, Usage for a number of frames that the service does not take.
Result<CallerMaker> speechCallers(const ServerAccess& access, const ServerLoadOptions& options,
                                  const std::shared_ptr<grpc::Channel>& channel);
Result<CallerMaker> optimizedCallers(const ServerAccess& access, const ServerLoadOptions& options,
                                     const std::shared_ptr<grpc::Channel>& channel);
Result<CallerMaker> kserveCallers(const ServerAccess& access, const ServerLoadOptions& options,
                                  const std::shared_ptr<grpc::Channel>& channel);

/// The end of a call with this status.
CallEnd endOf(const grpc::Status& status, const grpc::ClientContext& context);
/// A question before the load that the server did not answer well.
tl::unexpected<Error> questionFailure(const ServerAccess& access, const char* question, const grpc::Status& status);
/// 16 kHz mono sound that moves as a voice does: 16-bit little-endian.
std::string madeUpVoice(std::size_t samples);

inline constexpr Duration kQuestionPatience = std::chrono::minutes(2); ///< loading an avatar takes a while

} // namespace lipsync::clients
