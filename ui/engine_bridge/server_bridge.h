// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/engine_bridge/work_lane.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include <QObject>
#include <QString>
#include <QTimer>

namespace lipsync::ui {

/// The engine's server for the window: started, stopped and asked on the thread "ui-server", because it opens files and
/// ports; what it says comes as signals on the window's. One runs at a time. The engine must outlive the bridge, whose
/// destructor stops the server and waits for its calls.
class ServerBridge final : public QObject {
    Q_OBJECT

public:
    /// Calls that wait for the window; of more at a time the oldest are not told.
    static constexpr std::size_t kMostWaiting = 200;
    /// Letters of what a client says of itself that are kept.
    static constexpr std::size_t kLongestWord = 200;

    explicit ServerBridge(Engine& engine, QObject* parent = nullptr);
    ~ServerBridge() override;

    /// started() or refused() follows. Not while one runs.
    void start(const ServerOptions& options);
    /// Lets calls under way finish; stopped() follows where one runs or is being started.
    void stop();

Q_SIGNALS:
    /// `metricsAddress` is empty without a page of numbers, `webAddress` where browsers are not served.
    void started(const QString& address, const QString& metricsAddress, const QString& webAddress);
    void refused(const lipsync::Error& error);
    /// Four times a second while one runs, and once more before stopped().
    void polled(const lipsync::ServerStatistics& statistics);
    void called(const std::vector<lipsync::ServedCall>& calls); ///< that ended or were refused, the oldest first
    void stopped();

private:
    void poll();
    void hear(const ServedCall& call);
    void deliver();
    void finish();

    Engine& m_engine;
    std::unique_ptr<Server> m_server; ///< the lane's alone
    QTimer m_timer;
    bool m_isPolling = false;
    std::mutex m_mutex; ///< of the next two
    std::deque<ServedCall> m_heard;
    bool m_isPosted = false;
    WorkLane m_lane{*this, QStringLiteral("ui-server")};
};

} // namespace lipsync::ui
