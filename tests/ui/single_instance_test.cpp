// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/single_instance.h"

#include <atomic>
#include <thread>

#include <QDir>
#include <QFile>
#include <QLocalSocket>
#include <QLockFile>
#include <QSignalSpy>
#include <QSysInfo>
#include <QTemporaryDir>
#include <QTest>

using lipsync::studio::messageOf;
using lipsync::studio::parseFiles;
using lipsync::studio::SingleInstance;

namespace {

QString place(const QTemporaryDir& folder)
{
    return folder.filePath(QStringLiteral("run"));
}

/// A start of the program, which waits for the other one's answer: on a thread, because the other one is in this
/// process.
SingleInstance::Start startAnother(const QTemporaryDir& folder, const QStringList& files)
{
    auto result = SingleInstance::Start::NoAnswer;
    std::atomic<bool> isOver = false;
    std::jthread another([&] {
        SingleInstance later(place(folder));
        result = later.start(files);
        isOver = true;
    });
    static_cast<void>(QTest::qWaitFor([&] { return isOver.load(); }, 20000));
    another.join();
    return result;
}

} // namespace

/// The studio runs once for a person.
class SingleInstanceTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aSecondStartHandsItsFilesOver()
    {
        const QTemporaryDir folder;
        SingleInstance first(place(folder));
        QCOMPARE(first.start({}), SingleInstance::Start::First);
        const QSignalSpy received(&first, &SingleInstance::filesReceived);
        QCOMPARE(startAnother(folder, {QStringLiteral("/a/anna.avatar"), QStringLiteral("hello wörld.wav")}),
                 SingleInstance::Start::HandedOver);
        QTRY_COMPARE(received.count(), 1);
        const QStringList files{QStringLiteral("/a/anna.avatar"),
                                QDir::current().absoluteFilePath(QStringLiteral("hello wörld.wav"))};
        QCOMPARE(received.first().first().toStringList(), files);
    }

    void aStartWithoutFilesOnlyWantsTheWindow()
    {
        const QTemporaryDir folder;
        SingleInstance first(place(folder));
        QCOMPARE(first.start({}), SingleInstance::Start::First);
        const QSignalSpy received(&first, &SingleInstance::filesReceived);
        QCOMPARE(startAnother(folder, {}), SingleInstance::Start::HandedOver);
        QTRY_COMPARE(received.count(), 1);
        QVERIFY(received.first().first().toStringList().isEmpty());
    }

    void afterTheFirstEndedTheNextRuns()
    {
        const QTemporaryDir folder;
        for (int round = 0; round < 3; ++round) {
            SingleInstance first(place(folder));
            QCOMPARE(first.start({}), SingleInstance::Start::First);
        }
    }

    void whatACrashLeavesIsNoObstacle()
    {
        const QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkdir(QStringLiteral("run")));
        for (const char* name : {"/studio.socket", "/studio.lock"}) {
            QFile left(place(folder) + QString::fromLatin1(name));
            QVERIFY(left.open(QIODevice::WriteOnly));
            // Beyond the largest process number.
            left.write("4194305\nlipsync-studio\n" + QSysInfo::machineHostName().toUtf8() + "\n");
        }
        SingleInstance first(place(folder));
        QCOMPARE(first.start({}), SingleInstance::Start::First);
        QCOMPARE(startAnother(folder, {}), SingleInstance::Start::HandedOver);
    }

    void oneThatDoesNotAnswerIsToldSo()
    {
        const QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkdir(QStringLiteral("run")));
        QLockFile lock(place(folder) + QStringLiteral("/studio.lock"));
        lock.setStaleLockTime(0);
        QVERIFY(lock.tryLock()); // runs, but nobody listens
        SingleInstance later(place(folder), std::chrono::milliseconds(100));
        QCOMPARE(later.start({}), SingleInstance::Start::NoAnswer);
    }

    void aFolderThatCannotBeWrittenIsNoObstacle()
    {
        const QTemporaryDir folder;
        QFile file(place(folder)); // a file in its place
        QVERIFY(file.open(QIODevice::WriteOnly));
        SingleInstance first(place(folder));
        QCOMPARE(first.start({}), SingleInstance::Start::First);
    }

    void strangersAreIgnored_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("no JSON") << QByteArray("GET / HTTP/1.1\n");
        QTest::newRow("relative") << QByteArray("{\"files\": [\"a.wav\"]}\n");
        QTest::newRow("no list") << QByteArray("{\"files\": 5}\n");
        QTest::newRow("numbers") << QByteArray("{\"files\": [1, 2]}\n");
        QTest::newRow("endless") << QByteArray(2 << 20, 'x');
        QTest::newRow("too many") << messageOf(QStringList(101, QStringLiteral("/a.wav")));
    }

    void strangersAreIgnored()
    {
        QFETCH(QByteArray, bytes);
        const QTemporaryDir folder;
        SingleInstance first(place(folder));
        QCOMPARE(first.start({}), SingleInstance::Start::First);
        const QSignalSpy received(&first, &SingleInstance::filesReceived);
        QLocalSocket socket;
        socket.connectToServer(place(folder) + QStringLiteral("/studio.socket"));
        QVERIFY(socket.waitForConnected());
        socket.write(bytes);
        QTRY_COMPARE(socket.state(), QLocalSocket::UnconnectedState);
        QCOMPARE(received.count(), 0);
        QVERIFY(!parseFiles(bytes));
        QCOMPARE(startAnother(folder, {QStringLiteral("/a.wav")}), SingleInstance::Start::HandedOver);
    }
};

QTEST_MAIN(SingleInstanceTest)
#include "single_instance_test.moc"
