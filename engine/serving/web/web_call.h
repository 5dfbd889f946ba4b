// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/mouth_stream.h"
#include "serving/serving_parts.h"
#include "serving/web/web_messages.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lipsync::serving {

/// Why a WebSocket is closed; each is a code of RFC 6455.
enum class WebClose : std::uint8_t {
    Leaving, ///< the server stops
    Idle, ///< nothing was asked for too long
    NotAllowed, ///< no token, or a wrong one
    TryLater, ///< too many calls are under way
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

/// The conversation on one WebSocket: answers the seed system's messages in their order; mouths go through the workers
/// as those of gRPC calls do. Works on its strand. For the gate it is one call, from its token to its end.
class WebCall : public std::enable_shared_from_this<WebCall> {
public:
    /// `ticket` is null when the first message has to show a token.
    WebCall(const ServingParts& parts, std::shared_ptr<WebCounters> counters, const WebCallLimits& limits,
            std::shared_ptr<CallTicket> ticket, std::string peer);
    ~WebCall();

    /// What its ticket is called, in the access log, too.
    static constexpr const char* kMethod = "GET /ws";

    // What its connection tells. Any thread; once, the first and the last.
    void start(std::shared_ptr<WebLink> link);
    void received(WebMessage message);
    void written(std::size_t bytes);
    /// Now and then: whoever is idle is closed, everybody else gets the statistics.
    void tick();
    /// Nothing comes or leaves any more; a fault when the other side broke the protocol.
    void ended(std::optional<FaultKind> fault);

private:
    /// A request on its way.
    struct Slot {
        WebRequest request; ///< without its sound
        std::shared_ptr<const ServedAvatar> avatar;
        TimePoint began, prepared;
        std::size_t bytes = 0; ///< taken from the gate's bound
        std::optional<WebMessage> answer;
    };

    /// Sound that came last, and what was heard in it.
    struct Heard {
        std::shared_ptr<const ServedAvatar> avatar;
        std::string sound;
        std::vector<float> window;
    };

    void post(TaskThreads::Task task);
    void begin();
    void take(WebMessage message);
    void answerToken(const tl::expected<WebRequest, BadWebRequest>& request);
    Answer<void> answer(WebRequest request, std::int64_t number, Slot& slot);
    Answer<void> askForMouth(WebRequest request, std::int64_t number, Slot& slot);
    Answer<MouthWish> wishFor(const std::shared_ptr<const ServedAvatar>& avatar, const WebRequest& request,
                              std::int64_t number);
    Answer<WebMessage> videoFrame(const WebRequest& request) const;
    Answer<std::shared_ptr<MouthStream>> streamOf(const std::shared_ptr<const ServedAvatar>& avatar);
    void forgetUnusedStreams();
    void answered(const MouthAnswer& answer);
    void settle();
    void send(WebMessage message);
    void readIfRoom();
    void endIfDrained();
    void finish(std::optional<FaultKind> fault);

    const ServingParts& m_parts;
    const std::shared_ptr<WebCounters> m_counters;
    const WebCallLimits m_limits;
    const std::string m_peer;
    const std::shared_ptr<Strand> m_strand;

    // On the strand.
    std::shared_ptr<CallTicket> m_ticket; ///< null before the token and after the end
    std::shared_ptr<WebLink> m_link; ///< null after the end
    TimePoint m_lastAsked;
    std::map<std::int64_t, Slot> m_slots; ///< in the order of the requests
    std::int64_t m_next = 0;
    std::map<const ServedAvatar*, std::shared_ptr<MouthStream>> m_streams;
    Heard m_heard;
    std::size_t m_unwritten = 0, m_unwrittenBytes = 0; ///< messages
    bool m_isReading = false, m_isDraining = false;
};

} // namespace lipsync::serving
