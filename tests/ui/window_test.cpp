// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/studio_actions.h"
#include "ui/capacity/capacity_actions.h"
#include "ui/comparison/comparison_actions.h"
#include "ui/concurrency/concurrency_actions.h"
#include "ui/banner/banner.h"
#include "ui/export/export_actions.h"
#include "ui/main_window/main_window.h"
#include "ui/preview/picture_view.h"
#include "ui/preview/preview_actions.h"
#include "ui/preview/preview_actions.h"
#include "ui/project/project_actions.h"
#include "ui/server/server_actions.h"
#include "ui/status/status_strip.h"
#include "ui/support/studio_desk.h"
#include "ui/support/widget_walk.h"
#include "ui/tuning/tuning_actions.h"

#include <algorithm>
#include <initializer_list>

#include <QAbstractButton>
#include <QAbstractSlider>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QMenuBar>
#include <QPointer>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolBar>
#include <QToolButton>
#include <QToolBar>
#include <QTreeView>

using namespace lipsync;
using namespace lipsync::ui;

using test::StudioDesk;

namespace {

/// What every part of a window needs at least, for the message of a test.
QString leastSizes(const QMainWindow& window)
{
    const auto text = [](const QWidget& one) {
        const QSize least = one.minimumSizeHint();
        return QStringLiteral("%1 %2 × %3")
            .arg(one.objectName().isEmpty() ? QString::fromLatin1(one.metaObject()->className()) : one.objectName())
            .arg(least.width())
            .arg(least.height());
    };
    QStringList all{QStringLiteral("is %1 × %2").arg(window.width()).arg(window.height()), text(window)};
    for (const QWidget* part : window.findChildren<QWidget*>(Qt::FindDirectChildrenOnly))
        all << text(*part);
    for (const QWidget* part : window.centralWidget()->findChildren<QWidget*>())
        if (part->minimumSizeHint().width() > 100)
            all << text(*part);
    return all.join(QStringLiteral(", "));
}

} // namespace

