// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "scheduling/frame_job.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lipsync::serving {

/// Why a call or one of its frames has no answer; each kind is a status of its own on the wire.
enum class FaultKind : std::uint8_t {
    BadRequest, ///< it makes no sense, now or later
    NotFound, ///< there is no such avatar
    NotReady, ///< not now: still loading, or no worker is able to
    Overloaded, ///< too much is waiting; Fault::retryAfter says when to come back
    TooLate, ///< its deadline passed, or would
    Cancelled,
    Draining, ///< the server is stopping
    NoToken, ///< missing or wrong
    Forbidden,
    Failed, ///< a bug, a lost device or a file that went away
};

/// "bad_request", "not_found", …
std::string_view toString(FaultKind kind);

/// A refusal or failure in one sentence for whoever called.
struct Fault {
    FaultKind kind = FaultKind::Failed;
    std::string sentence;
    std::optional<Duration>
        retryAfter{}; ///< of Overloaded, and of a deadline that the waiting frames leave no time for
};

template <typename T> using Answer = tl::expected<T, Fault>;

tl::unexpected<Fault> fault(FaultKind kind, std::string sentence);
Fault faultOf(const scheduling::Refusal& refusal);
/// Of a result that is not Done.
Fault faultOf(const scheduling::JobResult& result);
Fault faultOf(const Error& error);

} // namespace lipsync::serving
