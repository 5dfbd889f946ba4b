// SPDX-License-Identifier: GPL-3.0-or-later
#include "event_log.h"

namespace lipsync {

namespace {

/// Cut where a character of UTF-8 begins.
void shorten(std::string& text, std::size_t most)
{
    if (text.size() <= most)
        return;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80)
        --most;
    text.resize(most);
    text += "…";
}

} // namespace

void EventLog::write(LogLevel level, std::string source, std::string message)
{
    shorten(message, kLongestMessage);
    std::lock_guard writing(m_writing);
    const LogRecord record{std::chrono::system_clock::now(), level, std::move(source), std::move(message)};
    {
        std::lock_guard lock(m_mutex);
        m_records.push_back(record);
        if (m_records.size() > kMostRecords)
            m_records.pop_front();
    }
    m_listeners->tell(record);
}

void EventLog::info(std::string source, std::string message)
{
    write(LogLevel::Info, std::move(source), std::move(message));
}

void EventLog::warning(std::string source, std::string message)
{
    write(LogLevel::Warning, std::move(source), std::move(message));
}

void EventLog::error(std::string source, std::string message)
{
    write(LogLevel::Error, std::move(source), std::move(message));
}

std::vector<LogRecord> EventLog::records() const
{
    std::lock_guard lock(m_mutex);
    return {m_records.begin(), m_records.end()};
}

std::unique_ptr<Subscription> EventLog::subscribe(std::function<void(const LogRecord&)> written)
{
    return std::make_unique<ListenerSubscription<const LogRecord&>>(m_listeners, std::move(written));
}

} // namespace lipsync
