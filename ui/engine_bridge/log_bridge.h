// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/engine_bridge/work_lane.h"

#include <memory>
#include <mutex>
#include <vector>

#include <QObject>

namespace lipsync::ui {

/// The engine's log, from its oldest record kept on. Many records at once arrive together. The engine must outlive the
/// bridge.
class LogBridge final : public QObject {
    Q_OBJECT

public:
    explicit LogBridge(Engine& engine, QObject* parent = nullptr);
    ~LogBridge() override;

    /// written() follows with the records there are, then with each that comes; once.
    void start();

Q_SIGNALS:
    void written(const std::vector<lipsync::LogRecord>& records);

private:
    void take(const LogRecord& record);
    void begin(const std::vector<LogRecord>& earlier);
    void deliver();

    Engine& m_engine;
    std::mutex m_mutex;
    std::vector<LogRecord> m_waiting; ///< under the mutex
    bool m_isPosted = false; ///< deliver() is on its way; under the mutex
    bool m_hasBegun = false; ///< the earlier records have been told; the window's thread
    WorkLane m_lane{*this, QStringLiteral("ui-log")};
    std::unique_ptr<Subscription> m_subscription; ///< ends first
};

} // namespace lipsync::ui
