// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/drops/file_drop_target.h"
#include "ui/drops/file_drops.h"
#include "ui/engine_bridge/library_bridge.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/support/fake_engine.h"

#include <QCoreApplication>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>
#include <QWidget>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

/// Drops on a fake engine that knows some files, and what became of them.
struct Desk {
    test::FakeEngine engine;
    LibraryBridge bridge{engine};
    FileDrops drops{bridge};
    QStringList sent;
    QString refusal;

    Desk()
    {
        const std::pair<const char*, FileKind> files[] = {
            {"/anna.avatar", FileKind::Avatar},     {"/bob.avatar", FileKind::Avatar},
            {"/hello.wav", FileKind::Voice},        {"/bye.wav", FileKind::Voice},
            {"/talk.mp4", FileKind::Video},         {"/more.mp4", FileKind::Video},
            {"/dataset.zip", FileKind::Importable}, {"/net.pth", FileKind::Checkpoint},
            {"/desk.lipsync", FileKind::Project},   {"/other.lipsync", FileKind::Project}};
        for (const auto& [name, kind] : files)
            engine.files[name] = {kind, {}};
        engine.files["/notes.txt"] = {FileKind::Unknown, "notes.txt is text: drop an avatar or a sound."};
        const auto record = [this](const char* what) {
            return
                [this, what](const std::filesystem::path& path) { sent << QString::fromLatin1(what) + fromPath(path); };
        };
        QObject::connect(&drops, &FileDrops::avatarDropped, record("avatar "));
        QObject::connect(&drops, &FileDrops::voiceDropped, record("voice "));
        QObject::connect(&drops, &FileDrops::furtherAvatarDropped, record("further avatar "));
        QObject::connect(&drops, &FileDrops::furtherVoiceDropped, record("further voice "));
        QObject::connect(&drops, &FileDrops::videoDropped, record("video "));
        QObject::connect(&drops, &FileDrops::preparationDropped, record("prepare "));
        QObject::connect(&drops, &FileDrops::projectDropped, record("project "));
        QObject::connect(&drops, &FileDrops::importDropped,
                         [this](const std::filesystem::path& source, const std::filesystem::path& checkpoint) {
                             sent << QStringLiteral("import %1 with %2").arg(fromPath(source), fromPath(checkpoint));
                         });
        QObject::connect(&drops, &FileDrops::refused, [this](const QString& reasons) { refusal = reasons; });
    }

    void drop(const QStringList& names, DropPlace place = DropPlace::Window)
    {
        QList<QUrl> urls;
        for (const QString& name : names)
            urls << QUrl::fromLocalFile(name);
        QSignalSpy described(&bridge, &LibraryBridge::filesDescribed);
        drops.take(urls, place);
        QVERIFY(described.wait());
    }
};

QString file(const char* name)
{
    return QString::fromLatin1(name);
}

} // namespace

