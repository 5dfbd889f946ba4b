// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/main_window.h"

#include "ui/actions/studio_actions.h"
#include "ui/banner/banner.h"
#include "ui/charts/charts_panel.h"
#include "ui/dialogs/dialogs.h"
#include "ui/drops/file_arrivals.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/export/export_actions.h"
#include "ui/export/export_queue_panel.h"
#include "ui/help/help_actions.h"
#include "ui/help/help_commands.h"
#include "ui/library/library_lists_panel.h"
#include "ui/live/live_actions.h"
#include "ui/live/live_panel.h"
#include "ui/main_window/focus_keys.h"
#include "ui/main_window/studio_panels.h"
#include "ui/operations/operation_dialogs.h"
#include "ui/palette/command_palette.h"
#include "ui/palette/palette_actions.h"
#include "ui/preview/picture_view.h"
#include "ui/preview/preview_actions.h"
#include "ui/preview/preview_commands.h"
#include "ui/preview/preview_panel.h"
#include "ui/project/close_guard.h"
#include "ui/project/project_actions.h"
#include "ui/project/project_commands.h"
#include "ui/project/recent_menu.h"
#include "ui/server/server_actions.h"
#include "ui/server/server_panel.h"
#include "ui/server/server_setting.h"
#include "ui/settings/settings_actions.h"
#include "ui/settings/settings_dialog.h"
#include "ui/settings/studio_settings.h"
#include "ui/status/status_strip.h"
#include "ui/theme/icon_scale.h"
#include "ui/trace/trace_panel.h"
#include "ui/tuning/tuning_actions.h"
#include "ui/tuning/tuning_panel.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <QAction>
#include <QActionGroup>
#include <QCloseEvent>
#include <QCoreApplication>
#include <QDialog>
#include <QDockWidget>
#include <QFileInfo>
#include <QMenu>
#include <QMenuBar>
#include <QScreen>
#include <QSettings>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

using namespace action_id;

const auto kFolderSetting = QStringLiteral("files/folder");
const auto kWelcomedSetting = QStringLiteral("help/welcomed");
constexpr const char* kServerPanel = "panel.serverDock"; // see addPanelMenus()
constexpr QSize kFirstSize{1440, 900};
constexpr QSize kIconSize{24, 18}; // wider than the drawing: the text keeps a distance
constexpr int kNewsMs = 6000; // in the status line
constexpr int kNumberKeys = 10; // 1 to 9, then 0

QString id(const char* name)
{
    return QString::fromLatin1(name);
}

} // namespace

MainWindow::MainWindow(WindowServices services, QWidget* parent)
    : QMainWindow(parent)
    , m_language(services.settings)
    , m_dialogs(services.dialogs)
    , m_settings(services.settings)
    , m_desk(services)
    , m_theme(services.settings)
    , m_shortcuts(m_actions, services.settings)
    , m_docks(*this, services.settings)
    , m_banner(new Banner)
    , m_status(new StatusStrip)
{
    setObjectName(QStringLiteral("studio"));
    setWindowTitle(tr("LipSync Studio"));
    setAccessibleName(tr("LipSync Studio"));
    setWindowIcon(QIcon(QStringLiteral(":/desktop/lipsync-studio.svg")));
    qApp->installEventFilter(new FocusKeys(this));
    buildActions();

    m_preview = new PreviewPanel(m_desk.playback, m_actions);
    auto* centre = new QWidget;
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_banner);
    column->addWidget(m_preview, 1);
    setCentralWidget(centre);
    setStatusBar(m_status);
    buildDocks();
    buildDialogs(services);
    buildMenus();
    buildToolBar();
    guardClosing();

    connectFiles();
    connectProject();
    connectPlayback();
    connectLive();
    connectPanels();
    connectServer();
    connectView();
    showPlaybackState();
    showPreviewMessage();
    showTheme();
    scaleIcons(*this, m_theme.textPercent());
    resize(kFirstSize.boundedTo(screen()->availableSize()));
    m_docks.setTextPercent(m_theme.textPercent());
    m_docks.finish();
    m_preview->view().setFocus();
}

