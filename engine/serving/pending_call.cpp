// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/pending_call.h"

#include <chrono>

namespace lipsync::serving {

namespace {

constexpr const char* kPushbackKey = "grpc-retry-pushback-ms";
constexpr const char* kTokenKey = "lipsync-token";
constexpr const char* kAuthorizationKey = "authorization";
constexpr std::string_view kBearer = "Bearer ";

grpc::StatusCode codeOf(FaultKind kind)
{
    switch (kind) {
    case FaultKind::BadRequest:
        return grpc::StatusCode::INVALID_ARGUMENT;
    case FaultKind::NotFound:
        return grpc::StatusCode::NOT_FOUND;
    case FaultKind::NotReady:
    case FaultKind::Draining:
        return grpc::StatusCode::UNAVAILABLE;
    case FaultKind::Overloaded:
        return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case FaultKind::TooLate:
        return grpc::StatusCode::DEADLINE_EXCEEDED;
    case FaultKind::Cancelled:
        return grpc::StatusCode::CANCELLED;
    case FaultKind::NoToken:
        return grpc::StatusCode::UNAUTHENTICATED;
    case FaultKind::Forbidden:
        return grpc::StatusCode::PERMISSION_DENIED;
    case FaultKind::Failed:
        break;
    }
    return grpc::StatusCode::INTERNAL;
}

std::string_view shownToken(const grpc::CallbackServerContext& context)
{
    const auto& metadata = context.client_metadata();
    if (const auto own = metadata.find(kTokenKey); own != metadata.end())
        return {own->second.data(), own->second.size()};
    if (const auto found = metadata.find(kAuthorizationKey); found != metadata.end()) {
        const std::string_view words(found->second.data(), found->second.size());
        if (words.starts_with(kBearer))
            return words.substr(kBearer.size());
    }
    return {};
}

} // namespace

grpc::Status statusOf(const Fault& fault, grpc::CallbackServerContext& context)
{
    if (fault.retryAfter)
        context.AddTrailingMetadata(
            kPushbackKey, std::to_string(std::chrono::ceil<std::chrono::milliseconds>(*fault.retryAfter).count()));
    return {codeOf(fault.kind), fault.sentence};
}

std::optional<TimePoint> deadlineOf(const grpc::CallbackServerContext& context)
{
    const auto deadline = context.deadline();
    if (deadline == std::chrono::system_clock::time_point::max())
        return {};
    constexpr auto kForEver = std::chrono::hours(24 * 365);
    const auto left = deadline - std::chrono::system_clock::now();
    if (left > kForEver)
        return {};
    return SteadyClock().now() + std::chrono::duration_cast<Duration>(left);
}

Answer<std::shared_ptr<CallTicket>> admit(const ServingParts& parts, const grpc::CallbackServerContext& context,
                                          const char* method, Right right)
{
    switch (parts.tokens.check(shownToken(context), right)) {
    case TokenList::Verdict::Unknown:
        parts.gate.refuse(method, context.peer(), FaultKind::NoToken);
        return fault(FaultKind::NoToken, "The token is missing or wrong.");
    case TokenList::Verdict::Forbidden:
        parts.gate.refuse(method, context.peer(), FaultKind::Forbidden);
        return fault(FaultKind::Forbidden, "This token does not allow to load or unload avatars.");
    case TokenList::Verdict::Allowed:
        break;
    }
    return parts.gate.admit(method, context.peer());
}

PendingCall::PendingCall(const ServingParts& parts, grpc::CallbackServerContext& context,
                         std::shared_ptr<CallTicket> ticket)
    : m_parts(parts)
    , m_context(context)
    , m_ticket(std::move(ticket))
    , m_deadline(deadlineOf(context))
    , m_strand(std::make_shared<Strand>(parts.tasks))
{
}

void PendingCall::start()
{
    m_self = shared_from_this();
    m_strand->post([self = m_self] { self->work(); });
}

void PendingCall::finish(const Answer<void>& ended)
{
    if (m_isFinished)
        return;
    m_isFinished = true;
    m_ticket->end(ended ? std::nullopt : std::optional(ended.error().kind));
    Finish(ended ? grpc::Status::OK : statusOf(ended.error(), m_context));
}

void PendingCall::OnCancel()
{
    m_strand->post([self = shared_from_this()] {
        if (!self->m_isFinished)
            self->cancelled();
    });
}

void PendingCall::OnDone()
{
    const auto self = std::move(m_self); // which ends here, or with its last task
}

} // namespace lipsync::serving
