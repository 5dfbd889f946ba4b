// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/action_registry.h"
#include "ui/actions/studio_actions.h"
#include "ui/engine_bridge/engine_bridge.h"
#include "ui/playback/playback_controller.h"
#include "ui/preview/picture_view.h"
#include "ui/preview/preview_actions.h"
#include "ui/preview/preview_commands.h"
#include "ui/preview/preview_panel.h"
#include "ui/preview/scrub_slider.h"
#include "ui/support/fake_engine.h"
#include "ui/support/hand_clock.h"
#include "ui/support/scripted_dialogs.h"
#include "ui/support/widget_walk.h"

#include <algorithm>

#include <QAction>
#include <QApplication>
#include <QFile>
#include <QLabel>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>
#include <QVBoxLayout>

using namespace lipsync;
using namespace lipsync::ui;
using namespace lipsync::ui::action_id;

namespace {

/// The preview with its commands in a window of its own, over a fake engine.
struct Desk {
    QTemporaryDir folder;
    QSettings settings{folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat};
    test::FakeEngine engine;
    test::ScriptedDialogs dialogs;
    EngineBridge bridge{engine};
    std::shared_ptr<test::HandTime> time = std::make_shared<test::HandTime>();
    PlaybackController playback{bridge, test::handClocks(time)};
    ActionRegistry actions;
    QWidget window;
    PreviewPanel* panel = nullptr;
    PreviewCommands* commands = nullptr;

    Desk()
    {
        addStudioActions(actions);
        addPreviewActions(actions);
        panel = new PreviewPanel(playback, actions);
        auto* column = new QVBoxLayout(&window);
        column->addWidget(panel);
        commands = new PreviewCommands(*panel, {playback, bridge, actions, dialogs, settings});
        window.resize(900, 700);
        window.show();
    }

    bool open()
    {
        bridge.openPreview("a.avatar", "v.wav");
        engine.preview().becomeReady(2);
        if (!QTest::qWaitFor([&] { return playback.state() == PlaybackState::Paused; }))
            return false;
        engine.preview().make(0);
        return QTest::qWaitFor([&] { return panel->view().picture() != nullptr; });
    }

    bool wasAsked(const std::string& call) const
    {
        const auto& calls = engine.previews.back()->calls;
        return std::find(calls.begin(), calls.end(), call) != calls.end();
    }

    QAction* action(const char* id) const { return actions.action(QString::fromLatin1(id)); }
    PictureView& view() const { return panel->view(); }
};

std::shared_ptr<const Picture> livePicture()
{
    auto picture = std::make_shared<Picture>();
    picture->frame = 777;
    picture->width = picture->height = 4;
    picture->bgr.assign(48, 200);
    return picture;
}

} // namespace