MainWindow::~MainWindow()
{
    m_desk.playback.pause();
    // A window's children die after its members; what looks at the desk and the commands goes before them.
    delete m_guard;
    delete m_help;
    delete m_project;
    delete m_arrivals;
    delete m_operations;
    qDeleteAll(findChildren<QDialog*>(Qt::FindDirectChildrenOnly));
    qDeleteAll(findChildren<QDockWidget*>(Qt::FindDirectChildrenOnly));
    delete takeCentralWidget();
    delete menuBar();
}

bool MainWindow::resume()
{
    if (!m_settings.value(kWelcomedSetting).toBool()) {
        m_settings.setValue(kWelcomedSetting, true);
        m_help->showWelcome();
    }
    m_desk.projectStore.lookForRecovery();
    const QStringList recent = m_desk.projectStore.recent().files();
    if (!opensLastProject(m_settings) || recent.isEmpty())
        return false;
    m_project->open(recent.first());
    return true;
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (!m_guard->mayClose()) {
        event->ignore();
        return;
    }
    m_desk.live.stop();
    m_desk.server.stop();
    m_desk.playback.pause();
    m_docks.save();
    event->accept();
}

void MainWindow::buildActions()
{
    addProjectActions(m_actions);
    addStudioActions(m_actions);
    addSettingsActions(m_actions);
    addPaletteActions(m_actions);
    addPreviewActions(m_actions);
    addPanelActions(m_actions);
    addHelpActions(m_actions);
    m_actions.tint(m_theme.tokens()); // buttons without icons would be as wide as their text
    auto* themes = new QActionGroup(this);
    for (const char* name : {kDarkTheme, kLightTheme, kHighContrastTheme})
        themes->addAction(m_actions.action(id(name)));
    // Commands work wherever the window's focus is, also while the menu bar is hidden.
    for (const QString& name : m_actions.ids())
        addAction(m_actions.action(name));
}

void MainWindow::buildDocks()
{
    m_panels = std::make_unique<StudioPanels>(StudioPanels::make(m_desk, m_actions, m_dialogs, m_docks));
    m_previewCommands =
        new PreviewCommands(*m_preview, {m_desk.playback, m_desk.bridge, m_actions, m_dialogs, m_settings});
}

void MainWindow::buildDialogs(const WindowServices& services)
{
    m_operations =
        new OperationDialogs(m_desk.operations, m_desk.avatars, m_actions, m_dialogs, services.notifier, *this);
    m_operations->setShippedFolder(services.shippedAvatars);
    m_arrivals =
        new FileArrivals(m_desk.files, m_desk.library, m_desk.avatars, m_desk.voices, *m_operations, m_dialogs, *this);
    m_project = new ProjectCommands(m_desk.projectStore, m_actions, m_dialogs, *this);
    m_palette = new CommandPalette(m_actions, this);
    m_palette->model().leaveOut(id(kShowPalette));
    addStudioSettings(m_settingsModel, m_settings, m_language, m_theme, m_desk.projectStore);
    addServerSetting(m_settingsModel, m_desk.server);
    m_settingsDialog = new SettingsDialog(m_settingsModel, m_actions, m_shortcuts, this);
    connect(m_actions.action(id(kShowPalette)), &QAction::triggered, m_palette, &CommandPalette::open);
    connect(m_actions.action(id(kShowSettings)), &QAction::triggered, m_settingsDialog, [this] {
        m_settingsDialog->show();
        m_settingsDialog->raise();
        m_settingsDialog->activateWindow();
    });
    connect(m_actions.action(id(kShowShortcuts)), &QAction::triggered, m_settingsDialog,
            &SettingsDialog::showShortcuts);
    m_help = new HelpCommands(services.engine, m_desk.bridge.post(), m_settings, m_actions, m_dialogs, *this);
    connect(m_help, &HelpCommands::succeeded, this, &MainWindow::tell);
    connect(m_help, &HelpCommands::failed, this, &MainWindow::refuse);
}

