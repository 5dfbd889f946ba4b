// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/actions/action_registry.h"
#include "ui/engine_bridge/engine_bridge.h"
#include "ui/export/export_model.h"
#include "ui/library/library_model.h"
#include "ui/playback/playback_controller.h"
#include "ui/theme/theme_choice.h"

#include <filesystem>

#include <QByteArray>
#include <QMainWindow>

class QSettings;

namespace lipsync::ui {

class Banner;
class Dialogs;
class ExportPanel;
class PreviewPanel;
class StatusStrip;

/// What the window is given by the composition root or by a test; everything outlives the window.
struct WindowServices {
    Engine& engine;
    Dialogs& dialogs;
    QSettings& settings;
    ClockFactory clocks;
};

/// The studio's window: it puts models, panels and actions together and knows nothing beyond that.
class MainWindow final : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(WindowServices services, QWidget* parent = nullptr);
    ~MainWindow() override;

    LibraryModel& library() { return m_library; }
    PlaybackController& playback() { return m_playback; }
    ExportModel& exports() { return m_exports; }
    ActionRegistry& actions() { return m_actions; }
    ThemeChoice& theme() { return m_theme; }

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    void buildActions();
    void buildDocks();
    void buildMenus();
    void buildToolBar();
    void connectFiles();
    void connectPlayback();
    void connectExport();
    void connectView();
    void openAvatar();
    void openVoice();
    void showPlaybackState();
    void showPreviewMessage();
    void showEngineState();
    void refuse(const QString& reason);
    void showTheme();
    void showAbout();
    void restoreLayout();

    Dialogs& m_dialogs;
    QSettings& m_settings;
    EngineBridge m_bridge;
    LibraryModel m_library;
    PlaybackController m_playback;
    ExportModel m_exports;
    ThemeChoice m_theme;
    ActionRegistry m_actions;
    Banner* m_banner;
    PreviewPanel* m_preview;
    ExportPanel* m_exportPanel = nullptr;
    StatusStrip* m_status;
    QByteArray m_firstLayout;
    bool m_closesAfterExport = false;
};

} // namespace lipsync::ui
