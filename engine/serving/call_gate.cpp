// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/call_gate.h"

#include <algorithm>

namespace lipsync::serving {

namespace {

constexpr Duration kRetryOfBusyServer = std::chrono::milliseconds(200);

} // namespace

CallTicket::CallTicket(CallGate& gate, std::string method, std::string peer)
    : m_gate(gate)
    , m_began(gate.m_clock.now())
    , m_lastActivity(m_began.time_since_epoch().count())
{
    m_record.method = std::move(method);
    m_record.peer = std::move(peer);
}

CallTicket::~CallTicket()
{
    m_gate.leave(*this);
}

Answer<void> CallTicket::takeBytes(std::size_t bytes)
{
    m_record.bytesIn += bytes;
    std::lock_guard lock(m_gate.m_mutex);
    if (m_gate.m_bytes + bytes > m_gate.m_limits.mostBytes)
        return tl::unexpected(Fault{FaultKind::Overloaded,
                                    "The requests under way fill the server's memory for them. Ask again later.",
                                    kRetryOfBusyServer});
    m_gate.m_bytes += bytes;
    m_bytes += bytes;
    return {};
}

void CallTicket::giveBytes(std::size_t bytes)
{
    std::lock_guard lock(m_gate.m_mutex);
    bytes = std::min(bytes, m_bytes);
    m_gate.m_bytes -= bytes;
    m_bytes -= bytes;
}

void CallTicket::whenDraining(std::function<void()> draining)
{
    {
        std::lock_guard lock(m_gate.m_mutex);
        if (!m_gate.m_isClosed) {
            m_draining = std::move(draining);
            return;
        }
    }
    draining();
}

void CallTicket::whenStalled(std::function<void()> stalled)
{
    std::lock_guard lock(m_gate.m_mutex);
    m_stalled = std::move(stalled);
}

void CallTicket::noteActivity(bool isWriting)
{
    m_lastActivity = m_gate.m_clock.now().time_since_epoch().count();
    m_isWriting = isWriting;
}

void CallTicket::end(std::optional<FaultKind> fault)
{
    if (!m_hasEnded)
        m_record.fault = fault;
    m_hasEnded = true;
}

CallGate::CallGate(const GateLimits& limits, std::function<void(const CallRecord&)> ended)
    : m_limits(limits)
    , m_ended(std::move(ended))
{
}

/// Needs the lock.
CallGate::Method& CallGate::method(const std::string& name)
{
    auto& method = m_methods[name];
    if (!method)
        method = std::make_unique<Method>();
    return *method;
}

Answer<std::shared_ptr<CallTicket>> CallGate::admit(std::string method, std::string peer)
{
    std::optional<Fault> refusal;
    std::shared_ptr<CallTicket> ticket;
    {
        std::lock_guard lock(m_mutex);
        if (m_isClosed) {
            refusal = Fault{FaultKind::Draining, "The server is stopping and takes no new calls."};
        } else if (m_open.size() >= m_limits.mostCalls) {
            refusal = Fault{
                FaultKind::Overloaded,
                fmt::format("The server has {} calls under way and takes no more. Ask again later.", m_open.size()),
                kRetryOfBusyServer};
        } else {
            ticket = std::make_shared<CallTicket>(*this, method, peer);
            m_open.push_back(ticket.get());
            ++this->method(method).accepted;
        }
    }
    if (refusal) {
        refuse(std::move(method), std::move(peer), refusal->kind);
        return tl::unexpected(std::move(*refusal));
    }
    return ticket;
}

void CallGate::refuse(std::string method, std::string peer, FaultKind fault)
{
    CallRecord record;
    record.method = std::move(method);
    record.peer = std::move(peer);
    record.fault = fault;
    {
        std::lock_guard lock(m_mutex);
        ++this->method(record.method).failed;
    }
    if (m_ended)
        m_ended(record);
}

void CallGate::leave(CallTicket& ticket)
{
    const auto took = m_clock.now() - ticket.m_began;
    auto& record = ticket.m_record;
    record.durationMs = milliseconds(took);
    if (!ticket.m_hasEnded)
        record.fault = FaultKind::Cancelled;
    if (m_ended)
        m_ended(record);
    {
        std::lock_guard lock(m_mutex);
        auto& count = method(record.method);
        ++(record.fault ? count.failed : count.succeeded);
        count.latency.record(took);
        m_bytes -= ticket.m_bytes;
        m_open.remove(&ticket);
        // Under the lock: whoever waits may destroy the gate as soon as it is empty.
        m_left.notify_all();
    }
}

void CallGate::close()
{
    std::vector<std::function<void()>> told;
    {
        std::lock_guard lock(m_mutex);
        m_isClosed = true;
        for (auto* ticket : m_open) {
            if (ticket->m_draining)
                told.push_back(std::move(ticket->m_draining));
            ticket->m_draining = nullptr;
        }
    }
    for (const auto& tell : told)
        tell();
}

void CallGate::endStalled()
{
    std::vector<std::function<void()>> told;
    {
        std::lock_guard lock(m_mutex);
        const auto now = m_clock.now().time_since_epoch();
        for (auto* ticket : m_open) {
            const auto patience = ticket->m_isWriting ? m_limits.writePatience : m_limits.idlePatience;
            if (ticket->m_stalled && now - Duration(ticket->m_lastActivity) > patience)
                told.push_back(ticket->m_stalled);
        }
    }
    for (const auto& tell : told)
        tell();
}

bool CallGate::isClosed() const
{
    std::lock_guard lock(m_mutex);
    return m_isClosed;
}

bool CallGate::waitUntilEmpty(Duration patience)
{
    std::unique_lock lock(m_mutex);
    return m_left.wait_for(lock, patience, [&] { return m_open.empty(); });
}

std::size_t CallGate::openCalls() const
{
    std::lock_guard lock(m_mutex);
    return m_open.size();
}

std::vector<MethodCount> CallGate::counts() const
{
    std::lock_guard lock(m_mutex);
    std::vector<MethodCount> counts;
    for (const auto& [name, method] : m_methods)
        counts.push_back(
            {name, method->accepted, method->succeeded, method->failed, method->latency.snapshot().summary()});
    return counts;
}

} // namespace lipsync::serving
