// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "metrics/latency_histogram.h"
#include "serving/fault.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lipsync::serving {

/// One call, for the access log.
struct CallRecord {
    std::string peer; ///< who called
    std::string method; ///< "/package.Service/Method", or "GET /ws" of a browser
    std::string avatar;
    std::optional<FaultKind> fault; ///< nothing when it ended well
    std::uint64_t frames = 0; ///< made for it
    std::uint64_t bytesIn = 0, bytesOut = 0; ///< of requests and responses
    double durationMs = 0;
    double prepareMs = 0, queueMs = 0, computeMs = 0, encodeMs = 0; ///< stages of its frames together
};

/// What the calls of a method came to.
struct MethodCount {
    std::string method;
    std::uint64_t accepted = 0, succeeded = 0, failed = 0;
    LatencySummary latency;
};

struct GateLimits {
    std::size_t mostCalls = 512; ///< at a time
    std::size_t mostBytes = std::size_t{256} << 20; ///< of requests at a time
    Duration writePatience{std::chrono::seconds(30)}; ///< with a caller who does not read
    Duration idlePatience{std::chrono::minutes(10)}; ///< with a stream on which nothing happens
};

class CallGate;

/// A call that was let in; the gate counts it until this is destroyed. What is noted goes into the access log. One
/// thread at a time, but for whenDraining().
class CallTicket {
public:
    CallTicket(CallGate& gate, std::string method, std::string peer);
    ~CallTicket();
    CallTicket(const CallTicket&) = delete;
    CallTicket& operator=(const CallTicket&) = delete;

    CallRecord& record() { return m_record; }
    TimePoint began() const { return m_began; }
    /// Takes so much of the gate's bound of bytes until the call ends; Overloaded when there is not so much.
    Answer<void> takeBytes(std::size_t bytes);
    /// Gives back what one message of a stream took.
    void giveBytes(std::size_t bytes);
    /// Calls `draining` from any thread when the server begins to drain, at once when it has; not after the ticket's
    /// end. For calls that would not end by themselves.
    void whenDraining(std::function<void()> draining);
    /// Calls `stalled` from the server's thread when the caller of a stream has not done what it should for too long:
    /// read what is being written, or anything at all. Until the ticket's end.
    void whenStalled(std::function<void()> stalled);
    /// Something came or left; `isWriting`: the caller should read now. Any thread.
    void noteActivity(bool isWriting);
    /// How the call ended; the first word counts.
    void end(std::optional<FaultKind> fault);

private:
    friend class CallGate;
    CallGate& m_gate;
    CallRecord m_record;
    const TimePoint m_began;
    std::size_t m_bytes = 0;
    bool m_hasEnded = false;
    std::function<void()> m_draining, m_stalled; ///< guarded by the gate
    std::atomic<bool> m_isWriting{false};
    std::atomic<Duration::rep> m_lastActivity; ///< on the gate's clock
};

/// Lets calls in, counts them, and lets none in any more when the server stops. Any thread.
class CallGate {
public:
    CallGate(const GateLimits& limits, std::function<void(const CallRecord&)> ended);

    const GateLimits& limits() const { return m_limits; }
    /// A ticket, or Draining, or Overloaded.
    Answer<std::shared_ptr<CallTicket>> admit(std::string method, std::string peer);
    /// A call that is refused before it gets a ticket is counted and logged, too.
    void refuse(std::string method, std::string peer, FaultKind fault);

    /// From now on calls are refused as Draining, and those that would not end by themselves are told.
    void close();
    bool isClosed() const;
    /// Waits until all calls have ended; false when that takes longer.
    bool waitUntilEmpty(Duration patience);

    /// Tells the streams whose callers have stalled. To be called now and then.
    void endStalled();

    std::size_t openCalls() const;
    std::vector<MethodCount> counts() const;

private:
    friend class CallTicket;
    struct Method {
        std::uint64_t accepted = 0, succeeded = 0, failed = 0;
        metrics::LatencyHistogram latency;
    };

    Method& method(const std::string& name);
    void leave(CallTicket& ticket);

    const GateLimits m_limits;
    const std::function<void(const CallRecord&)> m_ended;
    const SteadyClock m_clock;
    mutable std::mutex m_mutex; ///< of everything below
    std::condition_variable m_left;
    bool m_isClosed = false;
    std::size_t m_bytes = 0;
    std::list<CallTicket*> m_open;
    std::map<std::string, std::unique_ptr<Method>> m_methods;
};

} // namespace lipsync::serving
