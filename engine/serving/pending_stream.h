// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/pending_call.h"

#include <deque>
#include <memory>
#include <mutex>
#include <utility>

namespace lipsync::serving {

/// A call of many requests and many responses. What happens to it happens on its strand; it keeps itself alive until
/// gRPC is done with it. Requests are read one at a time, when the call asks for the next one, so that a caller who
/// sends faster than it is served, or does not read, is held back by the transport and fills nobody's memory.
template <typename Request, typename Response>
class PendingStream : public grpc::ServerBidiReactor<Request, Response>,
                      public std::enable_shared_from_this<PendingStream<Request, Response>> {
public:
    PendingStream(const ServingParts& parts, grpc::CallbackServerContext& context, std::shared_ptr<CallTicket> ticket)
        : m_parts(parts)
        , m_context(context)
        , m_ticket(std::move(ticket))
        , m_deadline(deadlineOf(context))
        , m_strand(std::make_shared<Strand>(parts.tasks))
    {
    }

    /// Begins to read; once.
    void start()
    {
        m_self = this->shared_from_this();
        m_ticket->whenDraining([weak = std::weak_ptr(m_self)] {
            if (const auto self = weak.lock())
                self->post([&call = *self] {
                    call.m_isDraining = true;
                    call.draining();
                });
        });
        m_ticket->whenStalled([weak = std::weak_ptr(m_self)] {
            const auto self = weak.lock();
            if (!self)
                return;
            // The context is there until OnDone() returns, which waits for this, or is called inside of it.
            std::lock_guard lock(self->m_ending);
            if (!self->m_isDone)
                self->m_context.TryCancel();
        });
        post([this] { readMore(); });
    }

protected:
    /// A request has come; readMore() asks for the next one.
    virtual void received(Request request) = 0;
    /// No request follows.
    virtual void inputEnded() = 0;
    /// The server is stopping: what was received is to be answered, then the call ends.
    virtual void draining() = 0;
    /// The caller went away or its deadline has passed.
    virtual void cancelled() { }
    /// A response has left, so there may be room for another.
    virtual void written() { }

    void readMore()
    {
        if (m_isReading || m_hasInputEnded || m_isFinishing)
            return;
        m_isReading = true;
        this->StartRead(&m_request);
    }

    /// Responses leave in this order.
    void write(Response response)
    {
        if (m_isFinishing)
            return;
        m_responses.push_back(std::move(response));
        writeNext();
    }
    std::size_t unwritten() const { return m_responses.size(); }
    /// Takes back the responses that have not begun to leave.
    std::deque<Response> takeUnwritten()
    {
        std::deque<Response> taken;
        const std::size_t leaving = m_isWriting ? 1 : 0;
        while (m_responses.size() > leaving) {
            taken.push_front(std::move(m_responses.back()));
            m_responses.pop_back();
        }
        return taken;
    }

    /// The call ends when all responses have left. The first word counts.
    void finish(const Answer<void>& ended = {})
    {
        if (m_isFinishing)
            return;
        m_isFinishing = true;
        m_ended = ended;
        finishWhenWritten();
    }
    /// For when nothing is under way: ends the call if nothing more will come, since the input ended or the server stops.
    void finishIfNoMoreComes()
    {
        if (m_hasInputEnded)
            finish();
        else if (m_isDraining)
            finish(fault(FaultKind::Draining, "The server is stopping; all that it had received is answered."));
    }
    bool isFinishing() const { return m_isFinishing; }
    bool isDraining() const { return m_isDraining; }
    bool hasInputEnded() const { return m_hasInputEnded; }

    /// Does a task on the strand, with the call kept alive.
    void post(TaskThreads::Task task)
    {
        m_strand->post([self = this->shared_from_this(), task = std::move(task)] { task(); });
    }

    const ServingParts& parts() const { return m_parts; }
    CallTicket& ticket() { return *m_ticket; }
    std::optional<TimePoint> deadline() const { return m_deadline; }
    const std::shared_ptr<Strand>& strand() const { return m_strand; }

private:
    void writeNext()
    {
        if (m_isWriting || m_responses.empty() || m_isGone)
            return;
        m_isWriting = true;
        m_ticket->noteActivity(true);
        m_ticket->record().bytesOut += m_responses.front().ByteSizeLong();
        this->StartWrite(&m_responses.front());
    }

    void finishWhenWritten()
    {
        if (!m_isFinishing || m_hasFinished || m_isWriting || (!m_responses.empty() && !m_isGone))
            return;
        m_hasFinished = true;
        m_ticket->end(m_ended ? std::nullopt : std::optional(m_ended.error().kind));
        m_ticket->noteActivity(true); // the caller has to read what is left
        this->Finish(m_ended ? grpc::Status::OK : statusOf(m_ended.error(), m_context));
    }

    void OnReadDone(bool ok) override
    {
        post([this, ok] {
            m_isReading = false;
            if (!m_isWriting)
                m_ticket->noteActivity(false);
            if (!ok) {
                if (!std::exchange(m_hasInputEnded, true) && !m_isFinishing && !m_isGone)
                    inputEnded();
            } else if (!m_isFinishing) {
                received(std::move(m_request));
            }
        });
    }

    void OnWriteDone(bool ok) override
    {
        post([this, ok] {
            m_isWriting = false;
            m_ticket->noteActivity(false);
            m_responses.pop_front();
            if (!ok)
                vanish();
            writeNext();
            if (!m_isFinishing)
                written();
            finishWhenWritten();
        });
    }

    void OnCancel() override
    {
        post([this] { vanish(); });
    }

    void OnDone() override
    {
        {
            std::lock_guard lock(m_ending);
            m_isDone = true;
        }
        const auto self = std::move(m_self); // which ends here, or with its last task
    }

    /// Nobody reads any more.
    void vanish()
    {
        if (std::exchange(m_isGone, true) || m_hasFinished)
            return;
        cancelled();
        finish(fault(FaultKind::Cancelled, "The caller went away, or its deadline has passed."));
        finishWhenWritten();
    }

    const ServingParts& m_parts;
    grpc::CallbackServerContext& m_context;
    std::shared_ptr<CallTicket> m_ticket;
    const std::optional<TimePoint> m_deadline;
    const std::shared_ptr<Strand> m_strand;

    // On the strand.
    Request m_request;
    std::deque<Response> m_responses; ///< the first is being written
    Answer<void> m_ended;
    bool m_isReading = false, m_isWriting = false, m_isDraining = false;
    bool m_hasInputEnded = false;
    bool m_isGone = false; ///< cancelled
    bool m_isFinishing = false, m_hasFinished = false;
    std::recursive_mutex m_ending; ///< of the next one
    bool m_isDone = false; ///< gRPC's part of the call is gone
    std::shared_ptr<PendingStream> m_self; ///< until gRPC is done
};

/// Starts a call of this type, or ends it at once with why it is not let in.
template <typename Call, typename Request, typename Response, typename... Rest>
grpc::ServerBidiReactor<Request, Response>* startStream(const ServingParts& parts, grpc::CallbackServerContext* context,
                                                        const char* method, Rest&&... rest)
{
    auto ticket = admit(parts, *context, method);
    if (!ticket) {
        struct Refused final : grpc::ServerBidiReactor<Request, Response> {
            explicit Refused(const grpc::Status& status) { this->Finish(status); }
            void OnDone() override { delete this; }
        };
        return new Refused(statusOf(ticket.error(), *context));
    }
    auto call = std::make_shared<Call>(parts, *context, std::move(*ticket), std::forward<Rest>(rest)...);
    call->start();
    return call.get();
}

} // namespace lipsync::serving
