// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/banner/banner.h"
#include "ui/main_window/main_window.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/support/export_formats.h"
#include "ui/support/fake_engine.h"
#include "ui/support/hand_clock.h"
#include "ui/support/fake_sound.h"
#include "ui/support/hand_project_clock.h"
#include "ui/support/heard_notices.h"
#include "ui/support/scripted_dialogs.h"

#include <memory>

#include <QAction>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

namespace lipsync::test {

/// The real window over a fake engine, with answers, settings and time in the test's hands.
struct StudioDesk {
    QTemporaryDir folder;
    FakeEngine engine;
    ScriptedDialogs dialogs;
    HeardNotices notices;
    FakeSoundInputs sounds;
    HandProjectClock projectClock;
    QSettings settings{folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat};
    std::shared_ptr<HandTime> time = std::make_shared<HandTime>();
    std::unique_ptr<ui::MainWindow> window = make();

    std::unique_ptr<ui::MainWindow> make()
    {
        return std::make_unique<ui::MainWindow>(ui::WindowServices{engine, dialogs, notices, settings, handClocks(time),
                                                                   sounds, projectClock, fakeFormats(),
                                                                   ui::toPath(folder.path())});
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
        return QTest::qWaitFor([&] { return window->playback().state() == ui::PlaybackState::Paused; });
    }

    QAction* action(const char* id) const { return window->actions().action(QString::fromLatin1(id)); }
    QString banner() const { return window->findChild<ui::Banner*>()->sentence(); }
};

} // namespace lipsync::test
