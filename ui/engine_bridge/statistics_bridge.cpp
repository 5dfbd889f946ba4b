// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/engine_bridge/statistics_bridge.h"

#include <chrono>
#include <utility>

namespace lipsync::ui {
namespace {

using namespace std::chrono_literals;

constexpr auto kCalmInterval = 250ms; // architecture.md: counters are polled at 4 Hz
constexpr auto kFastInterval = 100ms;

} // namespace

StatisticsBridge::StatisticsBridge(Engine& engine, QObject* parent)
    : QObject(parent)
    , m_engine(engine)
{
    m_polling.setObjectName(QStringLiteral("ui-statistics"));
    m_polling.setMaxThreadCount(1);
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(kCalmInterval);
    connect(&m_timer, &QTimer::timeout, this, &StatisticsBridge::poll);
    m_timer.start();
}

StatisticsBridge::~StatisticsBridge()
{
    m_polling.waitForDone();
}

void StatisticsBridge::setFast(bool isFast)
{
    if (isFast != this->isFast())
        m_timer.setInterval(isFast ? kFastInterval : kCalmInterval);
}

bool StatisticsBridge::isFast() const
{
    return m_timer.intervalAsDuration() == kFastInterval;
}

void StatisticsBridge::poll()
{
    if (m_isPolling)
        return;
    m_isPolling = true;
    m_polling.start([this] {
        QMetaObject::invokeMethod(
            this, [this, snapshot = m_engine.statistics()] { take(snapshot); }, Qt::QueuedConnection);
    });
}

void StatisticsBridge::take(const StatsSnapshot& snapshot)
{
    m_isPolling = false;
    m_latest = snapshot;
    Q_EMIT polled(m_latest);
}

} // namespace lipsync::ui