void MainWindow::guardClosing()
{
    m_guard = new CloseGuard(*m_project, m_dialogs, *this);
    m_guard->add({[this] { return m_desk.exports.isRunning() && m_desk.exports.hasWork(); },
                  tr("Quit while exports are running?"),
                  tr("They stop now and go on where they stopped when the studio is started again."), tr("Quit"),
                  [](const std::function<void()>& done) { done(); }});
    m_guard->add({[this] { return m_desk.operations.isRunning(); }, tr("Quit while an avatar is being made?"),
                  tr("What is not finished is lost; a training can be taken up again."), tr("Quit"),
                  [this](const std::function<void()>& done) {
                      m_desk.operations.cancelAll();
                      done();
                  }});
    m_guard->add({[this] { return m_desk.live.isOn(); }, tr("Quit while the avatar is live?"),
                  tr("The microphone is switched off."), tr("Quit"),
                  [this](const std::function<void()>& done) {
                      m_desk.live.stop();
                      done();
                  }});
    m_guard->add(
        {[this] { return m_desk.server.hasOpenCalls(); }, tr("Quit while programs are being served?"),
         tr("The server takes no more calls, finishes those under way, for at most half a minute, and then the "
            "studio closes."),
         tr("Finish and Quit"), [this](const std::function<void()>& done) { m_desk.server.stopThen(done); }});
}

void MainWindow::buildMenus()
{
    const std::pair<MenuName, QString> menus[] = {
        {MenuName::File, tr("&File")},     {MenuName::Edit, tr("&Edit")},         {MenuName::View, tr("&View")},
        {MenuName::Avatar, tr("&Avatar")}, {MenuName::Playback, tr("&Playback")}, {MenuName::Engine, tr("E&ngine")},
        {MenuName::Export, tr("E&xport")}, {MenuName::Server, tr("&Server")},     {MenuName::Help, tr("&Help")},
    };
    for (const auto& [name, title] : menus) {
        const QStringList ids = m_actions.idsOf(name);
        if (ids.isEmpty())
            continue;
        QMenu* menu = menuBar()->addMenu(title);
        menu->setToolTipsVisible(true);
        m_actions.fill(*menu, ids);
        if (name == MenuName::File)
            menu->insertMenu(m_actions.action(id(kSaveProject)),
                             new RecentMenu(m_desk.projectStore.recent(), *m_project, m_actions, menu));
        if (name == MenuName::View)
            addPanelMenus(*menu);
    }
}

void MainWindow::addPanelMenus(QMenu& view)
{
    QMenu* shown = view.addMenu(tr("Sho&wn Panels"));
    shown->setToolTipsVisible(true);
    QMenu* goTo = view.addMenu(tr("&Go to Panel"));
    goTo->setToolTipsVisible(true);
    int number = 0;
    for (QDockWidget* dock : m_docks.docks()) {
        shown->addAction(dock->toggleViewAction());
        const int key = ++number;
        QAction* action = m_actions.add(
            {QStringLiteral("panel.") + dock->objectName(),
             dock->windowTitle(),
             tr("Show the panel %1 and go to it").arg(dock->windowTitle()),
             key <= kNumberKeys ? QList<QKeySequence>{QKeySequence(Qt::ALT | (Qt::Key_0 + key % kNumberKeys))}
                                : QList<QKeySequence>{},
             {}});
        connect(action, &QAction::triggered, &m_docks, [this, dock] { m_docks.goTo(dock); });
        goTo->addAction(action);
        addAction(action);
    }
}

