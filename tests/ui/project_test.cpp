// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/project/project_document.h"
#include "ui/project/project_json.h"
#include "ui/support/hand_project_clock.h"

#include <functional>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTest>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

const auto kFile = QStringLiteral("/media/clips/holiday.lipsync");

ProjectData fullProject()
{
    ProjectData data;
    data.avatar = QStringLiteral("/media/avatars/anna.avatar");
    data.voice = QStringLiteral("/media/clips/voices/hello.wav");
    data.loop = LoopRange{10, 99};
    data.plan = ConcurrencyPlan{};
    data.plan->devices = {{"cpu", 2}, {"cuda:0", 3}};
    data.plan->isolation = Isolation::Process;
    data.plan->batchSizes = {1, 2, 4, 8};
    data.plan->maxWaitMs = 2.5;
    data.plan->arithmetic = Arithmetic::Bf16;
    data.plan->balance = Balance::RandomOfTwo;
    data.plan->shares = {5, 3, 2};
    data.exportSettings = {ExportFormat::WebM, 23, QStringLiteral("/media/clips/out.webm"), PasteStyle::Exact, false};
    data.queue = {{data.avatar, data.voice, QStringLiteral("/media/clips/hello.npy"), data.exportSettings},
                  {data.avatar, data.voice, {}, {}}};
    data.layout = QByteArray("\0layout\xff", 8);
    return data;
}

bool everythingIsThere(const QString&)
{
    return true;
}

QJsonObject objectOf(const ProjectData& data)
{
    return QJsonDocument::fromJson(toJson(data, kFile)).object();
}

Result<ReadProject> parse(const QJsonObject& object)
{
    return parseProject(QJsonDocument(object).toJson(), kFile, everythingIsThere);
}

void setWithin(QJsonObject& object, const QString& outer, const QString& inner, const QJsonValue& value)
{
    QJsonObject part = object.value(outer).toObject();
    part.insert(inner, value);
    object.insert(outer, part);
}

QString messageOf(const Result<ReadProject>& read)
{
    return read ? QString() : QString::fromStdString(read.error().message);
}

} // namespace

