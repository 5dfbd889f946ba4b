// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include "avatar/compositor.h"
#include "base/bounded_queue.h"
#include "session/frame_service.h"
#include "session/frame_stream.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

namespace lipsync {

/// The engine's Preview: a thread "preview" that opens avatar and voice and then sends the frames that are wished for
/// through the workers, a thread "preview paste" that makes pictures of what comes back, and a thread "preview voice"
/// that listens to the voice meanwhile.
class PreviewPlayer : public Preview {
public:
    PreviewPlayer(session::FrameService& service, std::filesystem::path avatar, std::filesystem::path voice,
                  Events events);
    ~PreviewPlayer() override;

    void show(std::int64_t frame) override;
    void play(std::int64_t frame) override;
    void setPlayhead(std::int64_t frame) override;
    void pause() override;
    std::shared_ptr<const Picture> pictureAt(std::int64_t frame) override;
    void setOriginalsWanted(bool areWanted) override;
    PreviewStatistics statistics() const override;

private:
    using Clock = std::chrono::steady_clock;

    /// What is worked with; made by the preview thread.
    struct Desk {
        std::shared_ptr<session::OpenAvatar> avatar;
        std::unique_ptr<session::SpeechSession> session;
        std::unique_ptr<avatar::Compositor> compositor;
        std::vector<float> speech;
        PreviewInfo info;
    };
    /// A frame that somebody wishes for.
    struct Wish {
        std::int64_t frame = 0;
        std::uint64_t number = 0; ///< of the show() or play() that it belongs to
        Clock::time_point since;
        std::optional<TimePoint> deadline; ///< when it will have been heard
    };

    void run(std::stop_token stop);
    Result<std::unique_ptr<Desk>> open(const std::stop_token& stop) const;
    /// A new show() or play(): what was computed for the one before is of no use.
    void wish(std::int64_t frame, bool play);
    /// Waits for the next frame that somebody wishes for; nothing when stopped.
    std::optional<Wish> nextWish(const std::stop_token& stop);
    void send(Desk& desk, session::FrameStream& stream, const Wish& wish, const std::stop_token& stop);
    void refused(const Wish& wish, const scheduling::Refusal& refusal);
    void received(session::StreamedFrame frame);
    void paste(Desk& desk);
    Result<std::shared_ptr<const Picture>> pictureOf(Desk& desk, const session::StreamedFrame& frame) const;
    void keep(std::shared_ptr<const Picture> picture, const Wish& wish);
    void tellFailure(const Error& error);

    session::FrameService& m_service;
    const std::filesystem::path m_avatar, m_voice;
    const Events m_events;

    /// A frame that came back, and what it was wished for.
    struct Returned {
        session::StreamedFrame frame;
        Wish wish;
    };
    BoundedQueue<Returned> m_returned;
    std::atomic<bool> m_originalsAreWanted = false;

    mutable std::mutex m_mutex; ///< of everything below
    std::condition_variable_any m_wished;
    bool m_playing = false;
    std::optional<std::int64_t> m_next; ///< frame to send next; none when there is nothing to do
    std::int64_t m_playhead = 0;
    std::optional<TimePoint> m_playheadTime; ///< when the playhead came there; none until it has moved
    std::int64_t m_frames = 0;
    double m_frameRate = 25;
    std::uint64_t m_wish = 0; ///< counts show() and play(): pictures of an earlier wish are not kept
    bool m_isStale = false; ///< frames of an earlier wish may be under way
    Clock::time_point m_wishTime;
    std::deque<Wish> m_underWay; ///< in the order in which they were sent
    std::map<std::int64_t, std::shared_ptr<const Picture>> m_pictures;
    std::deque<Clock::time_point> m_finished; ///< of the last pictures, for the rate
    std::deque<double> m_latenciesMs;
    std::int64_t m_computed = 0, m_dropped = 0;

    std::jthread m_thread; ///< last: it uses all of the above
};

} // namespace lipsync
