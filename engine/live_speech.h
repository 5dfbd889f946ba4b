// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include "avatar/compositor.h"
#include "base/bounded_queue.h"
#include "session/frame_service.h"
#include "session/frame_stream.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace lipsync {

/// The engine's LiveSession: a thread "live voice" that listens to what is pushed, a thread "live" that opens the
/// avatar and sends frames through the workers as soon as their sound is known, and a thread "live paste".
class LiveSpeech : public LiveSession {
public:
    LiveSpeech(session::FrameService& service, std::filesystem::path avatar, Events events);
    ~LiveSpeech() override;

    void push(std::span<const float> samples) override;
    void finish() override;

private:
    /// What is worked with; made by the thread "live".
    struct Desk {
        std::shared_ptr<session::OpenAvatar> avatar;
        std::unique_ptr<session::SpeechSession> session;
        std::unique_ptr<avatar::Compositor> compositor;
    };

    void run(std::stop_token stop);
    Result<Desk> open(const std::stop_token& stop) const;
    void hear(session::SpeechSession& session, const std::stop_token& stop);
    Status send(Desk& desk, session::FrameStream& stream, const std::stop_token& stop);
    Status submit(session::FrameStream& stream, const session::SpeechFrame& frame, const std::stop_token& stop);
    Status paste(const Desk& desk);
    Status waitUntilUnderWay(std::int64_t most, const std::stop_token& stop);

    session::FrameService& m_service;
    const std::filesystem::path m_avatar;
    const Events m_events;
    BoundedQueue<session::StreamedFrame> m_returned;

    std::mutex m_mutex; ///< of everything below
    std::condition_variable_any m_changed;
    std::deque<float> m_sound; ///< pushed and not heard yet
    std::int64_t m_underWay = 0; ///< frames sent and not pasted
    bool m_finished = false;

    std::jthread m_thread; ///< last: it uses all of the above
};

} // namespace lipsync
