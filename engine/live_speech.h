// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include "avatar/compositor.h"
#include "avatar/template_loop.h"
#include "live_hearing.h"
#include "live_utterance.h"
#include "session/frame_service.h"
#include "session/frame_stream.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace lipsync {

/// The engine's LiveSession: a thread "live voice" that cuts what is pushed into utterances and listens to them, a
/// thread "live" that opens the avatar and sends frames through the workers as soon as their sound is known, and a
/// thread "live paste" that shows them, or the idle loop while there are none.
///
/// A session that idles keeps up with the time: frames are shown at the template's rate, and those whose time has
/// passed by too much are left out. One that does not makes every frame of its sound as fast as it can.
class LiveSpeech : public LiveSession {
public:
    LiveSpeech(session::FrameService& service, std::filesystem::path avatar, Events events, const LiveOptions& options);
    ~LiveSpeech() override;

    void push(std::span<const float> samples) override;
    void interrupt() override;
    void finish() override;
    LiveStatistics statistics() const override;

private:
    using Utterance = std::shared_ptr<LiveUtterance>;

    /// What is worked with; made by the thread "live".
    struct Desk {
        std::shared_ptr<session::OpenAvatar> avatar;
        std::unique_ptr<session::SpeechSession> session; ///< of the first utterance
        std::unique_ptr<avatar::Compositor> compositor;
        avatar::TemplateLoop loop;
        double frameRate = 0;
        Duration period{}; ///< of a frame
    };
    /// A frame on its way, and what it was sent for.
    struct Sent {
        std::uint64_t interruption = 0;
        TimePoint due; ///< when it is to be shown, in a session that idles
        TimePoint arrival; ///< of the last sound that it shows
    };
    struct Returned {
        session::StreamedFrame frame;
        Sent sent;
    };
    using Lock = std::unique_lock<std::mutex>;

    static tl::unexpected<Error> wasStopped();
    void run(std::stop_token stop);
    Result<Desk> open(const std::stop_token& stop) const;
    Result<std::unique_ptr<session::SpeechSession>> newSession(const session::OpenAvatar& avatar) const;
    Status work(Desk& desk, const std::stop_token& stop);

    void hear(Desk& desk, const std::stop_token& stop);
    Status hearAll(Desk& desk, const std::stop_token& stop);
    std::optional<LiveSound> nextSound(const std::stop_token& stop);
    void began(Utterance utterance);

    Status send(Desk& desk, session::FrameStream& stream, const std::stop_token& stop);
    Result<Utterance> nextUtterance(const std::stop_token& stop);
    Status speak(const Desk& desk, session::FrameStream& stream, LiveUtterance& utterance, const std::stop_token& stop);
    std::optional<std::int64_t> takeNumber(const LiveUtterance& utterance, TimePoint due);
    Status submit(session::FrameStream& stream, const session::SpeechFrame& frame, const Sent& sent,
                  const std::stop_token& stop);
    Status waitForRoom(std::int64_t most, const std::stop_token& stop);
    std::int64_t mostInFlight() const;
    void received(session::StreamedFrame frame);

    Status show(const Desk& desk, const std::stop_token& stop);
    bool isIdle() const;
    void waitForWork(Lock& lock, const std::stop_token& stop);
    Status showIdle(const Desk& desk, std::int64_t number);
    Status showSpeech(const Desk& desk, const Returned& returned, const std::stop_token& stop);
    void noteShown(const Desk& desk, std::int64_t number, TimePoint time);
    static std::shared_ptr<Picture> newPicture(const Desk& desk, std::int64_t number);

    session::FrameService& m_service;
    const std::filesystem::path m_avatar;
    const Events m_events;
    const LiveOptions m_options;

    mutable std::mutex m_mutex; ///< of everything below
    std::condition_variable_any m_changed;
    std::deque<LiveSound> m_sound; ///< pushed and not heard yet
    bool m_isFinished = false; ///< by the owner
    bool m_isHeard = false; ///< no utterance will follow
    Status m_heard; ///< how hearing ended
    bool m_isOver = false; ///< nothing is left to be shown
    std::uint64_t m_interruption = 0; ///< counts interrupt(): what was sent before it is not shown
    std::deque<Utterance> m_utterances; ///< begun and not spoken yet
    Utterance m_spoken; ///< being sent
    bool m_isSending = false; ///< frames of an utterance are sent, or waited for between two
    std::deque<Sent> m_underWay; ///< through the workers, in the order in which they were sent
    std::deque<Returned> m_returned;
    std::int64_t m_inFlight = 0; ///< sent since the last interruption and not shown
    std::int64_t m_nextNumber = 0, m_lastShown = -1;
    TimePoint m_idleTime; ///< when the next frame of the idle loop is due
    std::deque<TimePoint> m_shown; ///< when the last pictures were, for the rate
    std::deque<double> m_delaysMs;
    std::int64_t m_computed = 0, m_dropped = 0;

    std::jthread m_thread; ///< last: it uses all of the above
};

} // namespace lipsync