void MainWindow::buildToolBar()
{
    QToolBar* bar = addToolBar(tr("Toolbar"));
    bar->setObjectName(QStringLiteral("toolBar"));
    bar->setAccessibleName(tr("Toolbar"));
    bar->setMovable(false);
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->setIconSize(kIconSize);
    m_actions.fill(
        *bar,
        {id(kOpenAvatar), id(kOpenVoice), {}, id(kPlay), id(kLive), {}, id(kExportNow), id(kAutoTune), id(kServe)});
    auto* gap = new QWidget;
    gap->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    gap->setAttribute(Qt::WA_TransparentForMouseEvents);
    bar->addWidget(gap);
    m_actions.fill(*bar, {id(kSwitchTheme)});
    for (QAction* action : bar->actions()) {
        if (auto* button = qobject_cast<QToolButton*>(bar->widgetForAction(action))) {
            button->setFocusPolicy(Qt::TabFocus);
            button->setAccessibleName(action->iconText());
            button->setAccessibleDescription(action->statusTip());
        }
    }
}

void MainWindow::connectFiles()
{
    connect(m_actions.action(id(kOpenAvatar)), &QAction::triggered, this, &MainWindow::openAvatar);
    connect(m_actions.action(id(kOpenVoice)), &QAction::triggered, this, &MainWindow::openVoice);
    connect(m_actions.action(id(kQuit)), &QAction::triggered, this, &MainWindow::close);

    // Inner places go before the window around them.
    m_arrivals->watch(m_panels->library->avatarHalf(), DropPlace::Avatars);
    m_arrivals->watch(m_panels->library->voiceHalf(), DropPlace::Voices);
    m_arrivals->watch(*this, DropPlace::Window);
    connect(m_arrivals, &FileArrivals::refused, this, &MainWindow::refuse);
    connect(m_arrivals, &FileArrivals::hovered, &m_preview->view(), &PictureView::setDropHint);
    connect(m_arrivals, &FileArrivals::projectArrived, m_project,
            [this](const std::filesystem::path& file) { m_project->open(fromPath(file)); });

    connect(m_panels->library, &LibraryListsPanel::avatarChosen, m_operations, &OperationDialogs::setChosenAvatar);
    connect(m_operations, &OperationDialogs::deskWanted, &m_desk.library, &LibraryModel::openAvatar);
    connect(m_operations, &OperationDialogs::avatarCopied, this,
            [this](const std::filesystem::path& copy) { m_desk.avatars.add(copy); });
    connect(m_operations, &OperationDialogs::unheard, this,
            [this](const QString& sentence, bool isFailure) { isFailure ? refuse(sentence) : tell(sentence); });

    connect(&m_desk.library, &LibraryModel::refused, this, &MainWindow::refuse);
    connect(&m_desk.library, &LibraryModel::openingChanged, this, [this](bool isOpening) {
        if (isOpening && m_banner->sentence() != m_desk.exportQueue.openingNote()) // exports that are gone stay news
            m_banner->dismiss();
        showPreviewMessage();
        showEngineState();
    });
    connect(&m_desk.library, &LibraryModel::avatarChanged, this, [this] {
        if (m_desk.library.avatar() && m_desk.library.avatar()->isTrained)
            m_operations->setBase(m_desk.library.avatar()->folder); // what a prepared one may begin with
        showPreviewMessage();
    });
    connect(&m_desk.library, &LibraryModel::voiceChanged, this, &MainWindow::showPreviewMessage);
}

void MainWindow::connectProject()
{
    connect(m_project, &ProjectCommands::missing, this,
            [this](const QStringList& sentences) { refuse(sentences.join(QLatin1Char('\n'))); });
    connect(m_project, &ProjectCommands::failed, this, &MainWindow::refuse);
    connect(m_project, &ProjectCommands::mended, m_banner, &Banner::withdraw);
    connect(m_project, &ProjectCommands::succeeded, m_status,
            [this](const QString& words) { m_status->showMessage(words, kNewsMs); });
    connect(&m_desk.projectStore, &ProjectStore::aboutToWrite, this,
            [this] { m_desk.project.setLayout(m_docks.layout()); });
    connect(&m_desk.project, &ProjectDocument::replaced, this, [this] {
        if (const QByteArray layout = m_desk.project.data().layout; !layout.isEmpty())
            m_docks.restore(layout);
    });
}