/// The window as a whole.
class WindowTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyControlHasANameAToolTipAndAPlaceInTheTabOrder()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        QVERIFY(test::controlsOf(*desk.window).size() >= 15);
        const QStringList faults = test::accessibilityFaults(*desk.window);
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QStringLiteral("\n"))));
    }

    void everyCommandIsInAMenu()
    {
        StudioDesk desk;
        QSet<QAction*> shown;
        for (const QMenu* menu : desk.window->menuBar()->findChildren<QMenu*>())
            for (QAction* action : menu->actions())
                shown.insert(action);
        for (const QString& id : desk.window->actions().ids())
            if (id != QLatin1String(action_id::kSwitchTheme)) // the three themes are there
                QVERIFY2(shown.contains(desk.window->actions().action(id)), qPrintable(id));
    }

    void anEmptyWindowSaysWhatToDropWhere()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        const auto* view = desk.window->findChild<PictureView*>();
        QVERIFY(view->messageTitle().contains(QStringLiteral("Drop an avatar and a voice")));
        QVERIFY(!desk.action(action_id::kPlay)->isEnabled());
        QVERIFY(!desk.action(action_id::kExportNow)->isEnabled());
        desk.window->library().openAvatar("anna.avatar");
        QTRY_VERIFY(view->messageTitle().contains(QStringLiteral("voice")));
    }

    void filesAreOpenedThroughTheDialogs()
    {
        StudioDesk desk;
        desk.dialogs.folder = QStringLiteral("/avatars/anna.avatar");
        desk.dialogs.file = QStringLiteral("/voices/hello.wav");
        desk.action(action_id::kOpenAvatar)->trigger();
        desk.action(action_id::kOpenVoice)->trigger();
        QCOMPARE(desk.engine.preview().avatar.string(), std::string("/avatars/anna.avatar"));
        QCOMPARE(desk.engine.preview().voice.string(), std::string("/voices/hello.wav"));
    }

    void aSaveIsToldInTheStatusLineAndItsFailureGoesOnceItSucceeds()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        auto* status = desk.window->findChild<StatusStrip*>();
        desk.dialogs.newFile = desk.folder.filePath(QStringLiteral("no/such/folder/holiday.lipsync"));
        desk.action(action_id::kSaveProject)->trigger();
        QTRY_VERIFY(desk.banner().contains(QStringLiteral("cannot be written")));
        desk.dialogs.newFile = desk.folder.filePath(QStringLiteral("holiday.lipsync"));
        desk.action(action_id::kSaveProject)->trigger();
        QTRY_VERIFY(status->currentMessage().contains(QStringLiteral("holiday.lipsync")));
        QVERIFY(desk.banner().isEmpty());
        QVERIFY(!desk.window->isWindowModified());
    }

    void aStudioWithANudgeBeginsClean()
    {
        StudioDesk desk;
        desk.action(action_id::kPictureLater)->trigger();
        QCOMPARE(desk.window->playback().nudgeMs(), 10);
        QVERIFY(!desk.window->isWindowModified());
        desk.window.reset();
        desk.window = desk.make();
        QCOMPARE(desk.window->playback().nudgeMs(), 10);
        QVERIFY(desk.open());
        QVERIFY(!desk.window->isWindowModified());
    }

    void aRefusalIsABannerThatCanBeDismissed()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        desk.window->library().openVoice("broken.wav");
        QTRY_VERIFY(desk.banner().contains(QStringLiteral("holds no sound")));
        auto* banner = desk.window->findChild<Banner*>();
        QVERIFY(banner->isVisible());
        banner->findChild<QAbstractButton*>()->click();
        QVERIFY(!banner->isVisible());
    }

    void theKeyboardPlaysAndSteps()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        desk.window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(desk.window.get()));
        PlaybackController& playback = desk.window->playback();
        desk.window->findChild<PictureView*>()->setFocus();
        QTest::keyClick(desk.window.get(), Qt::Key_End);
        QCOMPARE(playback.frame(), 49);
        QTest::keyClick(desk.window.get(), Qt::Key_Left);
        QCOMPARE(playback.frame(), 48);
        QTest::keyClick(desk.window.get(), Qt::Key_Home);
        QTest::keyClick(desk.window.get(), Qt::Key_Right);
        QCOMPARE(playback.frame(), 1);
        QTest::keyClick(desk.window.get(), Qt::Key_Space);
        QVERIFY(playback.isPlaying());
        QVERIFY(desk.action(action_id::kPlay)->text().contains(QStringLiteral("Pause")));
        QTest::keyClick(desk.window.get(), Qt::Key_Space);
        QVERIFY(!playback.isPlaying());
    }

    void spaceBelongsToTheButtonThatHasTheFocus()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        desk.window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(desk.window.get()));
        auto* start = desk.window->findChild<QDockWidget*>(QStringLiteral("exportDock"))
                          ->findChild<QPushButton*>(QStringLiteral("primary"));
        desk.window->actions().action(QStringLiteral("panel.exportDock"))->trigger();
        desk.window->desk().exportDraft.setOutput(desk.folder.filePath(QStringLiteral("out.mp4")));
        start->setFocus();
        QTest::keyClick(start, Qt::Key_Space);
        QVERIFY(!desk.window->playback().isPlaying());
        QTRY_COMPARE(desk.window->desk().exports.rowCount(), 1);
    }

    void aButtonThatIsDisabledDoesNotPassItsKeysToTheNextOne()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        desk.window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(desk.window.get()));
        desk.window->actions().action(QStringLiteral("panel.exportDock"))->trigger();
        desk.action(action_id::kAddExport)->trigger();
        QTRY_COMPARE(desk.window->desk().exports.rowCount(), 1);
        auto* bar = desk.window->findChild<QToolBar*>(QStringLiteral("exportBar"));
        QWidget* start = bar->widgetForAction(desk.action(action_id::kStartQueue));
        start->setFocus(Qt::TabFocusReason);
        QVERIFY(start->hasFocus());
        QTest::keyClick(start, Qt::Key_Space);
        QTRY_VERIFY(!start->isEnabled());
        QWidget* next = QApplication::focusWidget();
        QCOMPARE(next, desk.window->findChild<QTreeView*>(QStringLiteral("exportQueue")));
        QTest::keyClick(next, Qt::Key_Space);
        QVERIFY(desk.window->desk().exports.isRunning()); // not paused by the button beside it
    }

    void anExportThatIsNotTakenIsToldInTheWindow()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        desk.engine.queue->refusal = "The folder /none is not there.";
        desk.action(action_id::kAddExport)->trigger();
        QTRY_COMPARE(desk.banner(), QStringLiteral("The folder /none is not there."));
        desk.engine.queue->refusal.clear();
        desk.action(action_id::kAddExport)->trigger();
        QTRY_COMPARE(desk.window->desk().exports.rowCount(), 1);
        QTRY_VERIFY(desk.banner().isEmpty());
    }

    void aQueueThatCannotBeOpenedSaysSoAlsoLater()
    {
        StudioDesk desk;
        QTRY_VERIFY(desk.window->desk().exportQueue.isOpen());
        desk.window.reset();
        desk.engine.queueRefusal = "Another LipSync Studio works on the exports. Close it first.";
        desk.window = desk.make();
        QVERIFY(desk.show());
        QTRY_VERIFY(desk.banner().contains(QStringLiteral("Another LipSync Studio")));
        QVERIFY(desk.open());
        QVERIFY(desk.banner().isEmpty());
        desk.action(action_id::kExportNow)->trigger();
        QTRY_VERIFY(desk.banner().contains(QStringLiteral("Another LipSync Studio")));
    }

    void exportsThatAreLostAreToldUntilSomebodyHasReadIt()
    {
        StudioDesk desk;
        QTRY_VERIFY(desk.window->desk().exportQueue.isOpen());
        desk.window.reset();
        desk.engine.openingNote = "The journal of the exports was damaged and is kept as exports.damaged-1.";
        desk.window = desk.make();
        QVERIFY(desk.show());
        QTRY_VERIFY(desk.banner().contains(QStringLiteral("exports.damaged-1")));
        QVERIFY(desk.open());
        QVERIFY(desk.banner().contains(QStringLiteral("exports.damaged-1")));
    }

    void theThemeIsChosenFromTheMenu()
    {
        StudioDesk desk;
        desk.action(action_id::kLightTheme)->trigger();
        QCOMPARE(desk.window->theme().name(), ThemeName::Light);
        QVERIFY(desk.action(action_id::kLightTheme)->isChecked());
        desk.action(action_id::kSwitchTheme)->trigger();
        QCOMPARE(desk.window->theme().name(), ThemeName::HighContrast);
        desk.action(action_id::kSwitchTheme)->trigger();
        QCOMPARE(desk.window->theme().name(), ThemeName::Dark);
    }

    void theFirstStartSaysWhatToBeginWith()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        QVERIFY(!desk.window->resume());
        auto* welcome = desk.window->findChild<QDialog*>(QStringLiteral("welcome"));
        QVERIFY(welcome && welcome->isVisible());
        const QStringList faults = test::accessibilityFaults(*welcome);
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QStringLiteral("\n"))));
        welcome->findChild<QPushButton*>(QStringLiteral("primary"))->click();
        QVERIFY(desk.window->playback().isPlaying());
        QTRY_VERIFY(!desk.window->findChild<QDialog*>(QStringLiteral("welcome")));
        desk.window->resume(); // another start
        QVERIFY(!desk.window->findChild<QDialog*>(QStringLiteral("welcome")));
    }

    void docksCanBeResetAndTheLayoutIsRemembered()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        auto* dock = desk.window->findChild<QDockWidget*>(QStringLiteral("exportDock"));
        dock->hide();
        desk.window->close();
        desk.window = desk.make();
        QVERIFY(desk.show());
        dock = desk.window->findChild<QDockWidget*>(QStringLiteral("exportDock"));
        QVERIFY(!dock->isVisible());
        desk.action(action_id::kResetLayout)->trigger();
        QTRY_VERIFY(dock->isVisible());
    }

    void everyPanelIsReachedByTheKeyboard()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        desk.window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(desk.window.get()));
        const auto holdsFocus = [&](const QDockWidget* dock) {
            const QWidget* focus = QApplication::focusWidget();
            return focus && dock->isAncestorOf(focus);
        };
        for (QDockWidget* dock : desk.window->findChildren<QDockWidget*>()) {
            dock->hide();
            desk.window->actions().action(QStringLiteral("panel.") + dock->objectName())->trigger();
            QTRY_VERIFY2(holdsFocus(dock), qPrintable(dock->objectName()));
        }
        // F6 comes round to where it started.
        const QWidget* start = QApplication::focusWidget();
        QSet<const QWidget*> visited;
        do {
            visited.insert(QApplication::focusWidget());
            desk.action(action_id::kNextPanel)->trigger();
        } while (QApplication::focusWidget() != start && visited.size() < 30);
        QVERIFY(visited.size() >= 2 && visited.size() < 30);
    }

    void theStatusLineTellsWhatTheEngineDoes()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        desk.engine.preview().statistics = {24.5, 12.4, 100, 3};
        const auto text = [&](const char* name) {
            return desk.window->findChild<QLabel*>(QString::fromLatin1(name))->text();
        };
        QTRY_COMPARE(text("dropped"), QStringLiteral("3 dropped"));
        QCOMPARE(text("framesPerSecond"), QStringLiteral("– fps")); // nothing moves
        PlaybackController& playback = desk.window->playback();
        playback.play();
        for (std::int64_t frame = 0; frame < 3; ++frame)
            desk.engine.preview().make(frame);
        QTRY_COMPARE(playback.state(), PlaybackState::Playing);
        QTRY_COMPARE(text("framesPerSecond"), QLocale().toString(24.5, 'f', 1) + QStringLiteral(" fps"));
        QCOMPARE(text("latency"), QStringLiteral("12 ms"));
        playback.pause();
        QCOMPARE(text("framesPerSecond"), QStringLiteral("– fps"));
    }

    void theStatusLineShowsTheFiguresOfALiveSession()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        const auto text = [&](const char* name) {
            return desk.window->findChild<QLabel*>(QString::fromLatin1(name))->text();
        };
        desk.engine.preview().statistics = {0, 182, 100, 3};
        LiveModel& live = desk.window->desk().live;
        live.start();
        QTRY_COMPARE(live.state(), LiveState::Opening);
        desk.engine.lives.back()->statistics.framesPerSecond = 23.8;
        test::fromAnotherThread([&] { desk.engine.lives.back()->events.ready(AvatarInfo{}); });
        QTRY_COMPARE(live.state(), LiveState::Live);
        QTRY_COMPARE(text("framesPerSecond"), QLocale().toString(23.8, 'f', 1) + QStringLiteral(" fps"));
        QCOMPARE(text("latency"), QStringLiteral("– ms")); // nothing was said yet
        desk.engine.lives.back()->statistics.delayMs = 321;
        desk.engine.lives.back()->statistics.computed = 5;
        QTRY_COMPARE(text("latency"), QStringLiteral("321 ms"));
        live.stop();
        QTRY_COMPARE(text("framesPerSecond"), QStringLiteral("– fps"));
    }

    void theStatusLineSaysThatAMeasurementRuns()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        const auto* state = desk.window->findChild<QLabel*>(QStringLiteral("engineState"));
        QTRY_VERIFY(desk.window->desk().tuning.canStart());
        desk.window->desk().tuning.startSearch();
        QTRY_COMPARE(desk.engine.tunings.size(), std::size_t{1});
        test::fromAnotherThread([&] { desk.engine.tunings.back()->events.progress(0.25, "coarse search"); });
        QTRY_VERIFY2(state->text().contains(QStringLiteral("Tuning")) && state->text().contains(QStringLiteral("25")),
                     qPrintable(state->text()));
    }

    void theStatusLineAndTheBannerTellOfTheServer()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        const auto* strip = desk.window->findChild<QLabel*>(QStringLiteral("server"));
        QCOMPARE(strip->text(), QStringLiteral("server off"));
        QTRY_VERIFY(desk.action(action_id::kServe)->isEnabled());
        auto* dock = desk.window->findChild<QDockWidget*>(QStringLiteral("serverDock"));
        desk.engine.serverRefusal = "another program has the port";
        desk.action(action_id::kServe)->trigger();
        QVERIFY(!dock->visibleRegion().isEmpty()); // where it says what became of it
        QTRY_VERIFY(desk.banner().contains(QStringLiteral("another program has the port")));
        desk.engine.serverRefusal.clear();
        desk.action(action_id::kServe)->trigger();
        QTRY_COMPARE(strip->text(), QStringLiteral("server on 127.0.0.1:50051, 0 calls"));
        QVERIFY(desk.banner().isEmpty());
        ServerStatistics busy;
        busy.openCalls = 1;
        desk.engine.servers.back()->setStatistics(busy);
        QTRY_COMPARE(strip->text(), QStringLiteral("server on 127.0.0.1:50051, 1 call"));
        desk.window->findChild<QDockWidget*>(QStringLiteral("chartsDock"))->raise();
        desk.action(action_id::kShowServer)->trigger();
        QTRY_VERIFY(!dock->visibleRegion().isEmpty());
        desk.window.reset();
        QVERIFY(!desk.engine.servers.back()->isAlive);
    }

    void aWindowThatServesClosesOnceItsCallsAreOver()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        desk.engine.serversHoldCalls = true;
        ServerModel& server = desk.window->desk().server;
        QTRY_VERIFY(server.canStart());
        server.start();
        QTRY_COMPARE(server.state(), ServerState::On);
        ServerStatistics busy;
        busy.openCalls = 2;
        desk.engine.servers.back()->setStatistics(busy);
        QTRY_VERIFY(server.hasOpenCalls());
        desk.window->close();
        QVERIFY(desk.window->isVisible());
        QCOMPARE(server.state(), ServerState::On);
        desk.dialogs.agrees = true;
        desk.window->close();
        QTRY_VERIFY(desk.engine.servers.back()->isStopping);
        QVERIFY(desk.window->isVisible());
        desk.engine.servers.back()->finishStopping();
        QTRY_VERIFY(!desk.window->isVisible());
    }

    void theFrameHasANumber()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        desk.window->playback().showFrame(13);
        QStringList texts;
        for (const QLabel* label :
             desk.window->findChild<QWidget*>(QStringLiteral("transportBar"))->findChildren<QLabel*>())
            texts << label->text();
        const QString all = texts.join(u'|');
        QVERIFY2(all.contains(QStringLiteral("Frame 13 of 50")), qPrintable(all));
        QVERIFY2(all.contains(QStringLiteral("00:00") + QLocale().decimalPoint() + QStringLiteral("52")),
                 qPrintable(all));
    }

    void largeTextDoesNotWidenTheWindow_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::newRow("usual window") << QSize(1440, 900);
        QTest::newRow("small screen") << QSize(1280, 800);
    }

    void largeTextDoesNotWidenTheWindow()
    {
        QFETCH(QSize, size);
        StudioDesk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        desk.window->resize(size);
        for (const int percent : {200, 100}) {
            desk.window->theme().setTextPercent(percent);
            for (QDockWidget* dock : desk.window->findChildren<QDockWidget*>()) {
                dock->raise();
                QTRY_VERIFY(!dock->visibleRegion().isEmpty());
                QVERIFY2(desk.window->size() == size && desk.window->minimumSizeHint().width() <= size.width() &&
                             desk.window->minimumSizeHint().height() <= size.height(),
                         qPrintable(QStringLiteral("%1 at %2 %: %3")
                                        .arg(dock->objectName())
                                        .arg(percent)
                                        .arg(leastSizes(*desk.window))));
            }
        }
    }

    void sideDocksGrowWithTheTextAndShrinkAgain()
    {
        StudioDesk desk;
        desk.window->resize(1440, 900);
        QVERIFY(desk.show());
        auto* dock = desk.window->findChild<QDockWidget*>(QStringLiteral("libraryDock"));
        desk.window->resize(1440, 900);
        desk.window->resizeDocks({dock}, {250}, Qt::Horizontal);
        QTRY_COMPARE(dock->width(), 250);
        desk.window->theme().setTextPercent(200);
        QTRY_COMPARE(dock->width(), 360); // a quarter of the window
        desk.window->theme().setTextPercent(100);
        QTRY_COMPARE(dock->width(), 250);
    }

    void iconsGrowWithTheText()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        const auto* play = desk.window->findChild<QToolButton*>(QStringLiteral("playButton"));
        const auto* bar = desk.window->findChild<QToolBar*>(QStringLiteral("previewTools"));
        const QSize before = play->iconSize(), beforeInBar = bar->iconSize();
        desk.window->theme().setTextPercent(200);
        QCOMPARE(play->iconSize(), 2 * before);
        QCOMPARE(bar->iconSize(), 2 * beforeInBar);
        desk.window->theme().setTextPercent(100);
        QCOMPARE(play->iconSize(), before);
        QCOMPARE(bar->iconSize(), beforeInBar);
    }

    void previewToolsWithoutRoomAreInAMenu()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        auto* bar = desk.window->findChild<QToolBar*>(QStringLiteral("previewTools"));
        auto* more = bar->findChild<QToolButton*>(QStringLiteral("qt_toolbar_ext_button"));
        QAction* full = desk.action(action_id::kFullScreenPreview);
        desk.window->resize(1440, 900);
        QTRY_VERIFY(bar->widgetForAction(full)->isVisible());
        desk.window->resize(1000, 720);
        QTRY_VERIFY(!bar->widgetForAction(full)->isVisible());
        QVERIFY(more->isVisible() && more->isEnabled());
        QVERIFY(more->menu());
        QVERIFY(more->menu()->actions().contains(full));
    }

    void whatActsInAPanelIsSeenWithoutScrolling_data()
    {
        QTest::addColumn<QString>("dock");
        QTest::addColumn<QStringList>("commands");
        using namespace action_id;
        const auto ids = [](std::initializer_list<const char*> all) {
            QStringList list;
            for (const char* one : all)
                list << QString::fromLatin1(one);
            return list;
        };
        QTest::newRow("tuning") << QStringLiteral("tuningDock")
                                << ids({kAutoTune, kCancelTuning, kMeasureMap, kApplyTuned});
        QTest::newRow("comparison") << QStringLiteral("comparisonDock") << ids({kCompare, kCancelComparison});
        QTest::newRow("capacity") << QStringLiteral("capacityDock") << ids({kPlanCapacity, kCancelCapacity});
        QTest::newRow("server") << QStringLiteral("serverDock") << ids({kServe, kCopyEndpoint});
        QTest::newRow("concurrency") << QStringLiteral("concurrencyDock") << ids({kApplyPlan, kRevertPlan});
    }

    void whatActsInAPanelIsSeenWithoutScrolling()
    {
        QFETCH(QString, dock);
        QFETCH(QStringList, commands);
        StudioDesk desk;
        desk.window->resize(1440, 900);
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        auto* place = desk.window->findChild<QDockWidget*>(dock);
        place->raise();
        QTRY_VERIFY(!place->visibleRegion().isEmpty());
        for (const QString& id : commands) {
            const QString text = desk.window->actions().action(id)->text();
            const auto buttons = place->findChildren<QPushButton*>();
            const auto found = std::find_if(buttons.begin(), buttons.end(),
                                            [&](const QPushButton* button) { return button->text() == text; });
            QVERIFY2(found != buttons.end(), qPrintable(id));
            QVERIFY2((*found)->visibleRegion().boundingRect() == (*found)->rect(), qPrintable(id));
        }
    }

    void closingWhileExportingAsks()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        desk.window->desk().exportDraft.setOutput(desk.folder.filePath(QStringLiteral("out.mp4")));
        desk.action(action_id::kExportNow)->trigger();
        QTRY_VERIFY(desk.window->desk().exports.isRunning());
        desk.window->close();
        QVERIFY(desk.window->isVisible());
        QCOMPARE(desk.dialogs.questions.size(), 1);
        desk.dialogs.agrees = true;
        desk.window->close();
        QVERIFY(!desk.window->isVisible());
        QCOMPARE(desk.engine.queue->jobs.size(), std::size_t(1)); // kept for the next start
    }

    void closingWhilePlayingStopsTheSound()
    {
        StudioDesk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        desk.window->playback().play();
        for (int frame = 0; frame < 3; ++frame)
            desk.engine.preview().make(frame);
        QTRY_VERIFY(desk.time->isRunning);
        desk.window->close();
        QVERIFY(!desk.window->isVisible());
        QVERIFY(!desk.time->isRunning);
        desk.window.reset();
        QVERIFY(!desk.engine.preview().isAlive);
    }
};

QTEST_MAIN(WindowTest)
#include "window_test.moc"
