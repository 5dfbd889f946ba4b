// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/studio_actions.h"
#include "ui/banner/banner.h"
#include "ui/main_window/main_window.h"
#include "ui/preview/picture_view.h"
#include "ui/support/fake_engine.h"
#include "ui/support/hand_clock.h"
#include "ui/support/scripted_dialogs.h"

#include <QAbstractButton>
#include <QAbstractSlider>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QPointer>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

/// The real window over a fake engine, with answers, settings and time in the test's hands.
struct Desk {
    QTemporaryDir folder;
    test::FakeEngine engine;
    test::ScriptedDialogs dialogs;
    QSettings settings{folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat};
    std::shared_ptr<test::HandTime> time = std::make_shared<test::HandTime>();
    std::unique_ptr<MainWindow> window = make();

    std::unique_ptr<MainWindow> make()
    {
        return std::make_unique<MainWindow>(WindowServices{engine, dialogs, settings, test::handClocks(time)});
    }

    bool show()
    {
        window->show();
        return QTest::qWaitForWindowExposed(window.get());
    }

    bool open()
    {
        window->library().open("anna.avatar", "hello.wav");
        engine.preview().becomeReady(2);
        return QTest::qWaitFor([&] { return window->playback().state() == PlaybackState::Paused; });
    }

    QAction* action(const char* id) const { return window->actions().action(QString::fromLatin1(id)); }
    QString banner() const { return window->findChild<Banner*>()->sentence(); }
};

bool isControl(const QWidget* widget)
{
    return qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QAbstractSlider*>(widget) ||
        qobject_cast<const QLineEdit*>(widget) || qobject_cast<const QComboBox*>(widget) ||
        qobject_cast<const QProgressBar*>(widget);
}

// Parts of Qt's own widgets (a list in a combo box, the arrow at a toolbar's end) are Qt's to name.
bool isPartOfQt(const QWidget* widget)
{
    return widget->objectName().startsWith(QLatin1String("qt_")) ||
        qobject_cast<const QComboBox*>(widget->parentWidget()) || widget->inherits("QComboBoxPrivateContainer") ||
        widget->inherits("QComboBoxPrivateScroller") ||
        QString::fromLatin1(widget->metaObject()->className()) == QLatin1String("QScrollBar");
}

} // namespace

/// The window as a whole.
class WindowTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyControlHasANameAToolTipAndAPlaceInTheTabOrder()
    {
        Desk desk;
        QVERIFY(desk.show());
        int controls = 0;
        for (const QWidget* widget : desk.window->findChildren<QWidget*>()) {
            if (!isControl(widget) || isPartOfQt(widget))
                continue;
            ++controls;
            const QString what =
                QStringLiteral("%1 '%2'").arg(QLatin1String(widget->metaObject()->className()), widget->objectName());
            QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(what + QStringLiteral(" has no accessible name")));
            QVERIFY2(!widget->toolTip().isEmpty(), qPrintable(what + QStringLiteral(" has no tooltip")));
            if (!qobject_cast<const QProgressBar*>(widget))
                QVERIFY2(widget->focusPolicy() & Qt::TabFocus,
                         qPrintable(what + QStringLiteral(" cannot be tabbed to")));
        }
        QVERIFY(controls >= 15);
    }

    void everyCommandIsInAMenu()
    {
        Desk desk;
        QSet<QAction*> shown;
        for (const QAction* menu : desk.window->menuBar()->actions())
            for (QAction* action : menu->menu()->actions())
                shown.insert(action);
        for (const QString& id : desk.window->actions().ids())
            if (id != QLatin1String(action_id::kSwitchTheme)) // the two themes are there
                QVERIFY2(shown.contains(desk.window->actions().action(id)), qPrintable(id));
    }

    void anEmptyWindowSaysWhatToDropWhere()
    {
        Desk desk;
        QVERIFY(desk.show());
        const auto* view = desk.window->findChild<PictureView*>();
        QVERIFY(view->messageTitle().contains(QStringLiteral("Drop an avatar and a voice")));
        QVERIFY(!desk.action(action_id::kPlay)->isEnabled());
        QVERIFY(!desk.action(action_id::kStartExport)->isEnabled());
        desk.window->library().openAvatar("anna.avatar");
        QTRY_VERIFY(view->messageTitle().contains(QStringLiteral("voice")));
    }

    void filesAreOpenedThroughTheDialogs()
    {
        Desk desk;
        desk.dialogs.folder = QStringLiteral("/avatars/anna.avatar");
        desk.dialogs.file = QStringLiteral("/voices/hello.wav");
        desk.action(action_id::kOpenAvatar)->trigger();
        desk.action(action_id::kOpenVoice)->trigger();
        QCOMPARE(desk.engine.preview().avatar.string(), std::string("/avatars/anna.avatar"));
        QCOMPARE(desk.engine.preview().voice.string(), std::string("/voices/hello.wav"));
    }

    void aRefusalIsABannerThatCanBeDismissed()
    {
        Desk desk;
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
        Desk desk;
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
        Desk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        desk.window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(desk.window.get()));
        auto* start = desk.window->findChild<QPushButton*>(QStringLiteral("primary"));
        desk.window->exports().setOutput(desk.folder.filePath(QStringLiteral("out.mp4")));
        start->setFocus();
        QTest::keyClick(start, Qt::Key_Space);
        QVERIFY(!desk.window->playback().isPlaying());
        QCOMPARE(desk.engine.exports.size(), std::size_t(1));
        desk.engine.lastExport().finish();
        QTRY_VERIFY(!desk.window->exports().isRunning());
    }

    void theThemeIsChosenFromTheMenu()
    {
        Desk desk;
        desk.action(action_id::kLightTheme)->trigger();
        QCOMPARE(desk.window->theme().name(), ThemeName::Light);
        QVERIFY(desk.action(action_id::kLightTheme)->isChecked());
        desk.action(action_id::kSwitchTheme)->trigger();
        QCOMPARE(desk.window->theme().name(), ThemeName::Dark);
    }

    void docksCanBeResetAndTheLayoutIsRemembered()
    {
        Desk desk;
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

    void theStatusLineTellsWhatTheEngineDoes()
    {
        Desk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        desk.engine.preview().statistics = {24.5, 12.4, 100, 3};
        const auto text = [&](const char* name) {
            return desk.window->findChild<QLabel*>(QString::fromLatin1(name))->text();
        };
        QTRY_COMPARE(text("framesPerSecond"), QLocale().toString(24.5, 'f', 1) + QStringLiteral(" fps"));
        QCOMPARE(text("latency"), QStringLiteral("12 ms"));
        QCOMPARE(text("dropped"), QStringLiteral("3 dropped"));
    }

    void closingWhileExportingAsksAndCancels()
    {
        Desk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        desk.window->exports().setOutput(desk.folder.filePath(QStringLiteral("out.mp4")));
        desk.window->exports().start(false);
        desk.window->close();
        QVERIFY(desk.window->isVisible());
        QCOMPARE(desk.dialogs.questions.size(), 1);
        desk.dialogs.agrees = true;
        desk.window->close();
        QVERIFY(desk.engine.lastExport().isCancelled);
        QVERIFY(desk.window->isVisible()); // until the engine has cleaned up
        desk.engine.lastExport().fail(ErrorCode::Interrupted, "stopped");
        QTRY_VERIFY(!desk.window->isVisible());
    }

    void closingWhilePlayingStopsTheSound()
    {
        Desk desk;
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
