// SPDX-License-Identifier: GPL-3.0-or-later
#include "media_log.h"

namespace lipsync {

namespace {

constexpr const char* kSource = "FFmpeg";
constexpr int kMostLinesPerSecond = 10;

} // namespace

FloodGate::Passage FloodGate::pass(std::chrono::steady_clock::time_point now)
{
    std::lock_guard lock(m_mutex);
    if (m_passed == 0 || now - m_second >= std::chrono::seconds(1)) {
        m_second = now;
        m_passed = 0;
    }
    ++m_passed;
    if (m_passed <= m_mostPerSecond)
        return Passage::Open;
    return m_passed == m_mostPerSecond + 1 ? Passage::JustClosed : Passage::Closed;
}

MediaLog::MediaLog(std::shared_ptr<EventLog> log)
    : m_log(std::move(log))
    , m_gate(kMostLinesPerSecond)
    , m_listener([this](const std::string& line) { hear(line); })
{
}

void MediaLog::hear(const std::string& line)
{
    switch (m_gate.pass(std::chrono::steady_clock::now())) {
    case FloodGate::Passage::Open:
        return m_log->write(LogLevel::Debug, kSource, line);
    case FloodGate::Passage::JustClosed:
        return m_log->write(LogLevel::Debug, kSource, "Further messages of this second are left out.");
    case FloodGate::Passage::Closed:
        break;
    }
}

} // namespace lipsync
