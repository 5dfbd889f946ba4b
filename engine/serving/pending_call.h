// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/serving_parts.h"

#include <memory>
#include <optional>
#include <string>

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

namespace lipsync::serving {

/// The status of a fault; a caller that shall come back later is told when (grpc-retry-pushback-ms).
grpc::Status statusOf(const Fault& fault, grpc::CallbackServerContext& context);
/// A caller's deadline on the clock of the scheduler; nothing when it sets none.
std::optional<TimePoint> deadlineOf(const grpc::CallbackServerContext& context);

/// Lets a call in that shows the right token ("authorization: Bearer TOKEN" or "lipsync-token: TOKEN"), and counts it.
Answer<std::shared_ptr<CallTicket>> admit(const ServingParts& parts, const grpc::CallbackServerContext& context,
                                          const char* method, Right right = Right::Use);

/// Answers a call at once, from what is at hand: `fill` writes the response or says why not.
template <typename Fill>
grpc::ServerUnaryReactor* answerAtOnce(const ServingParts& parts, grpc::CallbackServerContext* context,
                                       const char* method, Fill&& fill)
{
    auto* reactor = context->DefaultReactor();
    auto ticket = admit(parts, *context, method);
    Answer<void> filled;
    if (!ticket)
        filled = tl::unexpected(ticket.error());
    else
        filled = fill(**ticket);
    if (ticket)
        (*ticket)->end(filled ? std::nullopt : std::optional(filled.error().kind));
    reactor->Finish(filled ? grpc::Status::OK : statusOf(filled.error(), *context));
    return reactor;
}

/// A call whose answer takes a while. What happens to it happens on its strand; it keeps itself alive until gRPC is
/// done with it.
class PendingCall : public grpc::ServerUnaryReactor, public std::enable_shared_from_this<PendingCall> {
public:
    PendingCall(const ServingParts& parts, grpc::CallbackServerContext& context, std::shared_ptr<CallTicket> ticket);

    /// Begins `work` on the strand; once.
    void start();

protected:
    /// On the strand; ends with finish(), then or later.
    virtual void work() = 0;
    /// On the strand: the caller went away or its deadline has passed.
    virtual void cancelled() { }
    /// On the strand, once, when all is said.
    void finish(const Answer<void>& ended = {});
    bool isFinished() const { return m_isFinished; }

    const ServingParts& parts() const { return m_parts; }
    grpc::CallbackServerContext& context() { return m_context; }
    CallTicket& ticket() { return *m_ticket; }
    const std::shared_ptr<Strand>& strand() const { return m_strand; }
    std::optional<TimePoint> deadline() const { return m_deadline; }

private:
    void OnCancel() override;
    void OnDone() override;

    const ServingParts& m_parts;
    grpc::CallbackServerContext& m_context;
    std::shared_ptr<CallTicket> m_ticket;
    const std::optional<TimePoint> m_deadline;
    const std::shared_ptr<Strand> m_strand;
    bool m_isFinished = false; ///< on the strand
    std::shared_ptr<PendingCall> m_self; ///< until gRPC is done
};

/// Starts a call of this type, or answers at once why it is not let in.
template <typename Call, typename... Rest>
grpc::ServerUnaryReactor* startCall(const ServingParts& parts, grpc::CallbackServerContext* context, const char* method,
                                    Right right, std::size_t requestBytes, Rest&&... rest)
{
    auto ticket = admit(parts, *context, method, right);
    std::optional<Fault> refusal;
    if (!ticket)
        refusal = ticket.error();
    else if (auto taken = (*ticket)->takeBytes(requestBytes); !taken)
        refusal = taken.error();
    if (refusal) {
        if (ticket)
            (*ticket)->end(refusal->kind);
        auto* reactor = context->DefaultReactor();
        reactor->Finish(statusOf(*refusal, *context));
        return reactor;
    }
    auto call = std::make_shared<Call>(parts, *context, std::move(*ticket), std::forward<Rest>(rest)...);
    call->start();
    return call.get();
}

} // namespace lipsync::serving