void MainWindow::connectPlayback()
{
    connect(m_actions.action(id(kPlay)), &QAction::triggered, &m_desk.playback, &PlaybackController::toggle);
    connect(m_actions.action(id(kPreviousFrame)), &QAction::triggered, &m_desk.playback,
            [this] { m_desk.playback.step(-1); });
    connect(m_actions.action(id(kNextFrame)), &QAction::triggered, &m_desk.playback,
            [this] { m_desk.playback.step(1); });
    connect(m_actions.action(id(kFirstFrame)), &QAction::triggered, &m_desk.playback, &PlaybackController::showFirst);
    connect(m_actions.action(id(kLastFrame)), &QAction::triggered, &m_desk.playback, &PlaybackController::showLast);
    connect(&m_desk.playback, &PlaybackController::stateChanged, this, &MainWindow::showPlaybackState);
    connect(&m_desk.bridge, &EngineBridge::statisticsPolled, this, [this](const PreviewStatistics& statistics) {
        if (!m_desk.live.isOn())
            showPlaybackFigures(statistics);
    });
    connect(&m_desk.bridge, &EngineBridge::pictureFailed, this, [this](const Error& error) { refuse(toText(error)); });
    connect(m_previewCommands, &PreviewCommands::told, this, &MainWindow::tell);
    connect(m_previewCommands, &PreviewCommands::refused, this, &MainWindow::refuse);
}

void MainWindow::connectLive()
{
    connect(&m_desk.live, &LiveModel::pictureMade, &m_preview->view(), &PictureView::showPicture);
    connect(&m_desk.live, &LiveModel::statisticsChanged, m_previewCommands, &PreviewCommands::showLive);
    connect(&m_desk.live, &LiveModel::statisticsChanged, this, [this](const LiveStatistics& statistics) {
        if (m_desk.live.isOn())
            m_status->showLive(statistics);
    });
    connect(&m_desk.live, &LiveModel::changed, this, [this] {
        if (m_desk.live.isOn() != m_preview->isLive())
            m_preview->setLive(m_desk.live.isOn());
        showPlaybackState();
        showPreviewMessage();
    });
    connect(m_actions.action(id(kLive)), &QAction::triggered, this, [this] { m_docks.raise(m_panels->live); });
}

void MainWindow::connectPanels()
{
    connect(m_actions.action(id(kExportNow)), &QAction::triggered, this, [this] { m_docks.raise(m_panels->exports); });
    connect(m_actions.action(id(kAutoTune)), &QAction::triggered, this, [this] { m_docks.raise(m_panels->tuning); });
    connect(&m_desk.exports, &ExportQueueModel::changed, this, &MainWindow::showEngineState);
    connect(&m_desk.tuning, &TuningModel::changed, this, &MainWindow::showEngineState);
    connect(&m_desk.comparison, &ComparisonModel::changed, this, &MainWindow::showEngineState);
    connect(&m_desk.capacity, &CapacityModel::changed, this, &MainWindow::showEngineState);
    connect(&m_desk.exportNotices, &ExportNotices::refused, this, &MainWindow::refuse);
    connect(&m_desk.exportNotices, &ExportNotices::taken, m_banner, &Banner::withdraw);
    connect(&m_desk.exportNotices, &ExportNotices::unheard, this,
            [this](const QString& sentence, bool isFailure) { isFailure ? refuse(sentence) : tell(sentence); });
    connect(m_panels->charts, &ChartsPanel::noticed, this, &MainWindow::tell);
    connect(m_panels->charts, &ChartsPanel::failed, this, &MainWindow::refuse);
    connect(m_panels->trace, &TracePanel::noticed, this, &MainWindow::tell);
    connect(m_panels->trace, &TracePanel::failed, this, &MainWindow::refuse);
    connect(&m_desk.statistics, &StatisticsBridge::polled, m_status, &StatusStrip::showEngine);
}

