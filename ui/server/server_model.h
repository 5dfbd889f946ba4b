// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/engine_bridge/server_bridge.h"
#include "ui/server/served_call_model.h"
#include "ui/server/served_method_model.h"
#include "ui/server/server_settings.h"

#include <filesystem>
#include <functional>
#include <vector>

#include <QObject>
#include <QString>

class QSettings;

namespace lipsync::ui {

class LibraryListModel;

enum class ServerState {
    Off,
    Starting,
    On,
    Stopping, ///< calls under way are finished
};

/// The server for other programs: switched on and off, set, and watched. Its settings are remembered. Bridge, avatars
/// and settings must outlive it.
class ServerModel final : public QObject {
    Q_OBJECT

public:
    ServerModel(ServerBridge& bridge, LibraryListModel& avatars, QSettings& settings, QObject* parent = nullptr);

    ServerState state() const { return m_state; }
    bool isOn() const { return m_state != ServerState::Off; }
    /// It is on or will be: what a switch shows.
    bool isWanted() const { return m_isWanted || m_state == ServerState::Starting || m_state == ServerState::On; }
    /// Whether start() would do something.
    bool canStart() const;
    /// Whether closing now would keep somebody waiting.
    bool hasOpenCalls() const { return isOn() && m_statistics.openCalls > 0; }

    const ServerSettings& settings() const { return m_settings; }
    /// In force from the next start.
    void setSettings(const ServerSettings& settings);
    /// It runs with other settings or avatars than these.
    bool isChangedSinceStart() const;

    /// Where clients reach it, HOST:PORT, and its page of numbers; empty while it is off. Of an address that stands for
    /// all of the machine's the host is the machine's name.
    QString endpoint() const;
    QString metricsUrl() const;
    /// The page for browsers.
    QString webUrl() const;
    /// What it did since its last start.
    const ServerStatistics& statistics() const { return m_statistics; }
    ServedMethodModel& methods() { return m_methods; }
    ServedCallModel& calls() { return m_calls; }

    /// Why it cannot be started with these settings, as far as it is known beforehand; empty when nothing is.
    QString problem() const;
    /// Why the last start was refused; empty when it was not.
    const QString& refusal() const { return m_refusal; }
    /// What it does, in a sentence, and in a few words for the status line.
    QString headline() const;
    QString statusText() const;
    /// What it did, in figures; empty before the first start.
    QString figures() const;
    /// Avatars that cannot be served, and why; a line each.
    QString faults() const;

    /// Starts once the library has been read and has something to serve.
    void startWhenRead();
    /// Stops it and calls `done` when it has; at once when it is off.
    void stopThen(std::function<void()> done);

public Q_SLOTS:
    void start();
    void stop();
    /// While it stops: whether it starts again afterwards.
    void toggle();

Q_SIGNALS:
    void changed(); ///< anything but the settings
    void settingsChanged();
    void refused(const QString& sentence); ///< a start
    void mended(const QString& sentence); ///< what was refused by this sentence has been started

private:
    void follow();
    void take(const QString& address, const QString& metricsAddress, const QString& webAddress);
    void refuse(const Error& error);
    void end();
    void setState(ServerState state);
    std::vector<std::filesystem::path> libraryAvatars() const;
    bool isLibraryBeingRead() const;
    ServerOptions options() const;

    ServerBridge& m_bridge;
    LibraryListModel& m_avatars;
    QSettings& m_store;
    ServerSettings m_settings;
    ServerSettings m_inForce; ///< of the server that runs
    std::vector<std::filesystem::path> m_served; ///< its libraries
    ServerState m_state = ServerState::Off;
    bool m_isWanted = false; ///< started as soon as that is possible
    bool m_hasRun = false;
    QString m_address, m_metricsAddress, m_webAddress;
    QString m_refusal;
    ServerStatistics m_statistics;
    ServedMethodModel m_methods;
    ServedCallModel m_calls;
    std::function<void()> m_afterStop;
};

} // namespace lipsync::ui
