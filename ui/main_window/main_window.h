// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/actions/action_registry.h"
#include "ui/desk/desk.h"
#include "ui/docks/dock_shelf.h"
#include "ui/settings/language_choice.h"
#include "ui/settings/settings_model.h"
#include "ui/settings/shortcut_choice.h"
#include "ui/theme/theme_choice.h"

#include <QMainWindow>

class QMenu;
class QSettings;

namespace lipsync::ui {

class Banner;
class CloseGuard;
class CommandPalette;
class FileArrivals;
class HelpCommands;
class OperationDialogs;
class PreviewCommands;
class PreviewPanel;
class ProjectCommands;
class SettingsDialog;
class StatusStrip;
struct StudioPanels;

/// The studio's window: it puts the desk's models, their panels and the commands together and knows nothing beyond
/// that.
class MainWindow final : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(WindowServices services, QWidget* parent = nullptr);
    ~MainWindow() override;

    Desk& desk() { return m_desk; }
    LibraryModel& library() { return m_desk.library; }
    PlaybackController& playback() { return m_desk.playback; }
    ActionRegistry& actions() { return m_actions; }
    ThemeChoice& theme() { return m_theme; }
    DockShelf& docks() { return m_docks; }
    FileArrivals& arrivals() { return *m_arrivals; }

    /// What a start does after the window is shown: a welcome at the first one, then unsaved work of a crash, else the last project where that is wished
    /// for. True when there is a project and no file has to be opened.
    bool resume();

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    void buildActions();
    void buildDocks();
    void buildMenus();
    void addPanelMenus(QMenu& view);
    void buildToolBar();
    void buildDialogs(const WindowServices& services);
    void guardClosing();
    void connectFiles();
    void connectProject();
    void connectPlayback();
    void connectLive();
    void connectPanels();
    void connectServer();
    void connectView();
    void openAvatar();
    void openVoice();
    void showPlaybackState();
    void showPlaybackFigures(const PreviewStatistics& statistics);
    void showPreviewMessage();
    void showEngineState();
    /// What is measured and how far it is; empty while nothing is.
    QString measurementText() const;
    void refuse(const QString& reason);
    void tell(const QString& news);
    void showTheme();

    LanguageChoice m_language; ///< first: texts are translated from here on
    Dialogs& m_dialogs;
    QSettings& m_settings;
    Desk m_desk;
    ThemeChoice m_theme;
    ActionRegistry m_actions;
    ShortcutChoice m_shortcuts;
    SettingsModel m_settingsModel;
    DockShelf m_docks;
    Banner* m_banner;
    PreviewPanel* m_preview = nullptr;
    PreviewCommands* m_previewCommands = nullptr;
    StatusStrip* m_status;
    std::unique_ptr<StudioPanels> m_panels; ///< they belong to the docks
    OperationDialogs* m_operations = nullptr;
    FileArrivals* m_arrivals = nullptr;
    ProjectCommands* m_project = nullptr;
    CloseGuard* m_guard = nullptr;
    HelpCommands* m_help = nullptr;
    CommandPalette* m_palette = nullptr;
    SettingsDialog* m_settingsDialog = nullptr;
};

} // namespace lipsync::ui