void MainWindow::connectServer()
{
    const ServerModel& server = m_desk.server;
    connect(m_actions.action(id(kServe)), &QAction::triggered, this, [this] { m_docks.raise(m_panels->server); });
    connect(m_actions.action(id(kShowServer)), &QAction::triggered, m_actions.action(id(kServerPanel)),
            &QAction::trigger);
    connect(&server, &ServerModel::changed, m_status, [this] { m_status->showServer(m_desk.server.statusText()); });
    connect(&server, &ServerModel::refused, this, &MainWindow::refuse);
    connect(&server, &ServerModel::mended, m_banner, &Banner::withdraw);
    connect(m_panels->server, &ServerPanel::failed, this, &MainWindow::refuse);
    connect(m_panels->server, &ServerPanel::noticed, m_status,
            [this](const QString& words) { m_status->showMessage(words, kNewsMs); });
    m_status->showServer(server.statusText());
}

void MainWindow::connectView()
{
    const std::pair<const char*, ThemeName> themes[] = {
        {kDarkTheme, ThemeName::Dark}, {kLightTheme, ThemeName::Light}, {kHighContrastTheme, ThemeName::HighContrast}};
    for (const auto& [name, theme] : themes)
        connect(m_actions.action(id(name)), &QAction::triggered, &m_theme,
                [this, theme = theme] { m_theme.choose(theme); });
    connect(m_actions.action(id(kSwitchTheme)), &QAction::triggered, &m_theme, [this] {
        const auto present = std::find(kThemeNames.begin(), kThemeNames.end(), m_theme.name());
        m_theme.choose(std::next(present) == kThemeNames.end() ? kThemeNames.front() : *std::next(present));
    });
    constexpr int kTextStep = 10;
    connect(m_actions.action(id(kLargerText)), &QAction::triggered, &m_theme,
            [this] { m_theme.setTextPercent(m_theme.textPercent() + kTextStep); });
    connect(m_actions.action(id(kSmallerText)), &QAction::triggered, &m_theme,
            [this] { m_theme.setTextPercent(m_theme.textPercent() - kTextStep); });
    connect(m_actions.action(id(kNormalText)), &QAction::triggered, &m_theme, [this] { m_theme.setTextPercent(100); });
    connect(&m_theme, &ThemeChoice::textPercentChanged, this, [this](int percent) {
        scaleIcons(*this, percent);
        m_docks.setTextPercent(percent);
    });
    connect(&m_theme, &ThemeChoice::changed, this, &MainWindow::showTheme);
    connect(m_actions.action(id(kFullScreen)), &QAction::toggled, this, [this](bool isFull) {
        setWindowState(isFull ? windowState() | Qt::WindowFullScreen : windowState() & ~Qt::WindowFullScreen);
    });
    connect(m_actions.action(id(kNextPanel)), &QAction::triggered, &m_docks, [this] { m_docks.goOn(true); });
    connect(m_actions.action(id(kPreviousPanel)), &QAction::triggered, &m_docks, [this] { m_docks.goOn(false); });
    connect(m_actions.action(id(kResetLayout)), &QAction::triggered, &m_docks, &DockShelf::reset);
}

void MainWindow::openAvatar()
{
    m_dialogs.chooseFolder(this, tr("Open avatar folder"), m_settings.value(kFolderSetting).toString(),
                           [this](const QString& name) {
                               m_settings.setValue(kFolderSetting, name);
                               m_desk.library.openAvatar(toPath(name));
                           });
}

void MainWindow::openVoice()
{
    m_dialogs.chooseFile(
        this, tr("Open voice"), m_settings.value(kFolderSetting).toString(),
        tr("Sounds and videos (*.wav *.flac *.mp3 *.ogg *.opus *.m4a *.aac *.mp4 *.mkv *.webm *.mov);;All files (*)"),
        [this](const QString& name) {
            m_settings.setValue(kFolderSetting, QFileInfo(name).path());
            m_desk.library.openVoice(toPath(name));
        });
}

