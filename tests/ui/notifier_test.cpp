// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/notifier/desktop_notifier.h"

#include <QDBusConnection>
#include <QDBusConnectionInterface>
#include <QObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>
#include <QVariantMap>

using namespace lipsync::ui;

namespace {

/// A desktop's service of notices, as far as it matters here.
class NoticeService final : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")

public:
    QStringList titles, bodies;

public Q_SLOTS:
    // The specification's signature.
    uint Notify(const QString& /*program*/, uint /*replaces*/, const QString& /*icon*/, const QString& title, // NOLINT
                const QString& body, const QStringList& /*actions*/, const QVariantMap& /*hints*/, int /*timeout*/)
    {
        titles << title;
        bodies << body;
        return 1;
    }
};

} // namespace

/// Notices of the desktop, over a message bus of this test's own.
class NotifierTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const QString program = QStandardPaths::findExecutable(QStringLiteral("dbus-daemon"));
        if (program.isEmpty())
            QSKIP("dbus-daemon is not installed: notices of the desktop are not tested");
        m_bus.start(program,
                    {QStringLiteral("--session"), QStringLiteral("--nofork"), QStringLiteral("--print-address")});
        QVERIFY(m_bus.waitForStarted());
        QVERIFY(m_bus.waitForReadyRead());
        qputenv("DBUS_SESSION_BUS_ADDRESS", m_bus.readAllStandardOutput().trimmed());
    }

    void withoutAServiceTheNoticeIsUnheard()
    {
        DesktopNotifier notifier;
        int unheard = 0;
        notifier.notify(QStringLiteral("Export finished"), QStringLiteral("a.mp4"), [&] { ++unheard; });
        QCOMPARE(unheard, 0); // nobody waits
        QTRY_COMPARE(unheard, 1);
    }

    void theServiceShowsTitleAndSentence()
    {
        QVERIFY(QDBusConnection::sessionBus().isConnected());
        NoticeService service;
        auto bus = QDBusConnection::sessionBus();
        QVERIFY(bus.registerObject(QStringLiteral("/org/freedesktop/Notifications"), &service,
                                   QDBusConnection::ExportAllSlots));
        QVERIFY(bus.registerService(QStringLiteral("org.freedesktop.Notifications")));
        DesktopNotifier notifier;
        bool isUnheard = false;
        notifier.notify(QStringLiteral("Export finished"), QStringLiteral("<b>.mp4 is finished"),
                        [&] { isUnheard = true; });
        QTRY_COMPARE(service.titles, QStringList{QStringLiteral("Export finished")});
        QCOMPARE(service.bodies, QStringList{QStringLiteral("&lt;b&gt;.mp4 is finished")});
        bus.unregisterService(QStringLiteral("org.freedesktop.Notifications"));
        QVERIFY(!isUnheard);
    }

    void cleanupTestCase()
    {
        m_bus.terminate();
        m_bus.waitForFinished();
    }

private:
    QProcess m_bus;
};

QTEST_GUILESS_MAIN(NotifierTest)
#include "notifier_test.moc"
