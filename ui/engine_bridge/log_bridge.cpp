// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/engine_bridge/log_bridge.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace lipsync::ui {
namespace {

bool isSame(const LogRecord& one, const LogRecord& other)
{
    return std::tie(one.time, one.level, one.source, one.message) ==
        std::tie(other.time, other.level, other.source, other.message);
}

} // namespace

LogBridge::LogBridge(Engine& engine, QObject* parent)
    : QObject(parent)
    , m_engine(engine)
{
}

LogBridge::~LogBridge() = default;

void LogBridge::start()
{
    if (m_subscription)
        return;
    m_subscription = m_engine.subscribeLog([this](const LogRecord& record) { take(record); });
    m_lane.run([this] { m_lane.post([this, earlier = m_engine.log()] { begin(earlier); }); });
}

void LogBridge::take(const LogRecord& record)
{
    std::lock_guard lock(m_mutex);
    m_waiting.push_back(record);
    if (std::exchange(m_isPosted, true))
        return;
    m_lane.post([this] { deliver(); });
}

// What came between subscribing and reading is in both; it is told once.
void LogBridge::begin(const std::vector<LogRecord>& earlier)
{
    {
        std::lock_guard lock(m_mutex);
        std::erase_if(m_waiting, [&earlier](const LogRecord& record) {
            return std::any_of(earlier.rbegin(), earlier.rend(),
                               [&record](const LogRecord& known) { return isSame(record, known); });
        });
    }
    m_hasBegun = true;
    if (!earlier.empty())
        Q_EMIT written(earlier);
    deliver();
}

void LogBridge::deliver()
{
    std::vector<LogRecord> records;
    {
        std::lock_guard lock(m_mutex);
        m_isPosted = false;
        if (!m_hasBegun)
            return; // begin() will
        records.swap(m_waiting);
    }
    if (!records.empty())
        Q_EMIT written(records);
}

} // namespace lipsync::ui