void MainWindow::showPlaybackState()
{
    const PlaybackState state = m_desk.playback.state();
    const bool isOpen = state != PlaybackState::Empty && !m_desk.live.isOn();
    for (const char* name : {kPlay, kPreviousFrame, kNextFrame, kFirstFrame, kLastFrame})
        m_actions.action(id(name))->setEnabled(isOpen);
    QAction* play = m_actions.action(id(kPlay));
    play->setText(m_desk.playback.isPlaying() ? tr("&Pause") : tr("&Play"));
    m_actions.setIcon(id(kPlay), m_desk.playback.isPlaying() ? QStringLiteral("pause") : QStringLiteral("play"));
    if (state == PlaybackState::Playing)
        m_status->showClock(m_desk.playback.isAudible());
    if (m_desk.live.isOn()) {
        m_status->showLive(m_desk.live.statistics());
        m_status->showOffset(std::nullopt);
    } else {
        showPlaybackFigures(m_desk.bridge.previewStatistics());
    }
    showEngineState();
}

void MainWindow::showPlaybackFigures(const PreviewStatistics& statistics)
{
    m_status->showStatistics(statistics, m_desk.playback.state() == PlaybackState::Playing);
    m_status->showOffset(m_desk.playback.offsetMs());
}

void MainWindow::showPreviewMessage()
{
    PictureView& view = m_preview->view();
    if (m_desk.library.isOpening())
        view.setMessage(tr("Opening…"), {});
    else if (!m_desk.library.avatar() && !m_desk.library.voice())
        view.setMessage(
            tr("Drop an avatar and a voice here"),
            tr("An avatar is a folder NAME.avatar; a voice is any sound file. Or open them from the toolbar."));
    else if (!m_desk.library.avatar())
        view.setMessage(tr("Now drop an avatar here"), tr("A folder NAME.avatar, or its avatar.json."));
    else
        view.setMessage(tr("Now drop a voice here"), tr("Any sound file: WAV, FLAC, MP3, or a video with sound."));
}

void MainWindow::showEngineState()
{
    if (m_desk.live.isOn())
        m_status->showState(m_desk.live.state() == LiveState::Live ? tr("Live") : tr("Opening…"));
    else if (const QString measurement = measurementText(); !measurement.isEmpty())
        m_status->showState(measurement);
    else if (m_desk.exports.isRunning() && m_desk.exports.hasWork())
        m_status->showState(tr("Exporting · %1").arg(m_desk.exports.summary()));
    else if (m_desk.library.isOpening())
        m_status->showState(tr("Opening…"));
    else if (m_desk.playback.state() == PlaybackState::Starting)
        m_status->showState(tr("Starting…"));
    else if (m_desk.playback.state() == PlaybackState::Playing)
        m_status->showState(tr("Playing"));
    else
        m_status->showState(tr("Engine ready"));
}

QString MainWindow::measurementText() const
{
    constexpr int kPercent = 100;
    const auto percent = [](double share) { return qRound(share * kPercent); };
    if (m_desk.tuning.isRunning())
        return tr("Tuning · %1 %").arg(percent(m_desk.tuning.progress()));
    if (m_desk.comparison.isRunning())
        return tr("Comparing · %1 %").arg(percent(m_desk.comparison.progress()));
    return m_desk.capacity.isRunning() ? tr("Planning capacity…") : QString();
}

void MainWindow::refuse(const QString& reason)
{
    m_banner->say(Banner::Severity::Failure, reason);
}

void MainWindow::tell(const QString& news)
{
    m_banner->say(Banner::Severity::Notice, news);
}

void MainWindow::showTheme()
{
    m_actions.tint(m_theme.tokens());
    m_panels->setTheme(m_theme.tokens());
    m_actions.action(id(kDarkTheme))->setChecked(m_theme.name() == ThemeName::Dark);
    m_actions.action(id(kLightTheme))->setChecked(m_theme.name() == ThemeName::Light);
    m_actions.action(id(kHighContrastTheme))->setChecked(m_theme.name() == ThemeName::HighContrast);
}

} // namespace lipsync::ui
