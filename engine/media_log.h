// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event_log.h"

#include "media/ffmpeg_log.h"

#include <chrono>
#include <memory>
#include <mutex>

namespace lipsync {

/// Lets so many records of a flood through a second, and says once that there were more. Any thread.
class FloodGate {
public:
    enum class Passage { Open, JustClosed, Closed };
    explicit FloodGate(int mostPerSecond)
        : m_mostPerSecond(mostPerSecond)
    {
    }
    Passage pass(std::chrono::steady_clock::time_point now);

private:
    const int m_mostPerSecond;
    std::mutex m_mutex; ///< of the next two
    std::chrono::steady_clock::time_point m_second{};
    int m_passed = 0;
};

/// Writes into the log what FFmpeg complains of: the failure that follows is told by whoever needed the file.
class MediaLog {
public:
    explicit MediaLog(std::shared_ptr<EventLog> log);

private:
    void hear(const std::string& line);

    const std::shared_ptr<EventLog> m_log;
    FloodGate m_gate;
    media::FfmpegListener m_listener; ///< last: it uses all of the above
};

} // namespace lipsync
