// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/server/server_model.h"

#include "ui/engine_bridge/qt_conversion.h"
#include "ui/library/library_list_model.h"
#include "ui/server/served_texts.h"

#include <algorithm>
#include <utility>

#include <QLocale>
#include <QSettings>
#include <QStringList>
#include <QSysInfo>

namespace lipsync::ui {
namespace {

constexpr const char* kReady = "ready";
constexpr const char* kFailed = "failed";
constexpr qsizetype kMostFaults = 3; // more than a low dock has room for

} // namespace

ServerModel::ServerModel(ServerBridge& bridge, LibraryListModel& avatars, QSettings& settings, QObject* parent)
    : QObject(parent)
    , m_bridge(bridge)
    , m_avatars(avatars)
    , m_store(settings)
    , m_settings(readServerSettings(settings))
{
    connect(&bridge, &ServerBridge::started, this, &ServerModel::take);
    connect(&bridge, &ServerBridge::refused, this, &ServerModel::refuse);
    connect(&bridge, &ServerBridge::stopped, this, &ServerModel::end);
    connect(&bridge, &ServerBridge::called, &m_calls, &ServedCallModel::add);
    connect(&bridge, &ServerBridge::polled, this, [this](const ServerStatistics& statistics) {
        m_statistics = statistics;
        m_methods.setMethods(statistics.methods);
        Q_EMIT changed();
    });
    connect(&avatars, &QAbstractItemModel::rowsInserted, this, &ServerModel::follow);
    connect(&avatars, &QAbstractItemModel::rowsRemoved, this, &ServerModel::follow);
    connect(&avatars, &QAbstractItemModel::dataChanged, this, &ServerModel::follow);
}

bool ServerModel::canStart() const
{
    return !isOn() && problem().isEmpty();
}

void ServerModel::setSettings(const ServerSettings& settings)
{
    if (settings == m_settings)
        return;
    m_settings = settings;
    writeServerSettings(m_store, settings);
    Q_EMIT settingsChanged();
    follow();
}

bool ServerModel::isChangedSinceStart() const
{
    ServerSettings present = m_settings;
    present.startsWithStudio = m_inForce.startsWithStudio; // is of the next start anyway
    return isOn() && (present != m_inForce || options().libraries != m_served);
}

QString ServerModel::endpoint() const
{
    for (const char* all : {"0.0.0.0:", "[::]:"})
        if (m_address.startsWith(QLatin1String(all)))
            return QSysInfo::machineHostName() + m_address.mid(m_address.lastIndexOf(u':'));
    return m_address;
}

QString ServerModel::metricsUrl() const
{
    return m_metricsAddress.isEmpty() ? QString() : QStringLiteral("http://%1/metrics").arg(m_metricsAddress);
}

QString ServerModel::webUrl() const
{
    if (m_webAddress.isEmpty())
        return {};
    const QString scheme = m_inForce.certificate.isEmpty() ? QStringLiteral("http") : QStringLiteral("https");
    return QStringLiteral("%1://%2/").arg(scheme, m_webAddress);
}

QString ServerModel::problem() const
{
    if (m_settings.host.isEmpty())
        return tr("Give the address that clients call: 127.0.0.1 is reached by programs of this machine alone.");
    if (!m_settings.folders.isEmpty() || (m_settings.servesLibrary && !libraryAvatars().empty()))
        return {};
    if (m_settings.servesLibrary && isLibraryBeingRead())
        return tr("The library is being read.");
    return tr("There is nothing to serve: put an avatar into the library and serve it, or add a folder of avatars.");
}

QString ServerModel::headline() const
{
    switch (m_state) {
    case ServerState::Off:
        return m_isWanted ? tr("The server starts once the library is read.") : tr("The server is off.");
    case ServerState::Starting:
        return tr("Starting…");
    case ServerState::On:
        return tr("Serving at %1").arg(endpoint());
    case ServerState::Stopping:
        break;
    }
    QString sentence = tr("Stopping: %n call(s) under way.", nullptr, static_cast<int>(m_statistics.openCalls));
    if (m_isWanted)
        sentence += u' ' + tr("Then it starts again.");
    return sentence;
}

QString ServerModel::statusText() const
{
    const int calls = static_cast<int>(m_statistics.openCalls);
    switch (m_state) {
    case ServerState::Off:
        return tr("server off");
    case ServerState::Starting:
        return tr("server starts");
    case ServerState::On:
        return tr("server on %1, %n call(s)", nullptr, calls).arg(endpoint());
    case ServerState::Stopping:
        break;
    }
    return tr("server stops, %n call(s)", nullptr, calls);
}

QString ServerModel::figures() const
{
    if (!m_hasRun)
        return {};
    const QLocale locale;
    const auto number = [&](std::uint64_t value) { return locale.toString(static_cast<qulonglong>(value)); };
    QStringList parts;
    if (isOn()) {
        const auto& avatars = m_statistics.avatars;
        const auto ready = std::count_if(avatars.begin(), avatars.end(),
                                         [](const ServedAvatarStatus& one) { return one.state == kReady; });
        parts << tr("Up %1").arg(uptimeText(m_statistics.uptimeSeconds))
              << tr("under way: %1").arg(number(m_statistics.openCalls))
              << tr("avatars ready: %1 of %2").arg(ready).arg(avatars.size());
    }
    parts << tr("calls: %1").arg(number(m_statistics.accepted)) << tr("failed: %1").arg(number(m_statistics.failed));
    if (!metricsUrl().isEmpty())
        parts << metricsUrl();
    if (!webUrl().isEmpty())
        parts << webUrl();
    return parts.join(QStringLiteral(" · "));
}

QString ServerModel::faults() const
{
    QStringList lines;
    for (const ServedAvatarStatus& avatar : m_statistics.avatars)
        if (isOn() && avatar.state == kFailed)
            lines << tr("%1 is not served: %2").arg(plainText(avatar.name), QString::fromStdString(avatar.reason));
    const qsizetype more = lines.size() - kMostFaults;
    lines = lines.mid(0, kMostFaults);
    if (more > 0)
        lines << tr("%1 more are not served.").arg(more);
    return lines.join(u'\n');
}

void ServerModel::startWhenRead()
{
    m_isWanted = true;
    follow();
}

void ServerModel::stopThen(std::function<void()> done)
{
    stop();
    if (!isOn())
        done();
    else
        m_afterStop = std::move(done);
}

void ServerModel::start()
{
    if (!canStart())
        return;
    m_isWanted = false;
    m_inForce = m_settings;
    m_statistics = {};
    m_methods.setMethods({});
    const ServerOptions wanted = options();
    m_served = wanted.libraries;
    setState(ServerState::Starting);
    m_bridge.start(wanted);
}

void ServerModel::stop()
{
    m_isWanted = false;
    if (m_state == ServerState::Starting || m_state == ServerState::On)
        m_bridge.stop();
    setState(isOn() ? ServerState::Stopping : ServerState::Off);
}

void ServerModel::toggle()
{
    if (m_state == ServerState::Stopping) {
        m_isWanted = !m_isWanted;
        Q_EMIT changed();
    } else if (isWanted()) {
        stop();
    } else {
        start();
    }
}

// Starts what is wanted as soon as it can be.
void ServerModel::follow()
{
    const bool isRead = !m_settings.servesLibrary || !isLibraryBeingRead();
    if (m_isWanted && isRead && canStart())
        start();
    else
        Q_EMIT changed();
}

void ServerModel::take(const QString& address, const QString& metricsAddress, const QString& webAddress)
{
    m_address = address;
    m_metricsAddress = metricsAddress;
    m_webAddress = webAddress;
    m_hasRun = true;
    const QString refusal = std::exchange(m_refusal, {});
    setState(m_state == ServerState::Starting ? ServerState::On : m_state); // it may have been stopped meanwhile
    if (!refusal.isEmpty())
        Q_EMIT mended(refusal);
}

void ServerModel::refuse(const Error& error)
{
    m_refusal = tr("The server was not started. %1").arg(toText(error));
    end();
    Q_EMIT refused(m_refusal);
}

void ServerModel::end()
{
    m_address.clear();
    m_metricsAddress.clear();
    m_webAddress.clear();
    m_statistics.openCalls = 0;
    setState(ServerState::Off);
    if (const auto done = std::exchange(m_afterStop, {}))
        done();
    follow();
}

void ServerModel::setState(ServerState state)
{
    m_state = state;
    Q_EMIT changed();
}

std::vector<std::filesystem::path> ServerModel::libraryAvatars() const
{
    std::vector<std::filesystem::path> avatars;
    for (int row = 0; row < m_avatars.rowCount(); ++row)
        if (m_avatars.isUsable(row))
            avatars.push_back(m_avatars.path(row));
    return avatars;
}

bool ServerModel::isLibraryBeingRead() const
{
    for (int row = 0; row < m_avatars.rowCount(); ++row)
        if (m_avatars.state(row) == EntryState::Reading)
            return true;
    return false;
}

ServerOptions ServerModel::options() const
{
    return optionsOf(m_settings, libraryAvatars());
}

} // namespace lipsync::ui
