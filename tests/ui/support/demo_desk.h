// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "support/own_configuration.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/main_window/main_window.h"
#include "ui/playback/timer_clock.h"
#include "ui/support/fake_sound.h"
#include "ui/support/hand_project_clock.h"
#include "ui/support/heard_notices.h"
#include "ui/support/scripted_dialogs.h"

#include <atomic>
#include <memory>

#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

namespace lipsync::test {

/// The real window on the real engine, for the demo avatar and its voice; the time runs on without a sound device.
struct DemoDesk {
    static constexpr int kPatienceMs = 30000; // a loaded machine of two cores

    OwnConfiguration configuration;
    QTemporaryDir folder;
    ScriptedDialogs dialogs;
    HeardNotices notices;
    FakeSoundInputs sounds;
    HandProjectClock projectClock;
    QSettings settings{folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat};
    std::unique_ptr<Engine> engine;
    std::unique_ptr<ui::MainWindow> window;

    static QString resource(const char* name)
    {
        return QStringLiteral(LIPSYNC_SOURCE_DIR "/resources/") + QString::fromLatin1(name);
    }
    static QString avatar() { return resource("avatars/demo.avatar"); }
    static QString voice() { return resource("voices/demo.flac"); }

    explicit DemoDesk(const EngineOptions& options = {})
        : engine(std::move(createEngine(options).value()))
    {
        make();
    }
    void make()
    {
        const auto clocks = [](const std::shared_ptr<const VoiceSound>&) -> std::unique_ptr<ui::PlaybackClock> {
            return std::make_unique<ui::TimerClock>();
        };
        window = std::make_unique<ui::MainWindow>(ui::WindowServices{*engine, dialogs, notices, settings, clocks,
                                                                     sounds, projectClock, exportFormats(),
                                                                     ui::toPath(folder.path())});
    }

    bool show()
    {
        window->show();
        return QTest::qWaitForWindowExposed(window.get());
    }

    /// Opens the demo and waits for its first picture.
    bool open()
    {
        bool hasPicture = false;
        const auto connection = QObject::connect(&window->playback(), &ui::PlaybackController::pictureChanged,
                                                 window.get(), [&] { hasPicture = true; });
        window->library().open(ui::toPath(avatar()), ui::toPath(voice()));
        const bool isOpen = QTest::qWaitFor([&] { return hasPicture; }, kPatienceMs);
        QObject::disconnect(connection);
        return isOpen;
    }

    /// Starts an export beside what goes on; a second call while one runs does nothing.
    void startExport(ExportRequest request)
    {
        if (m_isExporting)
            return;
        m_isExporting = true;
        request.overwrite = true;
        m_export = engine->startExport(
            request, {[](const ExportProgress&) {}, [this](const Result<ExportReport>&) { m_isExporting = false; }});
    }

    QAction* action(const char* id) const { return window->actions().action(QString::fromLatin1(id)); }

private:
    std::atomic<bool> m_isExporting = false;
    std::unique_ptr<Export> m_export; ///< ends before the engine
};

} // namespace lipsync::test
