// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/serving_parts.h"
#include "serving/web/web_messages.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace lipsync::serving {

/// Why a WebSocket is closed; each is a code of RFC 6455.
enum class WebClose : std::uint8_t {
    Done, ///< all is said
    Leaving, ///< the server stops
    Idle, ///< nothing was asked for too long
    NotAllowed, ///< no token, a wrong one, or what makes no sense
    TryLater, ///< too much is under way
    Failed, ///< on our side
};

/// A WebSocket, as its call sees it. Functions return at once and may be called after its end. Any thread.
class WebLink {
public:
    virtual ~WebLink() = default;
    /// Messages leave in this order; WebCall::written() tells of each.
    virtual void send(WebMessage message) = 0;
    /// Reads one message of at most so many bytes, once.
    virtual void readMore(std::size_t mostBytes) = 0;
    /// Says so, then ends, without waiting long for the other side.
    virtual void close(WebClose why) = 0;
    /// Ends without a word.
    virtual void drop() = 0;
};

/// What the WebSockets of a server share. Any thread.
struct WebCounters {
    CountedTime binary, json; ///< requests that were answered, and the time to it
    std::atomic<std::size_t> connections{0};

    WebStatistics statistics() const;
};

/// Bounds of one WebSocket.
struct WebCallLimits {
    std::size_t mostMessageBytes = std::size_t{1} << 20;
    std::size_t mostUnwrittenBytes = std::size_t{4} << 20; ///< after which no further request is read
    Duration tokenPatience{std::chrono::seconds(10)}; ///< with whoever has shown no token yet
    Duration idlePatience{std::chrono::minutes(10)}; ///< with whoever asks for nothing
};

/// What a WebSocket's call is made of.
struct WebCallParts {
    const ServingParts& serving;
    std::shared_ptr<WebCounters> counters;
    WebCallLimits limits;
    std::shared_ptr<CallTicket> ticket; ///< null when the first message has to show a token
    std::string peer;
};

/// The conversation on one WebSocket, whatever is said on it: its token, its ticket, what has not left yet, its end. A
/// message is read when the one before is taken and there is room for what it asks for, so that who sends faster, or
/// does not read, is held back by the transport. Works on its strand. For the gate it is one call, from its token to its
/// end.
class WebCall : public std::enable_shared_from_this<WebCall> {
public:
    virtual ~WebCall();

    // What its connection tells. Any thread; once, the first and the last.
    void start(std::shared_ptr<WebLink> link);
    void received(WebMessage message);
    void written(std::size_t bytes);
    /// Now and then: whoever is idle is closed.
    void tick();
    /// Nothing comes or leaves any more; a fault when the other side broke the protocol.
    void ended(std::optional<FaultKind> fault);

protected:
    /// `method`: what its ticket is called, in the access log, too.
    WebCall(WebCallParts parts, const char* method);

    // On the strand.
    /// A message of somebody who may ask.
    virtual void take(WebMessage message) = 0;
    /// Whether there is room for what another message asks for.
    virtual bool wantsMore() const = 0;
    /// Whether something that was asked for is not answered.
    virtual bool isBusy() const = 0;
    /// Something has left.
    virtual void proceed() { }
    /// The server stops: what was asked for is to be answered.
    virtual void drain() { }
    /// Now and then, while nothing is under way.
    virtual void rest() { }
    /// Nothing can be answered any more.
    virtual void abandon() = 0;

    void post(TaskThreads::Task task);
    void send(WebMessage message);
    void readIfRoom();
    /// Nothing further is taken; the call ends so when all that was sent has left.
    void endWhenWritten(WebClose why, std::optional<FaultKind> fault);
    /// Ends the call if the server stops and nothing is under way.
    void endIfDrained();
    bool isOpen() const { return m_link && m_ticket; }
    bool isDraining() const { return m_isDraining; }

    const ServingParts& parts() const { return m_parts.serving; }
    WebCounters& counters() const { return *m_parts.counters; }
    CallTicket& ticket() { return *m_ticket; } ///< while it isOpen()
    const std::shared_ptr<Strand>& strand() const { return m_strand; }
    std::size_t unwritten() const { return m_unwritten; } ///< messages

private:
    /// The last word.
    struct End {
        WebClose why;
        std::optional<FaultKind> fault;
    };

    void begin();
    void answerToken(const WebMessage& message);
    void endIfWritten();
    void finish(std::optional<FaultKind> fault);

    const WebCallParts m_parts; ///< but for its ticket
    const char* const m_method;
    const std::shared_ptr<Strand> m_strand;

    // On the strand.
    std::shared_ptr<CallTicket> m_ticket; ///< null before the token and after the end
    std::shared_ptr<WebLink> m_link; ///< null after the end
    TimePoint m_lastAsked;
    std::size_t m_unwritten = 0, m_unwrittenBytes = 0; ///< messages
    std::optional<End> m_end; ///< that comes when all is written
    bool m_isReading = false, m_isDraining = false;
};

} // namespace lipsync::serving
