// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/fault.h"
#include "session/frame_service.h"

#include <atomic>
#include <list>
#include <mutex>
#include <optional>

namespace lipsync::serving {

/// Which sessions may speak: as many as the workers can make frames for without making anybody wait longer than is
/// promised. Whoever comes beyond that is refused with the first sound, before any of it is heard; otherwise sessions
/// would be refused half-way, and what was computed for them were lost. Sessions that are silent count for nothing.
/// Any thread; must outlive its turns.
class SpeechTurns {
public:
    SpeechTurns(session::FrameService& service, Duration longestWait)
        : m_service(service)
        , m_longestWait(longestWait)
    {
    }

    /// One session's. One thread at a time.
    class Turn {
    public:
        /// `mostUnderWay`: frames that the session has in the workers at a time.
        Turn(SpeechTurns& turns, scheduling::ModelId model, std::size_t mostUnderWay);
        ~Turn();
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

        /// The session is about to hear sound. Overloaded when it was silent and too many others speak.
        Answer<void> speak();
        /// A frame of what it heard has come.
        void noteFrame();

    private:
        friend class SpeechTurns;
        SpeechTurns& m_turns;
        const scheduling::ModelId m_model;
        const std::size_t m_mostUnderWay;
        std::optional<TimePoint> m_lastActivity; ///< guarded by the turns; nothing before the first sound
    };

private:
    std::size_t framesOfOthers(const Turn& turn, TimePoint now) const;
    std::optional<double> framesPerSecond(scheduling::ModelId model) const;

    session::FrameService& m_service;
    const Duration m_longestWait;
    mutable std::mutex m_mutex; ///< of the next one and of what its turns remember
    std::list<Turn*> m_open;
};

} // namespace lipsync::serving