/// The project document: its text, and its edits.
class ProjectTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenIsReadAgain()
    {
        for (const ProjectData& data : {ProjectData{}, fullProject()}) {
            const auto read = parseProject(toJson(data, kFile), kFile, everythingIsThere);
            QVERIFY2(read, qPrintable(messageOf(read)));
            QVERIFY(read->data == data);
            QVERIFY(read->missing.isEmpty());
            QVERIFY(!read->unsaved);
        }
    }

    void itsFirstLineSaysWhatItIs()
    {
        const QByteArray text = toJson(fullProject(), kFile);
        QVERIFY(text.left(100).contains(kProjectFormat));
        QVERIFY(text.left(100).contains("\"version\": 1"));
    }

    void aMovedFolderFindsItsFiles()
    {
        ProjectData data;
        data.avatar = QStringLiteral("/media/avatars/anna.avatar");
        data.voice = QStringLiteral("/media/clips/voices/hello.wav");
        data.exportSettings.output = QStringLiteral("/media/clips/out.mp4");
        const QString moved = QStringLiteral("/media/stick/clips/holiday.lipsync");
        // The clips were moved, the avatar stayed.
        const auto read = parseProject(toJson(data, kFile), moved, [](const QString& path) {
            return path.startsWith(QStringLiteral("/media/stick/clips")) ||
                path == QStringLiteral("/media/avatars/anna.avatar");
        });
        QVERIFY(read);
        QCOMPARE(read->data.voice, QStringLiteral("/media/stick/clips/voices/hello.wav"));
        QCOMPARE(read->data.avatar, QStringLiteral("/media/avatars/anna.avatar"));
        QCOMPARE(read->data.exportSettings.output, QStringLiteral("/media/stick/clips/out.mp4"));
        QVERIFY(read->missing.isEmpty());
    }

    void aCopyUsesItsOwnFiles()
    {
        ProjectData data;
        data.voice = QStringLiteral("/media/clips/hello.wav");
        const auto read = parseProject(toJson(data, kFile), QStringLiteral("/copy/holiday.lipsync"), everythingIsThere);
        QCOMPARE(read->data.voice, QStringLiteral("/copy/hello.wav"));
    }

    void aSentenceIsSaidForEveryMissingFile()
    {
        const auto read = parseProject(toJson(fullProject(), kFile), kFile, [](const QString&) { return false; });
        QVERIFY(read);
        QVERIFY(read->data == fullProject()); // nothing is forgotten
        QCOMPARE(read->missing.size(), 5); // avatar, voice; the queue's avatar, voice and features, each once
        QVERIFY(read->missing[0].contains(QStringLiteral("anna.avatar")));
        QVERIFY(read->missing[1].contains(QStringLiteral("hello.wav")));
    }

    void aRecoveryFileKnowsWhoseItIs()
    {
        const UnsavedWork work{QStringLiteral("/elsewhere/holiday.lipsync"),
                               QDateTime(QDate(2026, 3, 1), QTime(9, 0), Qt::UTC)};
        const QString recovery = QStringLiteral("/data/recovery/unsaved.lipsync");
        const auto read = parseProject(toJson(fullProject(), recovery, work), recovery, everythingIsThere);
        QVERIFY(read);
        QVERIFY(read->unsaved == work);
        QVERIFY(read->data == fullProject()); // relative to the project, not to the recovery file
    }

    void whatIsNoProjectIsRefusedInASentence_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("no JSON") << QByteArray("RIFF....WAVE");
        QTest::newRow("a list") << QByteArray("[]");
        QTest::newRow("another format") << QByteArray(R"({"format": "something-else", "version": 1})");
        QTest::newRow("cut off") << toJson(fullProject(), kFile).chopped(200);
        QTest::newRow("deep") << QByteArray(100000, '[');
        QTest::newRow("too large") << QByteArray(kMostProjectBytes + 1, ' ');
        QTest::newRow("nothing in it") << QByteArray(R"({"format": "lipsync-studio-project", "version": 1})");
    }

    void whatIsNoProjectIsRefusedInASentence()
    {
        QFETCH(QByteArray, text);
        const auto read = parseProject(text, kFile, everythingIsThere);
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::InvalidInput);
        QVERIFY(messageOf(read).contains(kFile));
    }

    void aNewerStudiosProjectIsToldSo()
    {
        QJsonObject object = objectOf(fullProject());
        object.insert(QStringLiteral("version"), 2);
        QVERIFY(messageOf(parse(object)).contains(QStringLiteral("newer studio")));
    }

    void aFieldThatMakesNoSenseIsNamed_data()
    {
        QTest::addColumn<QString>("outer");
        QTest::addColumn<QString>("inner");
        QTest::addColumn<QJsonValue>("value");
        QTest::addColumn<QString>("name");
        const auto row = [](const char* outer, const char* inner, const QJsonValue& value, const char* name) {
            QTest::addRow("%s.%s", outer, inner)
                << QString::fromLatin1(outer) << QString::fromLatin1(inner) << value << QString::fromLatin1(name);
        };
        row("avatar", "path", QStringLiteral("anna.avatar"), "avatar.path"); // not absolute
        row("voice", "path", QString(5000, u'a'), "voice.path");
        row("voice", "relative", 5, "voice.relative");
        row("playback", "loop", QJsonObject{{QStringLiteral("first"), 5}, {QStringLiteral("last"), 4}},
            "playback.loop.last");
        row("export", "format", QStringLiteral("avi"), "export.format");
        row("export", "quality", -1, "export.quality");
        row("concurrency", "batch_sizes", QJsonArray{4, 2}, "concurrency");
        row("concurrency", "isolation", QStringLiteral("wish"), "concurrency");
        row("concurrency", "devices", QJsonArray{1, 2}, "concurrency");
    }

    void aFieldThatMakesNoSenseIsNamed()
    {
        QFETCH(QString, outer);
        QFETCH(QString, inner);
        QFETCH(QJsonValue, value);
        QFETCH(QString, name);
        QJsonObject object = objectOf(fullProject());
        setWithin(object, outer, inner, value);
        QVERIFY2(messageOf(parse(object)).contains(u'“' + name + u'”'), qPrintable(messageOf(parse(object))));
    }

    void aHugeQueueIsRefused()
    {
        QJsonObject object = objectOf(fullProject());
        QJsonArray queue;
        for (int i = 0; i < 1001; ++i)
            queue.append(object.value(QStringLiteral("queue")).toArray().first());
        object.insert(QStringLiteral("queue"), queue);
        QVERIFY(messageOf(parse(object)).contains(QStringLiteral("queue")));
    }

    void everyEditCanBeTakenBack()
    {
        test::HandProjectClock clock;
        ProjectDocument document(clock);
        const ProjectData full = fullProject();
        document.setAvatar(QStringLiteral("/a"));
        document.setVoice(QStringLiteral("/v"));
        const ProjectData beginning = document.data();
        QVERIFY(!document.isModified());
        QVERIFY(!document.undoStack().canUndo());
        const std::vector<std::function<void()>> edits{
            [&] { document.setAvatar(full.avatar); }, [&] { document.setVoice(full.voice); },
            [&] { document.setLoop(full.loop); }, [&] { document.setPlan(*full.plan); },
            [&] { document.setExportSettings(full.exportSettings); }};
        for (const auto& edit : edits) {
            edit();
            edit(); // once more is no edit
        }
        QCOMPARE(document.undoStack().count(), static_cast<int>(edits.size()));
        const ProjectData after = document.data();
        QSignalSpy parts(&document, &ProjectDocument::partChanged);
        while (document.undoStack().canUndo())
            document.undoStack().undo();
        QCOMPARE(parts.count(), static_cast<int>(edits.size()));
        QVERIFY(document.data() == beginning);
        QVERIFY(!document.isModified());
        while (document.undoStack().canRedo())
            document.undoStack().redo();
        QVERIFY(document.data() == after);
        QVERIFY(document.isModified());
    }

    void aDraggedSliderIsOneEditAndALaterOneAnother()
    {
        test::HandProjectClock clock;
        ProjectDocument document(clock);
        for (int ms = 10; ms <= 50; ms += 10) {
            document.setLoop(LoopRange{0, ms});
            clock.pass(std::chrono::milliseconds(100));
        }
        QCOMPARE(document.undoStack().count(), 1);
        clock.pass(std::chrono::seconds(10));
        document.setLoop(LoopRange{0, 60});
        QCOMPARE(document.undoStack().count(), 2);
        document.undoStack().undo();
        QVERIFY(document.data().loop == (LoopRange{0, 50}));
        document.undoStack().undo();
        QVERIFY(!document.data().loop);
    }

    void dragsBackToTheStartAreNoEdit()
    {
        test::HandProjectClock clock;
        ProjectDocument document(clock);
        document.setLoop(LoopRange{0, 10});
        document.setLoop({});
        QVERIFY(!document.undoStack().canUndo());
    }

    void whatWasSavedIsNoLongerModified()
    {
        test::HandProjectClock clock;
        ProjectDocument document(clock);
        QSignalSpy modified(&document, &ProjectDocument::modifiedChanged);
        document.setLoop(LoopRange{0, 10});
        const quint64 revision = document.revision();
        clock.pass(std::chrono::seconds(10));
        document.setLoop(LoopRange{0, 20}); // while the first was being written
        document.markSaved(revision);
        QVERIFY(document.isModified());
        document.markSaved(document.revision());
        QVERIFY(!document.isModified());
        document.undoStack().undo();
        QVERIFY(document.isModified());
        document.undoStack().redo();
        QVERIFY(!document.isModified());
        QCOMPARE(modified.count(), 4);
    }

    void theFirstAvatarOfASavedProjectIsAChange()
    {
        test::HandProjectClock clock;
        ProjectDocument document(clock);
        document.markSaved(document.revision());
        document.setAvatar(QStringLiteral("/a"));
        QVERIFY(document.isModified());
    }

    void queueAndLayoutAreNoEdits()
    {
        test::HandProjectClock clock;
        ProjectDocument document(clock);
        document.setQueue(fullProject().queue);
        document.setLayout("layout");
        QVERIFY(!document.isModified());
        QVERIFY(!document.undoStack().canUndo());
    }

    void withAFileAnotherQueueIsAChange()
    {
        test::HandProjectClock clock;
        ProjectDocument document(clock);
        document.setHasFile(true);
        document.setQueue(fullProject().queue);
        QVERIFY(document.isModified());
        QVERIFY(!document.undoStack().canUndo());
        document.setQueue({}); // as in the file
        QVERIFY(!document.isModified());
        document.setQueue(fullProject().queue);
        document.markSaved(document.revision());
        QVERIFY(!document.isModified());
        document.setQueue({});
        QVERIFY(document.isModified());
        document.beginWithQueue({});
        QVERIFY(!document.isModified());
        document.fillPlan(ConcurrencyPlan{});
        QVERIFY(!document.isModified());
    }

    void aProjectThatHadANudgeIsRead()
    {
        QJsonObject object = objectOf(fullProject());
        setWithin(object, QStringLiteral("playback"), QStringLiteral("nudge_ms"), 40);
        QVERIFY(parse(object));
    }

    void anotherProjectForgetsTheEdits()
    {
        test::HandProjectClock clock;
        ProjectDocument document(clock);
        document.setLoop(LoopRange{0, 10});
        QSignalSpy replaced(&document, &ProjectDocument::replaced);
        document.replace(fullProject());
        QCOMPARE(replaced.count(), 1);
        QVERIFY(!document.isModified());
        QVERIFY(!document.undoStack().canUndo());
        document.replace({}, true);
        QVERIFY(document.isModified());
    }
};

QTEST_MAIN(ProjectTest)
#include "project_test.moc"
