// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/notifier/desktop_notifier.h"

#include <utility>

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QFileInfo>
#include <QGuiApplication>
#include <QStandardPaths>
#include <QTimer>
#include <QVariantMap>

namespace lipsync::ui {
namespace {

constexpr int kAnswerTimeoutMs = 3000; // a service that has to be started first answers within it
constexpr int kServiceDecides = -1; // how long a notice is shown

// Asking for a bus that is not there may start one; a window does not wait for that.
bool hasSessionBus()
{
    const QString runtime = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation);
    return qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS") ||
        (!runtime.isEmpty() && QFileInfo::exists(runtime + QStringLiteral("/bus")));
}

} // namespace

void DesktopNotifier::notify(const QString& title, const QString& sentence, std::function<void()> unheard)
{
    if (!hasSessionBus() || !QDBusConnection::sessionBus().isConnected()) {
        QTimer::singleShot(0, this, std::move(unheard));
        return;
    }
    auto call = QDBusMessage::createMethodCall(
        QStringLiteral("org.freedesktop.Notifications"), QStringLiteral("/org/freedesktop/Notifications"),
        QStringLiteral("org.freedesktop.Notifications"), QStringLiteral("Notify"));
    const QVariantMap hints{{QStringLiteral("desktop-entry"), QGuiApplication::desktopFileName()}};
    // Bodies are marked-up text there.
    call << QGuiApplication::applicationDisplayName() << quint32(0) << QGuiApplication::desktopFileName() << title
         << sentence.toHtmlEscaped() << QStringList() << hints << kServiceDecides;
    auto* answer = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(call, kAnswerTimeoutMs), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this,
            [unheard = std::move(unheard)](QDBusPendingCallWatcher* finished) {
                const QDBusPendingReply<quint32> reply = *finished;
                finished->deleteLater();
                if (reply.isError())
                    unheard();
            });
}

} // namespace lipsync::ui