/// Files dropped on the window.
class DropsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyKindGoesToItsPlace_data()
    {
        QTest::addColumn<QStringList>("files");
        QTest::addColumn<int>("place");
        QTest::addColumn<QStringList>("sent");
        const auto row = [](const char* name, const QStringList& files, DropPlace place, const QStringList& sent) {
            QTest::newRow(name) << files << static_cast<int>(place) << sent;
        };
        row("an avatar and a voice", {file("/hello.wav"), file("/anna.avatar")}, DropPlace::Window,
            {file("avatar /anna.avatar"), file("voice /hello.wav")});
        row("several of a kind", {file("/anna.avatar"), file("/bob.avatar"), file("/hello.wav"), file("/bye.wav")},
            DropPlace::Avatars,
            {file("avatar /anna.avatar"), file("further avatar /bob.avatar"), file("voice /hello.wav"),
             file("further voice /bye.wav")});
        row("a video on the window", {file("/talk.mp4")}, DropPlace::Window, {file("video /talk.mp4")});
        row("a video on the voices", {file("/talk.mp4")}, DropPlace::Voices, {file("voice /talk.mp4")});
        row("a video on the avatars", {file("/talk.mp4")}, DropPlace::Avatars, {file("prepare /talk.mp4")});
        row("a data set", {file("/dataset.zip")}, DropPlace::Window, {file("import /dataset.zip with ")});
        row("a network", {file("/net.pth")}, DropPlace::Window, {file("import  with /net.pth")});
        row("a data set and its network", {file("/net.pth"), file("/dataset.zip")}, DropPlace::Window,
            {file("import /dataset.zip with /net.pth")});
        row("a video and its network", {file("/talk.mp4"), file("/net.pth")}, DropPlace::Window,
            {file("import /talk.mp4 with /net.pth")});
        row("a project", {file("/desk.lipsync")}, DropPlace::Window, {file("project /desk.lipsync")});
    }

    void everyKindGoesToItsPlace()
    {
        QFETCH(QStringList, files);
        QFETCH(int, place);
        QFETCH(QStringList, sent);
        Desk desk;
        desk.drop(files, static_cast<DropPlace>(place));
        QCOMPARE(desk.sent, sent);
        QVERIFY2(desk.refusal.isEmpty(), qPrintable(desk.refusal));
    }

    void whatHasNoPlaceIsToldAndTheRestIsTaken()
    {
        Desk desk;
        desk.drop({file("/notes.txt"), file("/hello.wav")});
        QCOMPARE(desk.sent, QStringList{file("voice /hello.wav")});
        QCOMPARE(desk.refusal, file("notes.txt is text: drop an avatar or a sound."));
        desk.drop({file("/desk.lipsync"), file("/other.lipsync")});
        QVERIFY(desk.refusal.contains(file("Only one project")));
        desk.drop({file("/talk.mp4"), file("/more.mp4")}, DropPlace::Avatars);
        QVERIFY(desk.refusal.contains(file("one video at a time")));
    }

    void whatIsNoFileHereIsRefused()
    {
        Desk desk;
        desk.drops.take({QUrl(file("https://example.org/hello.wav"))}, DropPlace::Window);
        QVERIFY(desk.refusal.contains(file("not a file on this computer")));
        QList<QUrl> many;
        for (int number = 0; number < 101; ++number)
            many << QUrl::fromLocalFile(file("/hello.wav"));
        desk.drops.take(many, DropPlace::Window);
        QVERIFY(desk.refusal.contains(file("drop at most 100")));
        desk.refusal.clear();
        desk.drops.take({}, DropPlace::Window);
        QVERIFY(desk.refusal.isEmpty() && desk.sent.isEmpty());
    }

    void aWidgetTakesFilesAndNothingElse()
    {
        QWidget widget;
        FileDropTarget target(widget);
        QSignalSpy dropped(&target, &FileDropTarget::dropped), hovered(&target, &FileDropTarget::hovered);
        const auto enter = [&widget](const QMimeData& data) {
            QDragEnterEvent event({1, 1}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
            QCoreApplication::sendEvent(&widget, &event);
            return event.isAccepted();
        };
        QMimeData text, web, files;
        text.setText(file("hello"));
        web.setUrls({QUrl(file("https://example.org/a.wav"))});
        files.setUrls({QUrl::fromLocalFile(file("/hello.wav"))});
        QVERIFY(!enter(text) && !enter(web));
        QCOMPARE(hovered.count(), 0);
        QVERIFY(enter(files));
        QCOMPARE(hovered.count(), 1);
        QDropEvent drop({1, 1}, Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&widget, &drop);
        QCOMPARE(dropped.count(), 1);
        QCOMPARE(dropped.first().first().value<QList<QUrl>>(), files.urls());
        QDropEvent stray({1, 1}, Qt::CopyAction, &text, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&widget, &stray);
        QVERIFY(!stray.isAccepted());
    }
};

QTEST_MAIN(DropsTest)
#include "drops_test.moc"
