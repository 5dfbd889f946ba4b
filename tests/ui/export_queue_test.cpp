// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/action_registry.h"
#include "ui/dialogs/system_dialogs.h"
#include "ui/engine_bridge/export_queue_bridge.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/export/export_actions.h"
#include "ui/export/export_draft.h"
#include "ui/export/export_notices.h"
#include "ui/export/export_queue_model.h"
#include "ui/export/export_queue_panel.h"
#include "ui/export/export_texts.h"
#include "ui/support/export_formats.h"
#include "ui/support/fake_engine.h"
#include "ui/support/heard_notices.h"
#include "ui/support/opened_folders.h"
#include "ui/support/scripted_dialogs.h"
#include "ui/support/widget_walk.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QMimeData>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

#include <memory>

using namespace lipsync;
using namespace lipsync::ui;
using namespace lipsync::ui::action_id;

namespace {

/// The queue's panel with sources, over a fake engine whose queue is open.
struct Desk {
    QTemporaryDir folder;
    test::FakeEngine engine;
    ExportQueueBridge bridge{engine};
    ExportQueueModel queue{bridge, test::fakeFormats()};
    QAbstractItemModelTester tester{&queue, QAbstractItemModelTester::FailureReportingMode::QtTest};
    ExportDraft draft{test::fakeFormats()};
    ActionRegistry actions;
    test::ScriptedDialogs dialogs;
    std::unique_ptr<ExportQueuePanel> panel;

    explicit Desk(bool isOpen = true)
    {
        addExportActions(actions);
        panel = std::make_unique<ExportQueuePanel>(bridge, queue, draft, actions, dialogs);
        if (isOpen)
            open();
    }
    void open()
    {
        QSignalSpy changed(&bridge, &ExportQueueBridge::changed);
        bridge.open(toPath(folder.filePath(QStringLiteral("queue.journal"))));
        QVERIFY(changed.wait());
        draft.setSources("anna.avatar", "hello.wav", folder.path());
    }
    test::FakeQueueRecord& record() { return *engine.queue; }
    QAction* action(const char* id) const { return actions.action(QString::fromLatin1(id)); }
    template <typename Widget> Widget* find(const char* name) const
    {
        return panel->findChild<Widget*>(QString::fromLatin1(name));
    }
    QTreeView* list() const { return find<QTreeView>("exportQueue"); }
    /// Adds so many jobs, each with the name suggested for it.
    void add(int jobs)
    {
        for (int job = 0; job < jobs; ++job) {
            const int before = queue.rowCount();
            action(kAddExport)->trigger();
            QTRY_COMPARE(queue.rowCount(), before + 1);
        }
    }
    /// Changes a job as an engine at work does.
    void change(int row, const std::function<void(ExportJob&)>& change)
    {
        QSignalSpy changed(&bridge, &ExportQueueBridge::changed);
        change(record().jobs[static_cast<std::size_t>(row)]);
        test::fromAnotherThread(record().events.changed);
        QVERIFY(changed.wait());
    }
    void choose(int row) const { list()->setCurrentIndex(queue.index(row, 0)); }
    QString cell(int row, int column) const { return queue.index(row, column).data().toString(); }
    QStringList names() const
    {
        QStringList names;
        for (int row = 0; row < queue.rowCount(); ++row)
            names << cell(row, ExportQueueModel::Output);
        return names;
    }
};

QStringList named(std::initializer_list<const char*> names)
{
    QStringList list;
    for (const char* name : names)
        list << QString::fromLatin1(name);
    return list;
}

} // namespace

