// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/action_registry.h"
#include "ui/concurrency/concurrency_model.h"
#include "ui/engine_bridge/engine_bridge.h"
#include "ui/engine_bridge/export_queue_bridge.h"
#include "ui/engine_bridge/pool_bridge.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/export/export_draft.h"
#include "ui/files/standard_folder.h"
#include "ui/library/library_model.h"
#include "ui/playback/playback_controller.h"
#include "ui/project/close_guard.h"
#include "ui/project/plan_binding.h"
#include "ui/project/project_actions.h"
#include "ui/project/project_binding.h"
#include "ui/project/project_commands.h"
#include "ui/project/project_document.h"
#include "ui/project/project_store.h"
#include "ui/project/recent_menu.h"
#include "ui/support/export_formats.h"
#include "ui/support/fake_engine.h"
#include "ui/support/hand_clock.h"
#include "ui/support/hand_project_clock.h"
#include "ui/support/scripted_dialogs.h"

#include <memory>

#include <QAction>
#include <QDir>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QWidget>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

constexpr std::chrono::seconds kAutosave = ProjectStore::kAutosaveWait;

/// An edit that is easy to tell from others, and the last one; 0: none.
void edit(ProjectDocument& document, int number)
{
    document.setLoop(LoopRange{0, number});
}
int editOf(const ProjectDocument& document)
{
    return document.data().loop ? static_cast<int>(document.data().loop->last) : 0;
}

/// A project on a desk whose files are real; destroying `studio` without saving is a crash.
struct Bench {
    /// What ends with the program.
    struct Studio {
        ProjectDocument document;
        ProjectStore store;

        Studio(test::HandProjectClock& clock, QSettings& settings, const QString& recovery)
            : document(clock)
            , store(document, clock, settings, recovery)
        {
        }
    };

    QTemporaryDir folder;
    QSettings settings{path("settings.ini"), QSettings::IniFormat};
    test::HandProjectClock clock;
    std::unique_ptr<Studio> studio;

    Bench() { start(); }
    void start()
    {
        studio.reset();
        studio = std::make_unique<Studio>(clock, settings, path("recovery"));
    }
    QString path(const char* name) const { return folder.filePath(QString::fromLatin1(name)); }
    QString makeFile(const char* name, const QByteArray& text = {}) const
    {
        QDir().mkpath(QFileInfo(path(name)).path());
        QFile file(path(name));
        if (file.open(QIODevice::WriteOnly))
            file.write(text);
        return path(name);
    }
    ProjectDocument& document() { return studio->document; }
    ProjectStore& store() { return studio->store; }
    QStringList recoveryFiles() const { return QDir(path("recovery")).entryList(QDir::Files); }

    bool saveAs(const char* name)
    {
        const QSignalSpy saved(&store(), &ProjectStore::saved);
        store().saveAs(path(name));
        return QTest::qWaitFor([&] { return saved.count() == 1; });
    }
    bool open(const char* name)
    {
        const QSignalSpy opened(&store(), &ProjectStore::opened);
        store().open(path(name));
        return QTest::qWaitFor([&] { return opened.count() == 1; });
    }
    bool autosave()
    {
        const QSignalSpy autosaved(&store(), &ProjectStore::autosaved);
        clock.pass(kAutosave);
        return QTest::qWaitFor([&] { return autosaved.count() == 1; });
    }
};

/// The same with a window, commands and answers.
struct Window {
    Bench bench;
    test::ScriptedDialogs dialogs;
    ActionRegistry actions;
    QWidget window;
    std::unique_ptr<ProjectCommands> commands;

    Window()
    {
        addProjectActions(actions);
        commands = std::make_unique<ProjectCommands>(bench.store(), actions, dialogs, window);
    }
    QAction* action(const char* id) const { return actions.action(QString::fromLatin1(id)); }
};

} // namespace

