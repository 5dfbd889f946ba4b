// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "clients/server_access.h"
#include "metrics/latency_histogram.h"

#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

namespace lipsync::clients {

/// The services of a server.
enum class Service : std::uint8_t {
    Own, ///< lipsync.v1.LipSync: a call is a session that speaks
    Optimized, ///< the seed system's: a call asks for mouths as JPEG
    KServe, ///< inference.GRPCInferenceService: ModelInfer
};

/// How load is offered to a server, and for how long. Ends at whichever limit comes first.
struct ServerLoadOptions {
    Service service = Service::Own;
    std::string avatar = "demo";
    int streams = 8; ///< callers with one call under way each; of an open loop the most of them
    std::optional<double> rate; ///< open loop: calls a second, at random; otherwise callers call again and again
    int frames = 0; ///< of a call; 0: one, or two seconds of speech
    bool isPaced =
        false; ///< speech is sent as it is spoken, 40 ms at a time, instead of as fast as the server takes it
    std::optional<Duration> deadline; ///< of a call; of paced speech: of each frame, after its sound was sent
    double seconds = 10; ///< after the warm-up; 0 for no limit
    double warmUpSeconds = 0.5; ///< what is begun before does not count
    std::int64_t calls = 0; ///< that count; 0 for no limit
    std::uint64_t seed = 1; ///< of the open loop
};

/// What became of a load.
struct ServerLoadReport {
    std::uint64_t calls = 0; ///< begun after the warm-up
    std::uint64_t successes = 0;
    std::uint64_t refusals = 0; ///< RESOURCE_EXHAUSTED, or told when to come back
    std::uint64_t pushbacks = 0; ///< refusals that said when to come back
    std::uint64_t failures = 0; ///< all others
    std::uint64_t notSent = 0; ///< of an open loop: due while every caller was busy
    std::uint64_t frames = 0; ///< that came in `seconds`
    std::uint64_t lateFrames = 0; ///< of paced speech with a deadline
    double seconds = 0;
    bool isOfFrames = false; ///< whether `latency` is of paced speech's frames, not of calls
    metrics::HistogramSnapshot latency; ///< of good calls, from when they were meant to begin
    metrics::HistogramSnapshot refusalLatency;
    std::map<std::string, std::uint64_t> statuses; ///< of calls by their gRPC name
    std::string firstFailure; ///< the server's words; empty when all was well
    bool interrupted = false; ///< stopped before its time

    double framesPerSecond() const { return seconds > 0 ? static_cast<double>(frames) / seconds : 0; }
    double callsPerSecond() const { return seconds > 0 ? static_cast<double>(successes) / seconds : 0; }
};

/// Offers load to a server and waits until every call has ended. What callers hold is bounded by their number. Refused
/// callers of a closed loop come back when the server says, after a second at most. Blocks; failures of calls are
/// counted, never fatal; a stop cancels what is under way. The error of connect(), or why the server cannot be asked.
Result<ServerLoadReport> offerServerLoad(const ServerAccess& access, const ServerLoadOptions& options,
                                         const std::stop_token& stop);

} // namespace lipsync::clients