/// What the preview's commands do.
class PreviewCommandsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyControlHasANameAToolTipAndAPlaceInTheTabOrder()
    {
        Desk desk;
        QVERIFY(test::controlsOf(desk.window).size() >= 15);
        const QStringList faults = test::accessibilityFaults(desk.window);
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QStringLiteral("\n"))));
    }

    void everyCommandIsInAMenuAndHasAKeyOfItsOwn()
    {
        Desk desk;
        QSet<QKeySequence> keys;
        for (const QString& id : desk.actions.ids()) {
            QVERIFY2(desk.actions.menuOf(id) != MenuName::None || id == QLatin1String(kSwitchTheme), qPrintable(id));
            for (const QKeySequence& key : desk.actions.action(id)->shortcuts()) {
                QVERIFY2(!keys.contains(key), qPrintable(key.toString()));
                keys.insert(key);
            }
        }
    }

    void withoutAPreviewOnlyWhatNeedsNoneCanBeUsed()
    {
        Desk desk;
        for (const char* id : {kLoop, kBeginLoop, kEndLoop, kSaveFrame, kZoomIn, kFitPicture, kWipeLeft})
            QVERIFY2(!desk.action(id)->isEnabled(), id);
        for (const char* id : {kMute, kOverlay, kWipe, kFullScreenPreview, kPictureLater})
            QVERIFY2(desk.action(id)->isEnabled(), id);
        QVERIFY(desk.open());
        for (const char* id : {kLoop, kBeginLoop, kEndLoop, kSaveFrame, kZoomIn, kFitPicture})
            QVERIFY2(desk.action(id)->isEnabled(), id);
    }

    void theLoopIsSetByKeysAndShownOnTheTimeLine()
    {
        Desk desk;
        QVERIFY(desk.open());
        desk.playback.showFrame(10);
        desk.action(kBeginLoop)->trigger();
        desk.playback.showFrame(20);
        desk.action(kEndLoop)->trigger();
        QCOMPARE(*desk.playback.loop(), (LoopRange{10, 20}));
        QVERIFY(desk.action(kLoop)->isChecked());
        const auto* slider = desk.window.findChild<ScrubSlider*>();
        QVERIFY(slider->accessibleDescription().contains(QStringLiteral("00:00.8")));
        desk.action(kLoop)->trigger();
        QVERIFY(!desk.playback.loop());
        QVERIFY(slider->accessibleDescription().isEmpty());
    }

    void theNudgeIsSetByKeysAndFieldAndRemembered()
    {
        Desk desk;
        auto* field = desk.window.findChild<QSpinBox*>(QStringLiteral("nudge"));
        desk.action(kPictureLater)->trigger();
        desk.action(kPictureLater)->trigger();
        QCOMPARE(field->value(), 20);
        desk.action(kPictureEarlier)->trigger();
        QCOMPARE(desk.playback.nudgeMs(), 10);
        field->setValue(-70);
        QCOMPARE(desk.playback.nudgeMs(), -70);

        PlaybackController another(desk.bridge, test::handClocks(desk.time));
        auto* panel = new PreviewPanel(another, desk.actions, &desk.window);
        new PreviewCommands(*panel, {another, desk.bridge, desk.actions, desk.dialogs, desk.settings});
        QCOMPARE(another.nudgeMs(), -70);
        delete panel;
        desk.action(kNoNudge)->trigger();
        QCOMPARE(field->value(), 0);
    }

    void theVoiceIsMutedAndMadeLouder()
    {
        Desk desk;
        QVERIFY(desk.open());
        desk.action(kQuieter)->trigger();
        QCOMPARE(desk.playback.volumePercent(), 90);
        desk.action(kMute)->trigger();
        QCOMPARE(desk.time->volume, 0.0);
        QVERIFY(desk.action(kMute)->isChecked());
        desk.action(kLouder)->trigger(); // wants to hear something
        QVERIFY(!desk.action(kMute)->isChecked());
        QCOMPARE(desk.time->volume, 1.0);
        QCOMPARE(desk.settings.value(QStringLiteral("preview/volume")).toInt(), 100);
    }

    void theWipeAsksForOriginalsOnlyWhileItIsShown()
    {
        Desk desk;
        QVERIFY(desk.open());
        QVERIFY(!desk.wasAsked("originals on"));
        desk.action(kWipe)->trigger();
        QVERIFY(desk.wasAsked("originals on"));
        QVERIFY(desk.view().isWiping());
        desk.action(kWipeLeft)->trigger();
        QCOMPARE(desk.view().wipe(), 0.45);
        desk.action(kWipeRight)->trigger();
        desk.action(kWipe)->trigger();
        QVERIFY(desk.wasAsked("originals off"));
        QVERIFY(!desk.view().isWiping());
        QVERIFY(!desk.action(kWipeLeft)->isEnabled());
    }

    void theZoomIsShownAndSetByCommands()
    {
        Desk desk;
        QVERIFY(desk.open());
        desk.action(kActualSize)->trigger();
        QCOMPARE(desk.view().zoomPercent(), 100);
        const auto* text = desk.window.findChild<QLabel*>(QStringLiteral("zoom"));
        QVERIFY(text->text().contains(QStringLiteral("100")));
        desk.action(kZoomIn)->trigger();
        QCOMPARE(desk.view().zoomPercent(), 125);
        desk.action(kZoomOut)->trigger();
        QCOMPARE(desk.view().zoomPercent(), 100);
        desk.action(kFitPicture)->trigger();
        QVERIFY(desk.view().isFitted());
    }

    void theFiguresAreShownWhenWishedForAndRemembered()
    {
        Desk desk;
        QVERIFY(desk.open());
        desk.engine.preview().statistics = {24.9, 14, 100, 3};
        QVERIFY(desk.view().overlay().isEmpty());
        desk.action(kOverlay)->trigger();
        const QString figures = desk.view().overlay().join(u'|');
        QVERIFY2(figures.contains(QStringLiteral("– frames/s")), qPrintable(figures)); // a still frame has no speed
        QVERIFY2(figures.contains(QStringLiteral("14 ms")) && figures.contains(u'3'), qPrintable(figures));
        desk.playback.play();
        for (std::int64_t frame = 0; frame < 3; ++frame)
            desk.engine.preview().make(frame);
        QTRY_VERIFY(desk.view().overlay().join(u'|').contains(QStringLiteral("24.9 frames/s")));
        desk.playback.pause();
        QVERIFY(desk.view().overlay().join(u'|').contains(QStringLiteral("– frames/s")));
        desk.engine.preview().statistics.dropped = 8;
        QTRY_VERIFY(desk.view().overlay().join(u'|').contains(u'8')); // polled
        QVERIFY(desk.settings.value(QStringLiteral("preview/overlay")).toBool());
        desk.action(kOverlay)->trigger();
        QVERIFY(desk.view().overlay().isEmpty());
    }

    void aFrameIsSavedAsPng()
    {
        Desk desk;
        QVERIFY(desk.open());
        QSignalSpy told(desk.commands, &PreviewCommands::told);
        desk.dialogs.newFile = desk.folder.filePath(QStringLiteral("frame")); // the ending is added
        desk.action(kSaveFrame)->trigger();
        QTRY_COMPARE(told.count(), 1);
        const QString file = desk.folder.filePath(QStringLiteral("frame.png"));
        QCOMPARE(QImage(file).size(), desk.view().image().size());
        QVERIFY(told.first().first().toString().contains(QStringLiteral("frame.png")));

        desk.action(kSaveFrame)->trigger(); // not agreed
        QVERIFY(desk.dialogs.questions.last().contains(QStringLiteral("frame.png")));
        desk.dialogs.agrees = true;
        desk.action(kSaveFrame)->trigger();
        QTRY_COMPARE(told.count(), 2);
    }

    void aFrameThatCannotBeSavedIsToldOf()
    {
        Desk desk;
        QVERIFY(desk.open());
        QSignalSpy refused(desk.commands, &PreviewCommands::refused);
        desk.dialogs.newFile = desk.folder.filePath(QStringLiteral("missing/frame.png"));
        desk.action(kSaveFrame)->trigger();
        QTRY_COMPARE(refused.count(), 1);
        desk.dialogs.newFile.clear();
        desk.action(kSaveFrame)->trigger(); // dismissed
        QVERIFY(!QFile::exists(desk.folder.filePath(QStringLiteral("missing"))));
    }

    void thePreviewFillsTheScreenAndEscapeBringsItBack()
    {
        Desk desk;
        QVERIFY(desk.open());
        desk.action(kFullScreenPreview)->trigger();
        QVERIFY(desk.panel->isWindow());
        QVERIFY(desk.panel->isFullScreen() && desk.panel->isVisible());
        QTRY_COMPARE(QApplication::activeWindow(), desk.panel);
        QTest::keyClick(desk.panel, Qt::Key_L); // commands work there, too
        QVERIFY(desk.playback.loop());
        QTest::keyClick(&desk.view(), Qt::Key_Escape);
        QVERIFY(!desk.panel->isWindow());
        QVERIFY(desk.panel->isVisible());
        QVERIFY(!desk.action(kFullScreenPreview)->isChecked());
        QVERIFY(desk.panel->geometry().isValid() && desk.window.rect().contains(desk.panel->geometry()));
        QVERIFY(desk.panel->actions().isEmpty());
        desk.action(kFullScreenPreview)->trigger();
        desk.panel->close(); // as a window's frame does it
        QVERIFY(!desk.panel->isWindow());
    }

    void aLiveSessionTakesTheView()
    {
        Desk desk;
        QVERIFY(desk.open());
        const auto before = desk.view().picture();
        desk.action(kOverlay)->trigger();
        desk.playback.play();
        desk.panel->setLive(true);
        QVERIFY(!desk.playback.isPlaying());
        desk.view().showPicture(livePicture());
        desk.engine.preview().make(0); // of the playback: not shown now
        QCoreApplication::processEvents();
        QCOMPARE(desk.view().picture()->frame, std::int64_t(777));
        LiveStatistics statistics;
        desk.commands->showLive(statistics); // nothing was measured yet
        QVERIFY(desk.view().overlay().join(u'|').contains(QStringLiteral("– ms")));
        statistics.delayMs = 123;
        statistics.computed = 4;
        statistics.isIdle = true;
        desk.commands->showLive(statistics);
        QVERIFY(desk.view().overlay().join(u'|').contains(QStringLiteral("123 ms")));
        QVERIFY(!desk.action(kLoop)->isEnabled());
        desk.panel->setLive(false);
        QVERIFY(desk.view().picture()->frame == before->frame);
        QVERIFY(desk.action(kLoop)->isEnabled());
    }
};

QTEST_MAIN(PreviewCommandsTest)
#include "preview_commands_test.moc"
