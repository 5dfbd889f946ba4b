// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "listeners.h"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace lipsync {

/// The engine's log: keeps the last records and tells them to whoever listens, in their order. Any thread.
class EventLog {
public:
    static constexpr std::size_t kMostRecords = 4000;
    static constexpr std::size_t kLongestMessage = 4096; ///< bytes; a library may say a lot

    void write(LogLevel level, std::string source, std::string message);
    void info(std::string source, std::string message);
    void warning(std::string source, std::string message);
    void error(std::string source, std::string message);

    /// The last records, the oldest first.
    std::vector<LogRecord> records() const;
    std::unique_ptr<Subscription> subscribe(std::function<void(const LogRecord&)> written);

private:
    const std::shared_ptr<Listeners<const LogRecord&>> m_listeners = std::make_shared<Listeners<const LogRecord&>>();
    std::mutex m_writing; ///< from the record's time until everyone has heard of it, so that none overtakes another
    mutable std::mutex m_mutex; ///< of the records
    std::deque<LogRecord> m_records;
};

} // namespace lipsync
