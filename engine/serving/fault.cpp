// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/fault.h"

#include <algorithm>
#include <array>

namespace lipsync::serving {

namespace {

/// When nothing better is known.
constexpr Duration kShortestRetry = std::chrono::milliseconds(50);

} // namespace

std::string_view toString(FaultKind kind)
{
    constexpr std::array<std::string_view, 10> names{"bad_request", "not_found", "not_ready", "overloaded", "too_late",
                                                     "cancelled",   "draining",  "no_token",  "forbidden",  "failed"};
    return names[static_cast<std::size_t>(kind)];
}

tl::unexpected<Fault> fault(FaultKind kind, std::string sentence)
{
    return tl::unexpected<Fault>(Fault{kind, std::move(sentence)});
}

Fault faultOf(const scheduling::Refusal& refusal)
{
    using Reason = scheduling::Refusal::Reason;
    switch (refusal.reason) {
    case Reason::QueueFull:
    case Reason::WaitTooLong:
        return {FaultKind::Overloaded, refusal.text(), std::max(kShortestRetry, refusal.predictedWait)};
    case Reason::DeadlineUnreachable:
        return {FaultKind::TooLate, refusal.text(), std::max(kShortestRetry, refusal.predictedWait)};
    case Reason::Draining:
        return {FaultKind::Draining, refusal.text()};
    case Reason::NotReady:
        return {FaultKind::NotReady, refusal.text()};
    case Reason::UnknownStream:
        break;
    }
    return {FaultKind::Cancelled, refusal.text()};
}

Fault faultOf(const scheduling::JobResult& result)
{
    using Outcome = scheduling::JobOutcome;
    switch (result.outcome) {
    case Outcome::Expired:
        return {FaultKind::TooLate, "The frame's deadline passed before a worker was free."};
    case Outcome::Cancelled:
        return {FaultKind::Cancelled, "The frame was cancelled."};
    case Outcome::Failed:
    case Outcome::Done:
        break;
    }
    return {FaultKind::Failed, result.error.message};
}

Fault faultOf(const Error& error)
{
    switch (error.code) {
    case ErrorCode::Usage:
        return {FaultKind::BadRequest, error.message};
    case ErrorCode::Interrupted:
        return {FaultKind::Cancelled, error.message};
    case ErrorCode::InvalidInput:
    case ErrorCode::Resource:
    case ErrorCode::Internal:
        break;
    }
    return {FaultKind::Failed, error.message};
}

} // namespace lipsync::serving
