// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <QObject>
#include <QThreadPool>
#include <QTimer>

namespace lipsync::ui {

/// How the engine does, four times a second, for everything in the window that shows it. The engine is asked on the
/// thread "ui-statistics": it looks at devices and child processes, which may take milliseconds. A poll that is still
/// under way is not overtaken by the next. The engine must outlive the bridge.
class StatisticsBridge final : public QObject {
    Q_OBJECT

public:
    explicit StatisticsBridge(Engine& engine, QObject* parent = nullptr);
    /// Lets a poll that is under way finish.
    ~StatisticsBridge() override;

    /// Ten times a second instead of four, while charts are looked at.
    void setFast(bool isFast);
    bool isFast() const;

    /// Asks now, besides; polled() follows.
    void poll();
    /// What was polled last; empty before the first poll.
    const StatsSnapshot& latest() const { return m_latest; }

Q_SIGNALS:
    void polled(const lipsync::StatsSnapshot& snapshot);

private:
    void take(const StatsSnapshot& snapshot);

    Engine& m_engine;
    StatsSnapshot m_latest;
    bool m_isPolling = false;
    QTimer m_timer;
    QThreadPool m_polling;
};

} // namespace lipsync::ui
