// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include "avatar/compositor.h"
#include "inference/mouth_worker.h"
#include "session/speech_session.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

namespace lipsync {

/// The engine's Preview: a thread "preview" that opens avatar and voice and then makes the frames that are wished
/// for, helped by further threads "preview" so that there is one a computing thread, each with a single-threaded
/// worker; and a thread "preview voice" that listens to the voice meanwhile.
class PreviewPlayer : public Preview {
public:
    PreviewPlayer(std::filesystem::path avatar, std::filesystem::path voice, const EngineOptions& options,
                  Events events);
    ~PreviewPlayer() override;

    void show(std::int64_t frame) override;
    void play(std::int64_t frame) override;
    void setPlayhead(std::int64_t frame) override;
    void pause() override;
    std::shared_ptr<const Picture> pictureAt(std::int64_t frame) override;
    PreviewStatistics statistics() const override;

private:
    using Clock = std::chrono::steady_clock;

    /// What is computed with; made by the first preview thread and shared by all of them.
    struct Desk {
        std::shared_ptr<avatar::TemplateFrames> frames;
        std::unique_ptr<session::SpeechSession> session;
        std::vector<std::unique_ptr<inference::MouthWorker>> workers; ///< one a preview thread
        std::unique_ptr<avatar::Compositor> compositor;
        std::vector<float> speech;
        PreviewInfo info;
    };

    void run(std::stop_token stop);
    Result<std::unique_ptr<Desk>> open(const std::stop_token& stop) const;
    /// Waits for the next frame that somebody wishes for; nothing when stopped.
    std::optional<std::int64_t> nextFrame(const std::stop_token& stop);
    /// Makes frames with one worker until stopped.
    void work(Desk& desk, inference::MouthWorker& worker, const std::stop_token& stop);
    Result<std::shared_ptr<const Picture>> compute(Desk& desk, inference::MouthWorker& worker, std::int64_t frame,
                                                   const std::stop_token& stop) const;
    void keep(std::shared_ptr<const Picture> picture, std::uint64_t wish, Clock::time_point wished);

    const std::filesystem::path m_avatar, m_voice;
    const EngineOptions m_options;
    const Events m_events;

    mutable std::mutex m_mutex; ///< of everything below
    std::condition_variable_any m_wished;
    bool m_playing = false;
    std::optional<std::int64_t> m_next; ///< frame to compute next; none when there is nothing to do
    std::int64_t m_playhead = 0;
    std::int64_t m_frames = 0;
    std::uint64_t m_wish = 0; ///< counts show() and play(): pictures of an earlier wish are not kept
    Clock::time_point m_wishTime;
    std::map<std::int64_t, std::shared_ptr<const Picture>> m_pictures;
    std::deque<Clock::time_point> m_finished; ///< of the last pictures, for the rate
    std::deque<double> m_latenciesMs;
    std::int64_t m_computed = 0, m_dropped = 0;

    std::jthread m_thread; ///< last: it uses all of the above
};

} // namespace lipsync
