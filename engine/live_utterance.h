// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "session/speech_session.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>

namespace lipsync {

/// Live sound from its beginning to a pause, an interruption or the end: one speech, and when its sound arrived. One
/// thread lets it hear while others ask.
class LiveUtterance {
public:
    /// `interruption`: which one of its session it comes after, for those who have to tell the old from the new.
    LiveUtterance(std::unique_ptr<session::SpeechSession> session, double framesPerSecond, std::uint64_t interruption);

    session::SpeechSession& session() { return *m_session; }
    std::uint64_t interruption() const { return m_interruption; }

    /// Appends sound that arrived at a time. A failure reaches whoever asks the session for a frame, too.
    Status hear(std::span<const float> samples, TimePoint arrival);
    Status finish();
    std::size_t samples() const;

    /// When frame `number` could be made; now, where that is not known.
    TimePoint readyAt(std::int64_t number) const;
    /// When the last of the sound arrived that is spoken during frame `number`. Asked for in order.
    TimePoint arrivalOf(std::int64_t number);

    /// Wakes everyone who waits for its frames with Interrupted.
    void interrupt() { m_ending.request_stop(); }
    std::stop_token interrupted() const { return m_ending.get_token(); }

private:
    void noteReady();

    /// Sound up to `end` had arrived at `time`.
    struct Arrival {
        std::size_t end = 0;
        TimePoint time;
    };

    const std::unique_ptr<session::SpeechSession> m_session;
    const double m_framesPerSecond;
    const std::uint64_t m_interruption;
    std::stop_source m_ending;

    mutable std::mutex m_mutex; ///< of everything below
    std::size_t m_samples = 0;
    std::deque<Arrival> m_arrivals; ///< from the last one that was asked for
    std::int64_t m_readyFrames = 0;
    std::deque<TimePoint> m_readyTimes; ///< of the last frames up to m_readyFrames
};

} // namespace lipsync
