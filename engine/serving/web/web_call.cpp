// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/web/web_call.h"

#include <utility>

namespace lipsync::serving {

namespace {

constexpr std::size_t kMostTokenMessageBytes = 4096;

} // namespace

WebStatistics WebCounters::statistics() const
{
    const auto together = Duration(binary.nanoseconds.load() + json.nanoseconds.load());
    return {binary.count.load(), json.count.load(), together, connections.load()};
}

WebCall::WebCall(WebCallParts parts, const char* method)
    : m_parts{parts.serving, std::move(parts.counters), parts.limits, {}, std::move(parts.peer)}
    , m_method(method)
    , m_strand(std::make_shared<Strand>(parts.serving.tasks))
    , m_ticket(std::move(parts.ticket))
    , m_lastAsked(SteadyClock().now())
{
    ++m_parts.counters->connections;
}

WebCall::~WebCall()
{
    --m_parts.counters->connections;
}

void WebCall::post(TaskThreads::Task task)
{
    m_strand->post([self = shared_from_this(), task = std::move(task)] { task(); });
}

void WebCall::start(std::shared_ptr<WebLink> link)
{
    post([this, link = std::move(link)]() mutable {
        m_link = std::move(link);
        if (m_ticket)
            return begin();
        m_isReading = true;
        m_link->readMore(kMostTokenMessageBytes);
    });
}

void WebCall::received(WebMessage message)
{
    post([this, kept = std::make_shared<WebMessage>(std::move(message))] {
        m_isReading = false;
        if (!m_link || m_end)
            return;
        if (!m_ticket)
            return answerToken(*kept);
        m_lastAsked = SteadyClock().now();
        if (m_unwritten == 0)
            m_ticket->noteActivity(false);
        take(std::move(*kept));
        readIfRoom();
    });
}

void WebCall::written(std::size_t bytes)
{
    post([this, bytes] {
        if (!m_link)
            return;
        --m_unwritten;
        m_unwrittenBytes -= bytes;
        if (m_ticket)
            m_ticket->noteActivity(m_unwritten > 0);
        if (m_end)
            return endIfWritten();
        if (m_ticket)
            proceed();
        readIfRoom();
        endIfDrained();
    });
}

void WebCall::tick()
{
    post([this] {
        if (!m_link || m_end)
            return;
        const auto idle = SteadyClock().now() - m_lastAsked;
        if (!m_ticket) {
            if (idle > m_parts.limits.tokenPatience)
                m_link->close(WebClose::NotAllowed);
        } else if (!isBusy() && m_unwritten == 0) {
            if (idle > m_parts.limits.idlePatience)
                return m_link->close(WebClose::Idle);
            rest();
        }
    });
}

void WebCall::ended(std::optional<FaultKind> fault)
{
    post([this, fault] {
        const bool isIncomplete = isBusy() || m_unwritten > 0;
        finish(fault || !isIncomplete ? fault : FaultKind::Cancelled);
    });
}

/// From here on it is a call, and has a ticket.
void WebCall::begin()
{
    m_lastAsked = SteadyClock().now();
    m_ticket->noteActivity(false);
    // The gate may call these at any time until the ticket's end, which comes before the call's.
    m_ticket->whenStalled([weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->post([call = self.get()] {
                if (call->m_link)
                    call->m_link->drop();
            });
        }
    });
    m_ticket->whenDraining([weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->post([call = self.get()] {
                call->m_isDraining = true;
                if (call->isOpen() && !call->m_end)
                    call->drain();
                call->endIfDrained();
            });
        }
    });
    readIfRoom();
}

/// The first message of whoever has shown no token yet.
void WebCall::answerToken(const WebMessage& message)
{
    const auto request = parseWebRequest(message);
    Answer<std::shared_ptr<CallTicket>> ticket =
        fault(FaultKind::NoToken, "The first message has to be {\"type\":\"authorize\",\"token\":\"…\"}.");
    auto& gate = m_parts.serving.gate;
    if (request && request->ask == WebAsk::Token) {
        if (m_parts.serving.tokens.check(request->token, Right::Use) == TokenList::Verdict::Allowed)
            ticket = gate.admit(m_method, m_parts.peer);
        else
            ticket = fault(FaultKind::NoToken, "The token is missing or wrong.");
    }
    if (ticket) {
        m_ticket = std::move(*ticket);
        send(wordMessage(WebAsk::Token));
        return begin();
    }
    const auto& refusal = ticket.error();
    if (refusal.kind == FaultKind::NoToken)
        gate.refuse(m_method, m_parts.peer, refusal.kind); // the gate has counted its own refusals
    send(faultMessage(request ? *request : WebRequest{}, refusal, {}, 0));
    m_link->close(refusal.kind == FaultKind::NoToken ? WebClose::NotAllowed : WebClose::TryLater);
}

void WebCall::send(WebMessage message)
{
    ++m_unwritten;
    m_unwrittenBytes += message.bytes.size();
    if (m_ticket) {
        m_ticket->record().bytesOut += message.bytes.size();
        if (m_unwritten == 1)
            m_ticket->noteActivity(true);
    }
    m_link->send(std::move(message));
}

void WebCall::readIfRoom()
{
    if (!isOpen() || m_end || m_isReading || !wantsMore() || m_unwrittenBytes >= m_parts.limits.mostUnwrittenBytes)
        return;
    m_isReading = true;
    m_link->readMore(m_parts.limits.mostMessageBytes);
}

void WebCall::endWhenWritten(WebClose why, std::optional<FaultKind> fault)
{
    if (!m_end)
        m_end = End{why, fault};
    endIfWritten();
}

void WebCall::endIfWritten()
{
    if (!m_link || m_unwritten > 0)
        return;
    m_link->close(m_end->why);
    finish(m_end->fault);
}

void WebCall::endIfDrained()
{
    if (m_isDraining && isOpen() && !m_end && !isBusy())
        endWhenWritten(WebClose::Leaving, {});
}

void WebCall::finish(std::optional<FaultKind> fault)
{
    abandon();
    m_link = nullptr;
    if (const auto ticket = std::exchange(m_ticket, nullptr))
        ticket->end(fault);
}

} // namespace lipsync::serving
