// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QTest>

namespace {

constexpr int kPatienceMs = 60000; // a loaded machine loads the networks' library

/// Starts of the real program in a home of their own.
struct Home {
    QTemporaryDir folder;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();

    Home()
    {
        environment.insert(QStringLiteral("HOME"), folder.path());
        environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), folder.path());
        environment.remove(QStringLiteral("XDG_CONFIG_HOME"));
        environment.remove(QStringLiteral("XDG_DATA_HOME"));
        environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    }
    void start(QProcess& program) const
    {
        program.setProcessEnvironment(environment);
        program.start(QStringLiteral(LIPSYNC_BINARY_DIR "/lipsync-studio"),
                      {QStringLiteral(LIPSYNC_SOURCE_DIR "/resources/avatars/demo.avatar")});
    }
};

} // namespace

/// Two starts of the studio.
class SingleStartTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theSecondStartEndsWithStatusZeroWhileTheFirstGoesOn()
    {
        const Home home;
        QProcess first, second;
        home.start(first);
        QVERIFY(first.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(home.folder.filePath(QStringLiteral("lipsync-studio/studio.socket"))),
                                 kPatienceMs);
        home.start(second);
        QVERIFY(second.waitForFinished(kPatienceMs));
        QCOMPARE(second.exitStatus(), QProcess::NormalExit);
        QCOMPARE(second.exitCode(), 0);
        QCOMPARE(first.state(), QProcess::Running);

        // After a crash the next start is the first one again.
        first.kill();
        QVERIFY(first.waitForFinished(kPatienceMs));
        QProcess third, fourth;
        home.start(third);
        QVERIFY(third.waitForStarted());
        home.start(fourth); // both at once: one of them runs
        QTRY_VERIFY_WITH_TIMEOUT(third.state() == QProcess::NotRunning || fourth.state() == QProcess::NotRunning,
                                 kPatienceMs);
        QProcess& ended = third.state() == QProcess::NotRunning ? third : fourth;
        QProcess& running = &ended == &third ? fourth : third;
        QCOMPARE(ended.exitCode(), 0);
        QCOMPARE(running.state(), QProcess::Running);
        running.kill();
        QVERIFY(running.waitForFinished(kPatienceMs));
    }
};

QTEST_MAIN(SingleStartTest)
#include "single_start_test.moc"
