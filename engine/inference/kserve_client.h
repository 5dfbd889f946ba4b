// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "inference/kserve_address.h"

#include <memory>
#include <optional>
#include <string>

namespace inference {
class ModelConfig;
class ModelInferRequest;
class ModelInferResponse;
class ModelMetadataResponse;
} // namespace inference

namespace lipsync::inference {

/// How a server of the Open Inference Protocol is reached.
struct KserveClientOptions {
    KserveAddress address;
    std::string token; ///< sent as "authorization: Bearer TOKEN"; empty: none
    std::string certificateFile; ///< PEM of who signed the server's certificate; empty: whom the system trusts
};

/// Why a call failed, and what that means for a worker.
struct KserveProblem {
    enum class Kind {
        Busy, ///< the server lives and has too much to do: the same again later
        TooLarge, ///< for its memory or its messages: smaller requests may do
        Lost, ///< anything else
    };
    Kind kind = Kind::Lost;
    Error error;
    std::optional<Duration> retryAfter; ///< of Busy, when the server said so
};

/// Calls to one server. One thread calls its functions, cancel() is for any thread.
class KserveClient {
public:
    explicit KserveClient(KserveClientOptions options);
    ~KserveClient();

    /// Connects, and asks whether the server is ready. Usage when it does not take the token; Resource when nobody
    /// answers in time, or something else than such a server, or one that is not ready.
    Status start();
    /// What the server has under that name; waits while it loads it. Resource when there is no such model, or it does
    /// not become ready.
    Result<::inference::ModelMetadataResponse> metadata(const std::string& model);
    /// How it is configured; nothing where the server does not tell.
    Result<std::optional<::inference::ModelConfig>> configuration(const std::string& model);
    /// One request; nothing when it was answered.
    std::optional<KserveProblem> infer(const ::inference::ModelInferRequest& request,
                                       ::inference::ModelInferResponse& response, Duration atMost);
    /// Ends the call that runs and all that follow, and waitFor().
    void cancel() noexcept;
    /// Waits; false when it was cancelled.
    bool waitFor(Duration time);

    const std::string& server() const; ///< "host:port"

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace lipsync::inference