/// Files of the project: saving, opening, what a crash leaves, closing.
class ProjectStoreTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aSavedProjectIsOpenedAgain()
    {
        Bench bench;
        edit(bench.document(), 40);
        QCOMPARE(bench.store().title(), QStringLiteral("Untitled project"));
        QVERIFY(bench.saveAs("holiday")); // the ending is added
        QCOMPARE(bench.store().file(), bench.path("holiday.lipsync"));
        QCOMPARE(bench.store().title(), QStringLiteral("holiday"));
        QVERIFY(!bench.document().isModified());
        const ProjectData saved = bench.document().data();
        bench.start();
        QVERIFY(bench.open("holiday.lipsync"));
        QVERIFY(bench.document().data() == saved);
        QVERIFY(!bench.document().isModified());
        QCOMPARE(bench.store().recent().files(), QStringList{bench.path("holiday.lipsync")});
    }

    void aFolderThatIsMovedKeepsItsProject()
    {
        Bench bench;
        bench.makeFile("old/hello.wav");
        bench.document().setVoice(bench.path("old/hello.wav"));
        QVERIFY(bench.saveAs("old/holiday.lipsync"));
        QVERIFY(QDir(bench.folder.path()).rename(QStringLiteral("old"), QStringLiteral("new")));
        QVERIFY(bench.open("new/holiday.lipsync"));
        QCOMPARE(bench.document().data().voice, bench.path("new/hello.wav"));
    }

    void aProjectOpensWithASentenceForEachMissingFile()
    {
        Bench bench;
        bench.document().setVoice(bench.path("gone.wav"));
        QVERIFY(bench.saveAs("holiday.lipsync"));
        const QSignalSpy opened(&bench.store(), &ProjectStore::opened);
        QVERIFY(bench.open("holiday.lipsync"));
        const QStringList missing = opened.first().first().toStringList();
        QCOMPARE(missing.size(), 1);
        QVERIFY(missing.first().contains(QStringLiteral("gone.wav")));
        QCOMPARE(bench.document().data().voice, bench.path("gone.wav"));
    }

    void aRefusedProjectChangesNothing()
    {
        Bench bench;
        edit(bench.document(), 40);
        bench.makeFile("bad.lipsync", "no project");
        QDir(bench.folder.path()).mkdir(QStringLiteral("folder.lipsync"));
        const QSignalSpy refused(&bench.store(), &ProjectStore::refused);
        bench.store().recent().add(bench.path("gone.lipsync"));
        int count = 0;
        for (const char* name : {"bad.lipsync", "gone.lipsync", "folder.lipsync"}) {
            bench.store().open(bench.path(name));
            ++count;
            QTRY_COMPARE(refused.count(), count);
            QVERIFY(refused.last().first().toString().contains(bench.path(name)));
        }
        QCOMPARE(editOf(bench.document()), 40);
        QVERIFY(bench.document().undoStack().canUndo());
        QVERIFY(bench.store().recent().files().isEmpty()); // what is gone is no longer offered
    }

    void aFolderThatCannotBeWrittenIsTold()
    {
        Bench bench;
        edit(bench.document(), 40);
        const QSignalSpy refused(&bench.store(), &ProjectStore::refused);
        bench.store().saveAs(bench.path("no/such/folder/holiday.lipsync"));
        QTRY_COMPARE(refused.count(), 1);
        QVERIFY(bench.document().isModified());
        QVERIFY(bench.store().file().isEmpty());
    }

    void onlyTheLastTenProjectsAreRemembered()
    {
        Bench bench;
        for (int i = 0; i < 12; ++i)
            bench.store().recent().add(QStringLiteral("/p/%1.lipsync").arg(i));
        bench.store().recent().add(QStringLiteral("/p/5.lipsync"));
        QCOMPARE(bench.store().recent().files().size(), RecentProjects::kMost);
        QCOMPARE(bench.store().recent().files().first(), QStringLiteral("/p/5.lipsync"));
        QCOMPARE(RecentProjects(bench.settings).files(), bench.store().recent().files());
    }

    void unsavedWorkIsKeptAfterAWhile()
    {
        Bench bench;
        QVERIFY(!bench.clock.isWaiting());
        edit(bench.document(), 40);
        QVERIFY(bench.clock.isWaiting());
        bench.clock.pass(kAutosave / 2);
        QVERIFY(bench.recoveryFiles().isEmpty());
        QVERIFY(bench.autosave());
        QCOMPARE(bench.recoveryFiles().size(), 1);
        QVERIFY(bench.saveAs("holiday.lipsync"));
        QTRY_VERIFY(bench.recoveryFiles().isEmpty());
    }

    void aCrashLosesNothingThatWasKept()
    {
        Bench bench;
        bench.document().setVoice(bench.makeFile("hello.wav"));
        QVERIFY(bench.saveAs("holiday.lipsync"));
        edit(bench.document(), 40);
        QVERIFY(bench.autosave());
        bench.start(); // nothing was saved or discarded: a crash
        const QSignalSpy found(&bench.store(), &ProjectStore::recoveryFound);
        bench.store().lookForRecovery();
        QTRY_COMPARE(found.count(), 1);
        const auto work = found.first().first().value<UnsavedWork>();
        QCOMPARE(work.file, bench.path("holiday.lipsync"));
        QCOMPARE(work.time, bench.clock.now());
        bench.store().recover();
        QCOMPARE(editOf(bench.document()), 40);
        QCOMPARE(bench.document().data().voice, bench.path("hello.wav"));
        QCOMPARE(bench.store().file(), bench.path("holiday.lipsync"));
        QVERIFY(bench.document().isModified());
        // It is safe again at once, under its old name alone.
        QTRY_COMPARE(bench.recoveryFiles(), QStringList{QStringLiteral("unsaved.lipsync")});
    }

    void recoveredWorkThatIsNotWantedIsThrownAway()
    {
        Bench bench;
        edit(bench.document(), 40);
        QVERIFY(bench.autosave());
        bench.start();
        const QSignalSpy found(&bench.store(), &ProjectStore::recoveryFound);
        bench.store().lookForRecovery();
        QTRY_COMPARE(found.count(), 1);
        bench.store().forgetRecovery();
        bench.store().recover(); // does nothing any more
        QCOMPARE(editOf(bench.document()), 0);
        QTRY_VERIFY(bench.recoveryFiles().isEmpty());
    }

    void aQuestionThatIsNotAnsweredComesAgain()
    {
        Bench bench;
        edit(bench.document(), 40);
        QVERIFY(bench.autosave());
        for (int start = 0; start < 2; ++start) {
            bench.start();
            const QSignalSpy found(&bench.store(), &ProjectStore::recoveryFound);
            bench.store().lookForRecovery();
            QTRY_COMPARE(found.count(), 1);
        }
        // New work does not overwrite the old.
        edit(bench.document(), 50);
        QVERIFY(bench.autosave());
        QCOMPARE(bench.recoveryFiles().size(), 2);
    }

    void aDamagedRecoveryFileIsPutAside()
    {
        Bench bench;
        bench.makeFile("recovery/unsaved.lipsync", "{\"format\": ");
        const QSignalSpy refused(&bench.store(), &ProjectStore::refused);
        bench.store().lookForRecovery();
        QTRY_COMPARE(refused.count(), 1);
        QVERIFY(refused.first().first().toString().contains(QStringLiteral(".damaged")));
        QCOMPARE(bench.recoveryFiles().size(), 1);
        QVERIFY(bench.recoveryFiles().first().endsWith(QStringLiteral(".damaged")));
    }

    void withoutACrashNothingIsOffered()
    {
        Bench bench;
        const QSignalSpy found(&bench.store(), &ProjectStore::recoveryFound);
        bench.store().lookForRecovery();
        QTRY_VERIFY(!bench.store().isBusy());
        QCOMPARE(found.count(), 0);
    }

    void undoingEverythingNeedsNoRecovery()
    {
        Bench bench;
        edit(bench.document(), 40);
        QVERIFY(bench.autosave());
        bench.document().undoStack().undo();
        bench.document().undoStack().redo();
        bench.document().undoStack().undo();
        bench.clock.pass(kAutosave);
        QTRY_VERIFY(bench.recoveryFiles().isEmpty());
    }

    void theTitleAndTheCommandsFollowTheProject()
    {
        Window window;
        QVERIFY(window.window.windowTitle().startsWith(QStringLiteral("Untitled project")));
        QVERIFY(!window.action(action_id::kUndo)->isEnabled());
        edit(window.bench.document(), 40);
        QVERIFY(window.window.isWindowModified());
        QVERIFY(window.action(action_id::kUndo)->text().contains(QStringLiteral("loop range")));
        window.action(action_id::kUndo)->trigger();
        QCOMPARE(editOf(window.bench.document()), 0);
        window.action(action_id::kRedo)->trigger();
        QCOMPARE(editOf(window.bench.document()), 40);
        window.dialogs.newFile = window.bench.path("holiday");
        window.action(action_id::kSaveProject)->trigger();
        QTRY_VERIFY(window.window.windowTitle().startsWith(QStringLiteral("holiday")));
        QVERIFY(!window.window.isWindowModified());
        QVERIFY(!window.action(action_id::kSaveProject)->isEnabled());
    }

    void anExistingFileIsReplacedOnlyWhenAsked()
    {
        Window window;
        window.dialogs.newFile = window.bench.makeFile("there.lipsync", "precious");
        window.commands->saveAs();
        QCOMPARE(window.dialogs.questions.size(), 2);
        QTRY_VERIFY(!window.bench.store().isBusy());
        QVERIFY(window.bench.store().file().isEmpty());
        window.dialogs.agrees = true;
        window.commands->saveAs();
        QTRY_COMPARE(window.bench.store().file(), window.bench.path("there.lipsync"));
    }

    void unsavedChangesAreAskedAboutBeforeAnotherProjectOpens()
    {
        Window window;
        QVERIFY(window.bench.saveAs("other.lipsync"));
        edit(window.bench.document(), 40);
        window.commands->open(window.bench.path("other.lipsync"));
        QCOMPARE(window.dialogs.questions.size(), 1);
        QVERIFY(!window.bench.store().isBusy()); // dismissed
        window.dialogs.answer = 1; // do not save
        window.commands->open(window.bench.path("other.lipsync"));
        QTRY_COMPARE(editOf(window.bench.document()), 0);
        edit(window.bench.document(), 50);
        window.dialogs.answer = 0; // save, then open what was saved
        window.commands->open(window.bench.path("other.lipsync"));
        QTRY_VERIFY(!window.bench.document().isModified() && !window.bench.store().isBusy());
        QCOMPARE(editOf(window.bench.document()), 50);
    }

    void recentProjectsAreAMenu()
    {
        Window window;
        RecentMenu menu(window.bench.store().recent(), *window.commands, window.actions);
        QVERIFY(!menu.isEnabled());
        edit(window.bench.document(), 40);
        QVERIFY(window.bench.saveAs("a & b.lipsync"));
        window.commands->newProject();
        QVERIFY(menu.isEnabled());
        QCOMPARE(menu.actions().first()->toolTip(), window.bench.path("a & b.lipsync"));
        menu.actions().first()->trigger();
        QTRY_COMPARE(editOf(window.bench.document()), 40);
        window.action(action_id::kClearRecentProjects)->trigger();
        QVERIFY(!menu.isEnabled());
    }

    void aCrashIsToldAndItsWorkRestored()
    {
        Bench before;
        edit(before.document(), 40);
        QVERIFY(before.autosave());
        Window window;
        window.bench.makeFile("recovery/unsaved.lipsync");
        QFile::remove(window.bench.path("recovery/unsaved.lipsync"));
        QVERIFY(QFile::copy(before.path("recovery/unsaved.lipsync"), window.bench.path("recovery/unsaved.lipsync")));
        window.dialogs.answer = 0;
        window.bench.store().lookForRecovery();
        QTRY_COMPARE(editOf(window.bench.document()), 40);
        QCOMPARE(window.dialogs.questions.size(), 1);
    }

    void closingAsksAboutWorkFirstAndThenAboutTheProject()
    {
        Window window;
        CloseGuard guard(*window.commands, window.dialogs, window.window);
        QVERIFY(guard.mayClose());
        bool isExporting = true;
        std::function<void()> stopped;
        guard.add({[&] { return isExporting; },
                   QStringLiteral("Quit while exporting?"),
                   {},
                   QStringLiteral("Quit"),
                   [&](std::function<void()> done) { stopped = std::move(done); }});
        edit(window.bench.document(), 40);
        QVERIFY(!guard.mayClose()); // dismissed
        QCOMPARE(window.dialogs.questions, QStringList{QStringLiteral("Quit while exporting?")});
        window.dialogs.agrees = true;
        window.dialogs.answer = 1; // do not save
        QVERIFY(!guard.mayClose());
        QVERIFY(stopped);
        window.window.show();
        isExporting = false;
        stopped(); // the last question is answered: the window is closed
        QVERIFY(!window.window.isVisible());
        QVERIFY(guard.mayClose());
        QVERIFY(window.dialogs.questions.last().contains(QStringLiteral("Untitled project")));
    }

    void closingSavesWhenWished()
    {
        Window window;
        CloseGuard guard(*window.commands, window.dialogs, window.window);
        window.window.show();
        edit(window.bench.document(), 40);
        window.dialogs.newFile = window.bench.path("holiday.lipsync");
        window.dialogs.answer = 0;
        QVERIFY(!guard.mayClose());
        QTRY_VERIFY(!window.window.isVisible());
        QVERIFY(QFile::exists(window.bench.path("holiday.lipsync")));
    }

    void aHomeWithoutFoldersIsProposedItself()
    {
        const QByteArray home = qgetenv("HOME"), config = qgetenv("XDG_CONFIG_HOME");
        const QTemporaryDir bare;
        qputenv("HOME", QFile::encodeName(bare.path()));
        qputenv("XDG_CONFIG_HOME", QFile::encodeName(bare.filePath(QStringLiteral("config"))));
        const auto documents = QStandardPaths::DocumentsLocation;
        const QString without = standardFolder(documents);
        Window window;
        window.commands->saveAs();
        const QString proposed = window.dialogs.proposal;
        const QString made = bare.filePath(QStringLiteral("Documents"));
        const bool isMade = QDir().mkpath(made);
        const QString with = standardFolder(documents);
        const QString gone = standardFolder(documents, bare.filePath(QStringLiteral("gone")));
        const QString wished = standardFolder(documents, bare.path());
        qputenv("HOME", home);
        config.isEmpty() ? qunsetenv("XDG_CONFIG_HOME") : qputenv("XDG_CONFIG_HOME", config);
        QVERIFY(isMade);
        QCOMPARE(without, bare.path());
        QCOMPARE(proposed, bare.filePath(QStringLiteral("Untitled project.lipsync")));
        QCOMPARE(with, made);
        QCOMPARE(gone, made);
        QCOMPARE(wished, bare.path());
    }

    void aFailureIsWithdrawnOnceTheProjectIsSaved()
    {
        Window window;
        edit(window.bench.document(), 40);
        const QSignalSpy failed(window.commands.get(), &ProjectCommands::failed);
        const QSignalSpy mended(window.commands.get(), &ProjectCommands::mended);
        const QSignalSpy succeeded(window.commands.get(), &ProjectCommands::succeeded);
        window.dialogs.newFile = window.bench.path("no/such/folder/holiday.lipsync");
        window.commands->saveAs();
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(mended.count(), 0);
        window.dialogs.newFile = window.bench.path("holiday.lipsync");
        window.commands->saveAs();
        QTRY_COMPARE(mended.count(), 1);
        QCOMPARE(mended.first(), failed.first());
        QCOMPARE(succeeded.count(), 1);
        QVERIFY(succeeded.first().first().toString().contains(window.bench.path("holiday.lipsync")));
        window.commands->save();
        QTRY_COMPARE(succeeded.count(), 2);
        QCOMPARE(mended.count(), 1);
    }

    void theQuestionAfterACrashSpeaksOfWhatItAsksAbout()
    {
        for (const bool hasFile : {false, true}) {
            Window window;
            if (hasFile)
                QVERIFY(window.bench.saveAs("holiday.lipsync"));
            edit(window.bench.document(), 40);
            QVERIFY(window.bench.autosave());
            window.commands.reset();
            window.bench.start();
            window.commands =
                std::make_unique<ProjectCommands>(window.bench.store(), window.actions, window.dialogs, window.window);
            window.bench.store().lookForRecovery();
            QTRY_COMPARE(window.dialogs.details.size(), 1);
            QVERIFY(window.dialogs.details.first().contains(hasFile ? QStringLiteral("saving them")
                                                                    : QStringLiteral("saving it")));
        }
    }

    void aSaveThatFailsKeepsTheWindow()
    {
        Window window;
        CloseGuard guard(*window.commands, window.dialogs, window.window);
        window.window.show();
        edit(window.bench.document(), 40);
        window.dialogs.newFile = window.bench.path("no/such/folder/holiday.lipsync");
        window.dialogs.answer = 0;
        const QSignalSpy failed(window.commands.get(), &ProjectCommands::failed);
        QVERIFY(!guard.mayClose());
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY(window.window.isVisible());
        QVERIFY(window.bench.document().isModified());
    }

    void theProjectFollowsTheDeskAndTheDeskTheProject()
    {
        Bench bench;
        const QString anna = bench.makeFile("anna.avatar");
        const QString ben = bench.makeFile("ben.avatar");
        const QString hello = bench.makeFile("hello.wav");
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        ExportQueueBridge queue(engine);
        queue.open(toPath(bench.path("journal")));
        LibraryModel library(bridge);
        ExportDraft draft(test::fakeFormats());
        PlaybackController playback(bridge, test::handClocks(std::make_shared<test::HandTime>()));
        const ProjectBinding binding(bench.document(), library, playback, draft, queue);
        library.open(toPath(anna), toPath(hello));
        engine.preview().becomeReady(2);
        QTRY_COMPARE(bench.document().data().avatar, anna);
        QCOMPARE(bench.document().data().voice, hello);
        QVERIFY(!bench.document().isModified());

        library.openAvatar(toPath(ben));
        engine.preview().becomeReady(2);
        QTRY_COMPARE(bench.document().data().avatar, ben);
        QVERIFY(bench.document().isModified());
        const std::size_t opened = engine.previews.size();
        bench.document().undoStack().undo();
        QCOMPARE(engine.previews.size(), opened + 1);
        QCOMPARE(engine.preview().avatar, toPath(anna));
        engine.preview().becomeReady(2);
        QTRY_COMPARE(fromPath(library.avatar()->folder), anna);
        QVERIFY(!bench.document().isModified());
        QVERIFY(bench.document().undoStack().canRedo()); // opening it was no new edit

        draft.setQuality(30);
        QCOMPARE(bench.document().data().exportSettings.quality, 30);
        bench.document().undoStack().undo();
        QCOMPARE(draft.quality(), ExportRequest{}.quality);
    }

    void theLoopBelongsToTheProjectAndTheNudgeToTheMachine()
    {
        Bench bench;
        ProjectData data;
        data.avatar = bench.makeFile("anna.avatar");
        data.voice = bench.makeFile("hello.wav");
        data.loop = LoopRange{10, 20};
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        ExportQueueBridge queue(engine);
        LibraryModel library(bridge);
        PlaybackController playback(bridge, test::handClocks(std::make_shared<test::HandTime>()));
        ExportDraft draft(test::fakeFormats());
        const ProjectBinding binding(bench.document(), library, playback, draft, queue);
        playback.setNudgeMs(40); // as the preferences have it at every start
        QVERIFY(!bench.document().isModified());
        bench.document().replace(data);
        engine.preview().becomeReady(2);
        QTRY_VERIFY(playback.loop() == data.loop);
        QCoreApplication::processEvents();
        QVERIFY(!bench.document().isModified());
        QCOMPARE(playback.nudgeMs(), 40);

        playback.setLoop(LoopRange{5, 30});
        playback.setNudgeMs(-20);
        QTRY_COMPARE(bench.document().undoStack().count(), 1);
        bench.document().undoStack().undo();
        QVERIFY(playback.loop() == data.loop);
        QCOMPARE(playback.nudgeMs(), -20);
        QCoreApplication::processEvents();
        QCOMPARE(bench.document().undoStack().count(), 1); // giving it back was no new edit

        library.openAvatar(toPath(bench.makeFile("ben.avatar"))); // the same voice keeps its loop
        engine.preview().becomeReady(2);
        QTRY_COMPARE(fromPath(library.avatar()->folder), bench.path("ben.avatar"));
        QTRY_VERIFY(playback.loop() == data.loop);
    }

    void anEmptyOutputIsTheProposal()
    {
        Bench bench;
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        ExportQueueBridge queue(engine);
        LibraryModel library(bridge);
        PlaybackController playback(bridge, test::handClocks(std::make_shared<test::HandTime>()));
        ExportDraft draft(test::fakeFormats());
        const ProjectBinding binding(bench.document(), library, playback, draft, queue);
        draft.setSources("anna.avatar", "hello.wav", bench.folder.path());
        const QString proposed = draft.output();
        QVERIFY(draft.isComplete());
        draft.setOutput(bench.path("chosen.mp4"));
        bench.document().undoStack().undo();
        QCOMPARE(draft.output(), proposed);
        QVERIFY(draft.isComplete() && !draft.isOutputChosen());
        bench.document().undoStack().redo();
        QCOMPARE(draft.output(), bench.path("chosen.mp4"));
        bench.document().replace({}); // another project, in which none was chosen
        QCOMPARE(draft.output(), proposed);
        QVERIFY(draft.isComplete());
        QVERIFY(!bench.document().isModified());
    }

    void theQueueOfAProjectWithAFileIsSavedWhenItChanges()
    {
        Bench bench;
        ProjectData data;
        data.avatar = bench.makeFile("anna.avatar");
        data.voice = bench.makeFile("hello.wav");
        ExportRequest request;
        request.avatar = toPath(data.avatar);
        request.voice = toPath(data.voice);
        request.output = toPath(bench.path("first.mp4"));
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        ExportQueueBridge queue(engine);
        queue.open(toPath(bench.path("journal")));
        LibraryModel library(bridge);
        ExportDraft draft(test::fakeFormats());
        PlaybackController playback(bridge, test::handClocks(std::make_shared<test::HandTime>()));
        const ProjectBinding binding(bench.document(), library, playback, draft, queue);
        queue.add(request, false);
        QTRY_COMPARE(bench.document().data().queue.size(), std::size_t(1));
        QVERIFY(!bench.document().isModified()); // without a file the journal is enough

        bench.makeFile("empty.lipsync", toJson(data, bench.path("empty.lipsync")));
        QVERIFY(bench.open("empty.lipsync"));
        QCOMPARE(bench.document().data().queue.size(), std::size_t(1)); // what waits is written, too
        QVERIFY(!bench.document().isModified());
        request.output = toPath(bench.path("second.mp4"));
        queue.add(request, false);
        QTRY_VERIFY(bench.document().isModified());
        QVERIFY(bench.saveAs("empty.lipsync"));
        QVERIFY(!bench.document().isModified());
        const auto read = readProjectFile(bench.path("empty.lipsync"));
        QVERIFY(read);
        QCOMPARE(read->data.queue.size(), std::size_t(2));
        queue.remove(queue.jobs().front().id);
        QTRY_VERIFY(bench.document().isModified());
    }

    void thePlanInForceIsWrittenThoughNobodyChangedIt()
    {
        Bench bench;
        test::FakeEngine engine;
        engine.presentPlan.devices = {{"cpu", 2}};
        PoolBridge pool(engine);
        ConcurrencyModel concurrency(pool, bench.settings);
        PlanBinding binding(bench.document(), concurrency);
        connect(&bench.store(), &ProjectStore::aboutToWrite, &binding, &PlanBinding::fill);
        QVERIFY(bench.saveAs("holiday.lipsync"));
        QVERIFY(!bench.document().isModified());
        QVERIFY(!concurrency.isApplying());
        const auto read = readProjectFile(bench.path("holiday.lipsync"));
        QVERIFY(read && read->data.plan);
        QCOMPARE(read->data.plan->workerCount(), 2);
    }

    void anAppliedPlanIsAnEditAndTakenBackItIsAppliedAgain()
    {
        Bench bench;
        test::FakeEngine engine;
        engine.presentPlan.devices = {{"cpu", 2}};
        PoolBridge pool(engine);
        ConcurrencyModel concurrency(pool, bench.settings);
        const PlanBinding binding(bench.document(), concurrency);
        ConcurrencyPlan plan = engine.presentPlan;
        plan.devices.front().workers = 3;
        concurrency.setDraft(plan);
        concurrency.apply();
        QTRY_VERIFY(bench.document().data().plan == std::optional(plan));
        QCOMPARE(bench.document().undoStack().count(), 1);
        bench.document().undoStack().undo();
        QTRY_COMPARE(engine.presentPlan.workerCount(), 2);
        QTRY_VERIFY(!concurrency.isApplying());
        QCOMPARE(bench.document().undoStack().count(), 1);
        QVERIFY(bench.document().undoStack().canRedo());

        ProjectData data;
        data.plan = plan;
        bench.document().replace(data);
        QTRY_COMPARE(engine.presentPlan.workerCount(), 3);
        QTRY_VERIFY(!concurrency.isApplying());
        QVERIFY(!bench.document().isModified());
    }

    void aProjectBringsItsFilesAndItsQueue()
    {
        Bench bench;
        ProjectData data;
        data.avatar = bench.makeFile("anna.avatar");
        data.voice = bench.makeFile("hello.wav");
        ExportSettings settings;
        settings.output = bench.path("out.mp4");
        data.queue = {{data.avatar, data.voice, {}, settings}, {bench.path("gone.avatar"), data.voice, {}, settings}};
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        ExportQueueBridge queue(engine);
        queue.open(toPath(bench.path("journal")));
        LibraryModel library(bridge);
        ExportDraft draft(test::fakeFormats());
        PlaybackController playback(bridge, test::handClocks(std::make_shared<test::HandTime>()));
        const ProjectBinding binding(bench.document(), library, playback, draft, queue);
        bench.document().replace(data);
        QCOMPARE(engine.preview().avatar, toPath(data.avatar));
        QTRY_COMPARE(queue.jobs().size(), std::size_t(1));
        QVERIFY(!queue.isRunning());
        QTRY_COMPARE(bench.document().data().queue.size(), std::size_t(2)); // the one whose avatar is gone stays
        QVERIFY(!bench.document().isModified());
    }
};

QTEST_MAIN(ProjectStoreTest)
#include "project_store_test.moc"