/// The export queue from the form to the notice at the end.
class ExportQueueTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void withoutSourcesNothingCanBeAdded()
    {
        Desk desk(false);
        QVERIFY(!desk.action(kExportNow)->isEnabled());
        QVERIFY(!desk.action(kAddExport)->isEnabled());
        QVERIFY(desk.draft.hint().contains(QStringLiteral("Open an avatar and a voice")));
        desk.panel->add(true);
        desk.open();
        QVERIFY(desk.record().jobs.empty());
    }

    void aNameIsSuggestedUntilOneIsChosen()
    {
        ExportDraft draft(test::fakeFormats());
        draft.setSources("anna.avatar", "hello.wav", QStringLiteral("/films"));
        QCOMPARE(draft.output(), QStringLiteral("/films/anna-hello.mp4"));
        draft.setFormat(ExportFormat::PngSequence);
        QCOMPARE(draft.output(), QStringLiteral("/films/anna-hello"));
        QVERIFY(draft.isFolder() && !draft.hasQuality());
        draft.setOutput(QStringLiteral("/films/mine"));
        draft.setFormat(ExportFormat::WebM);
        QCOMPARE(draft.output(), QStringLiteral("/films/mine.webm"));
        draft.setSources("bob.avatar", "hello.wav", QStringLiteral("/films"));
        QCOMPARE(draft.output(), QStringLiteral("/films/mine.webm"));
        draft.setOutput({});
        QVERIFY(!draft.isComplete());
        QCOMPARE(draft.hint(), QStringLiteral("Choose where to write to."));
    }

    void namesThatJobsHaveAreNotSuggestedAgain()
    {
        ExportDraft draft(test::fakeFormats());
        draft.setSources("anna.avatar", "hello.wav", QStringLiteral("/films"));
        draft.setTaken({QStringLiteral("/films/anna-hello.mp4")});
        QCOMPARE(draft.output(), QStringLiteral("/films/anna-hello-2.mp4"));
        draft.setOutput(QStringLiteral("/films/mine.mp4"));
        draft.setTaken({QStringLiteral("/films/mine.mp4")});
        QCOMPARE(draft.output(), QStringLiteral("/films/anna-hello.mp4"));
    }

    void aFormatThatCannotBeWrittenSaysWhyAndCannotBeChosen()
    {
        Desk desk;
        auto* formats = desk.find<QComboBox>("exportFormat");
        const int proRes = formats->findData(static_cast<int>(ExportFormat::ProRes));
        QVERIFY(formats->itemText(proRes).contains(QStringLiteral("not on this machine")));
        QVERIFY(!qobject_cast<QStandardItemModel*>(formats->model())->item(proRes)->isEnabled());
        QVERIFY(
            test::textsOf(*desk.panel).contains(QStringLiteral("ProRes cannot be written: FFmpeg lacks its encoder.")));
        desk.draft.setFormat(ExportFormat::ProRes);
        QVERIFY(desk.draft.format() == ExportFormat::Mp4);
    }

    void whereNoFormatCanBeWrittenNothingCanBeAdded()
    {
        auto formats = test::fakeFormats();
        for (ExportFormatInfo& format : formats)
            format.problem = "FFmpeg lacks everything.";
        ExportDraft draft(formats);
        draft.setSources("anna.avatar", "hello.wav", QStringLiteral("/films"));
        draft.setOutput(QStringLiteral("/films/a.mp4"));
        QVERIFY(!draft.isComplete());
        QVERIFY(draft.hint().contains(QStringLiteral("FFmpeg lacks")));
    }

    void addingDoesNotStart()
    {
        Desk desk;
        desk.find<QSpinBox>("exportQuality")->setValue(23);
        desk.add(1);
        QVERIFY(!desk.record().isRunning);
        const ExportRequest& request = desk.record().jobs.front().request;
        QCOMPARE(request.quality, 23);
        QVERIFY(request.format == ExportFormat::Mp4 && request.markSynthetic && !request.overwrite);
        QCOMPARE(fromPath(request.output), desk.folder.filePath(QStringLiteral("anna-hello.mp4")));
        QCOMPARE(desk.cell(0, ExportQueueModel::State), QStringLiteral("Waiting"));
        QCOMPARE(desk.draft.output(), desk.folder.filePath(QStringLiteral("anna-hello-2.mp4")));
    }

    void exportNowStartsNoOtherExport()
    {
        Desk desk;
        desk.add(1);
        desk.action(kExportNow)->trigger();
        QTRY_VERIFY(desk.queue.isRunning());
        QCOMPARE(desk.queue.rowCount(), 2);
        QVERIFY(!desk.record().isRunning);
        QVERIFY(!desk.record().jobs.front().isWanted && desk.record().jobs.back().isWanted);
        QVERIFY(desk.queue.summary().contains(QStringLiteral("pauses after the current one")));
        QVERIFY(desk.action(kStartQueue)->isEnabled() && desk.action(kPauseQueue)->isEnabled());
    }

    void theQueueIsStartedAndPaused()
    {
        Desk desk;
        desk.add(2);
        QVERIFY(!desk.action(kPauseQueue)->isEnabled());
        desk.action(kStartQueue)->trigger();
        QTRY_VERIFY(desk.queue.isRunning());
        QVERIFY(!desk.action(kStartQueue)->isEnabled());
        desk.action(kPauseAfterExport)->trigger();
        QTRY_VERIFY(desk.queue.summary().contains(QStringLiteral("pauses after the current one")));
        desk.action(kStartQueue)->trigger();
        QTRY_VERIFY(!desk.queue.pausesAfterCurrent());
        desk.action(kPauseQueue)->trigger();
        QTRY_VERIFY(!desk.queue.isRunning());
        QVERIFY(desk.action(kStartQueue)->isEnabled());
    }

    void buttonsDoNotTakeTheFocusByMouse()
    {
        Desk desk;
        desk.add(1);
        desk.panel->show();
        for (const QAbstractButton* button : desk.panel->findChildren<QAbstractButton*>())
            if (button->isVisible() && button->objectName() != QStringLiteral("exportBrowse"))
                QVERIFY2(!(button->focusPolicy() & Qt::ClickFocus), qPrintable(button->text()));
    }

    void progressIsShownInFigures()
    {
        Desk desk;
        desk.add(1);
        desk.change(0, [](ExportJob& job) {
            job.state = ExportJobState::Running;
            job.progress = {50, 200, 25.5, 65};
            job.elapsedSeconds = 3700;
        });
        QCOMPARE(desk.cell(0, ExportQueueModel::State), QStringLiteral("Running"));
        QCOMPARE(desk.cell(0, ExportQueueModel::Progress), QStringLiteral("25 %"));
        QCOMPARE(desk.cell(0, ExportQueueModel::Speed), QLocale().toString(25.5, 'f', 1) + QStringLiteral(" fps"));
        QCOMPARE(desk.cell(0, ExportQueueModel::Elapsed), QStringLiteral("1:01:40"));
        QCOMPARE(desk.cell(0, ExportQueueModel::Left), QStringLiteral("1:05"));
        QCOMPARE(desk.queue.index(0, ExportQueueModel::Progress).data(ExportQueueModel::FractionRole).toDouble(), 0.25);
        desk.change(0, [](ExportJob& job) { job.state = ExportJobState::Paused; });
        QVERIFY(desk.cell(0, ExportQueueModel::Left).isEmpty());
        QCOMPARE(desk.cell(0, ExportQueueModel::Progress), QStringLiteral("25 %"));
    }

    void timesThatMakeNoSenseAreBounded()
    {
        QCOMPARE(durationText(0), QStringLiteral("0:00"));
        QCOMPARE(durationText(-5), QStringLiteral("0:00"));
        QCOMPARE(durationText(59.6), QStringLiteral("1:00"));
        QCOMPARE(durationText(std::numeric_limits<double>::infinity()), QStringLiteral("99:59:59"));
        QCOMPARE(durationText(std::numeric_limits<double>::quiet_NaN()), QStringLiteral("99:59:59"));
    }

    void keysAndDraggingChangeTheOrder()
    {
        Desk desk;
        desk.add(3);
        desk.choose(2);
        desk.action(kMoveJobUp)->trigger();
        QTRY_COMPARE(desk.names(), named({"anna-hello.mp4", "anna-hello-3.mp4", "anna-hello-2.mp4"}));
        QCOMPARE(desk.list()->currentIndex().row(), 1); // the choice goes with its job
        desk.action(kMoveJobDown)->trigger();
        QTRY_COMPARE(desk.names().last(), QStringLiteral("anna-hello-3.mp4"));
        QVERIFY(!desk.action(kMoveJobDown)->isEnabled());

        // Dragged to the gap before the first, and then to the one after the last.
        std::unique_ptr<QMimeData> dragged(desk.queue.mimeData({desk.queue.index(2, 0)}));
        QVERIFY(desk.queue.dropMimeData(dragged.get(), Qt::MoveAction, 0, 0, {}));
        QTRY_COMPARE(desk.names().first(), QStringLiteral("anna-hello-3.mp4"));
        QVERIFY(desk.queue.dropMimeData(dragged.get(), Qt::MoveAction, 3, 0, {}));
        QTRY_COMPARE(desk.names(), named({"anna-hello.mp4", "anna-hello-2.mp4", "anna-hello-3.mp4"}));
        QCOMPARE(desk.list()->currentIndex().row(), 2);
    }

    void whatIsNoJobCannotBeDropped()
    {
        Desk desk;
        desk.add(1);
        QMimeData text;
        text.setText(QStringLiteral("hello"));
        QVERIFY(!desk.queue.dropMimeData(&text, Qt::MoveAction, 0, 0, {}));
        QMimeData stranger;
        stranger.setData(desk.queue.mimeTypes().first(), "4711");
        QVERIFY(!desk.queue.dropMimeData(&stranger, Qt::MoveAction, 0, 0, {}));
        QVERIFY(!desk.queue.mimeData({}));
        desk.queue.shift(0, -1);
        desk.queue.shift(7, 1);
        QCOMPARE(desk.queue.rowCount(), 1);
    }

    void aFailedJobSaysWhyAndCanBeTriedAgain()
    {
        Desk desk;
        desk.add(1);
        QVERIFY(!desk.action(kRetryJob)->isEnabled());
        desk.change(0, [](ExportJob& job) {
            job.state = ExportJobState::Failed;
            job.message = "The disk is full: free some space.";
        });
        const auto* detail = desk.find<QLabel>("failure");
        QVERIFY(test::textsOf(*desk.panel)
                    .contains(QStringLiteral("The export of anna-hello.mp4 failed: The disk is full: free some "
                                             "space.")));
        QVERIFY(detail);
        QVERIFY(!desk.action(kCancelJob)->isEnabled());
        desk.action(kRetryJob)->trigger();
        QTRY_COMPARE(desk.cell(0, ExportQueueModel::State), QStringLiteral("Waiting"));
        QTRY_VERIFY(desk.record().jobs.front().isWanted); // begins, as its tooltip says
    }

    void aFinishedJobSaysWhatItMade()
    {
        Desk desk;
        desk.add(1);
        desk.change(0, [](ExportJob& job) {
            job.state = ExportJobState::Done;
            job.progress = {100, 100, 50, 0};
            job.elapsedSeconds = 2;
            job.outputBytes = 4'000'000;
        });
        QVERIFY(desk.cell(0, ExportQueueModel::State).startsWith(QStringLiteral("Done · ")));
        QCOMPARE(desk.cell(0, ExportQueueModel::Progress), QStringLiteral("100 %"));
        QVERIFY(!desk.action(kRetryJob)->isEnabled());
        QCOMPARE(desk.queue.summary(), QStringLiteral("Every export has ended."));
        desk.action(kClearEndedJobs)->trigger();
        QTRY_COMPARE(desk.record().calls.size(), std::size_t(1));
    }

    void aDuplicateIsAJobOfItsOwn()
    {
        Desk desk;
        desk.add(1);
        desk.action(kDuplicateJob)->trigger();
        QTRY_COMPARE(desk.queue.rowCount(), 2);
        QTRY_COMPARE(desk.list()->currentIndex().row(), 1);
    }

    void whatHasFramesIsNotThrownAwayUnasked()
    {
        Desk desk;
        desk.add(2);
        desk.choose(1);
        desk.change(1, [](ExportJob& job) {
            job.state = ExportJobState::Running;
            job.progress = {50, 200, 25, 6};
        });
        desk.action(kCancelJob)->trigger();
        desk.action(kRemoveJob)->trigger();
        QCOMPARE(desk.dialogs.questions.size(), 2);
        QCOMPARE(desk.dialogs.kept, QStringList(2, QStringLiteral("Keep Exporting")));
        QCOMPARE(desk.cell(1, ExportQueueModel::State), QStringLiteral("Running"));
        desk.dialogs.agrees = true;
        desk.action(kCancelJob)->trigger();
        QTRY_COMPARE(desk.cell(1, ExportQueueModel::State), QStringLiteral("Cancelled"));
        desk.choose(0); // nothing is lost with this one
        QTest::keyClick(desk.list(), Qt::Key_Delete);
        QTRY_COMPARE(desk.queue.rowCount(), 1);
        QCOMPARE(desk.dialogs.questions.size(), 3);
    }

    void aQuestionAboutWhatHasEndedGoesAway()
    {
        Desk desk;
        desk.add(1);
        desk.change(0, [](ExportJob& job) {
            job.state = ExportJobState::Running;
            job.progress = {50, 200, 25, 6};
        });
        desk.action(kCancelJob)->trigger();
        desk.change(0, [](ExportJob& job) { job.progress.framesDone = 199; });
        QCOMPARE(desk.dialogs.takenBack, 0);
        desk.change(0, [](ExportJob& job) { job.state = ExportJobState::Done; });
        QCOMPARE(desk.dialogs.takenBack, 1);
        desk.change(0, [](ExportJob& job) { job.outputBytes = 1; });
        QCOMPARE(desk.dialogs.takenBack, 1);
    }

    void theQuestionNamesBothButtonsAndCanBeTakenBack()
    {
        QWidget window;
        window.show();
        SystemDialogs dialogs;
        bool isAgreed = false;
        const auto takeBack = dialogs.confirmWhile(&window, QStringLiteral("Cancel the export?"), QStringLiteral("x"),
                                                   QStringLiteral("Cancel Export"), QStringLiteral("Keep Exporting"),
                                                   [&isAgreed] { isAgreed = true; });
        QPointer<QMessageBox> box = window.findChild<QMessageBox*>();
        QVERIFY(box && box->isVisible());
        QStringList names;
        for (const QAbstractButton* button : box->buttons())
            names << button->text();
        names.sort();
        QCOMPARE(names, (QStringList{QStringLiteral("Cancel Export"), QStringLiteral("Keep Exporting")}));
        QCOMPARE(box->defaultButton()->text(), QStringLiteral("Keep Exporting"));
        QTest::keyClick(box.data(), Qt::Key_Escape);
        QTRY_VERIFY(!box);
        takeBack(); // too late, and harmless
        dialogs.confirmWhile(&window, {}, {}, QStringLiteral("A"), QStringLiteral("B"),
                             [&isAgreed] { isAgreed = true; })();
        QTRY_VERIFY(!window.findChild<QMessageBox*>());
        QVERIFY(!isAgreed);
    }

    void overwritingIsAskedFirst()
    {
        Desk desk;
        QFile there(desk.draft.output());
        QVERIFY(there.open(QIODevice::WriteOnly));
        desk.action(kAddExport)->trigger();
        QCOMPARE(desk.dialogs.questions.size(), 1);
        QVERIFY(desk.record().jobs.empty());
        desk.dialogs.agrees = true;
        desk.action(kAddExport)->trigger();
        QTRY_COMPARE(desk.queue.rowCount(), 1);
        QVERIFY(desk.record().jobs.front().request.overwrite);
    }

    void aRefusalIsToldInThePanelUntilTheNextOneIsTaken()
    {
        Desk desk;
        desk.record().refusal = "There is room for 3 MB and the export needs 400 MB: choose another disk.";
        desk.action(kAddExport)->trigger();
        const auto says = [&desk](const char* text) {
            return test::textsOf(*desk.panel).contains(QString::fromLatin1(text));
        };
        QTRY_VERIFY(says("There is room for 3 MB and the export needs 400 MB: choose another disk."));
        desk.record().refusal.clear();
        desk.add(1);
        QTRY_VERIFY(!says("There is room for 3 MB and the export needs 400 MB: choose another disk."));
    }

    void theFolderOfAnOutputIsShown()
    {
        test::OpenedFolders opened;
        Desk desk;
        desk.add(1);
        desk.action(kOpenJobFolder)->trigger();
        QCOMPARE(opened.urls.size(), 1);
        QCOMPARE(opened.urls.first().toLocalFile(), desk.folder.path());
    }

    void picturesGoIntoAFolder()
    {
        Desk desk;
        auto* formats = desk.find<QComboBox>("exportFormat");
        formats->setCurrentIndex(formats->findData(static_cast<int>(ExportFormat::PngSequence)));
        QVERIFY(!desk.find<QSpinBox>("exportQuality")->isEnabled());
        desk.dialogs.folder = desk.folder.path();
        desk.find<QPushButton>("exportBrowse")->click();
        QCOMPARE(desk.find<QLineEdit>("exportOutput")->text(), desk.folder.path());
        QVERIFY(!desk.draft.wouldOverwrite()); // an empty folder
    }

    void theEndIsTold()
    {
        Desk desk;
        test::HeardNotices desktop;
        ExportNotices notices(desk.bridge, desktop);
        QSignalSpy unheard(&notices, &ExportNotices::unheard);
        desk.add(1);
        ExportJob job = desk.record().jobs.front();
        const auto end = [&](ExportJobState state) {
            job.state = state;
            test::fromAnotherThread([&] { desk.record().events.ended(job); });
        };
        job.progress = {100, 100, 50, 0};
        end(ExportJobState::Cancelled);
        end(ExportJobState::Done);
        QTRY_COMPARE(desktop.titles, QStringList{QStringLiteral("Export finished")});
        QVERIFY(desktop.sentences.first().contains(QStringLiteral("anna-hello.mp4 is finished: 100 frames")));
        QCOMPARE(unheard.count(), 0);
        desktop.isDeaf = true;
        job.message = "The disk is full.";
        end(ExportJobState::Failed);
        QTRY_COMPARE(unheard.count(), 1);
        QVERIFY(unheard.first().first().toString().contains(QStringLiteral("The disk is full.")));
        QVERIFY(unheard.first().last().toBool());
    }

    void everyControlHasANameAToolTipAndAPlaceInTheTabOrder()
    {
        Desk desk;
        desk.add(1);
        desk.panel->show();
        QVERIFY(test::controlsOf(*desk.panel).size() >= 15);
        const QStringList faults = test::accessibilityFaults(*desk.panel);
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QStringLiteral("\n"))));
    }

    void itFitsIntoANarrowDock()
    {
        Desk desk;
        desk.panel->resize(1000, 180);
        QVERIFY(desk.panel->minimumSizeHint().height() <= 180);
        QVERIFY2(desk.panel->minimumSizeHint().width() <= 640,
                 qPrintable(QString::number(desk.panel->minimumSizeHint().width())));
        desk.panel->resize(280, 600);
        desk.panel->show();
        const QStringList cut = test::cutTexts(*desk.panel);
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QStringLiteral("\n"))));
    }
};

QTEST_MAIN(ExportQueueTest)
#include "export_queue_test.moc"
