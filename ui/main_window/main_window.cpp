// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/main_window.h"

#include "ui/actions/studio_actions.h"
#include "ui/banner/banner.h"
#include "ui/dialogs/dialogs.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/export/export_panel.h"
#include "ui/library/library_panel.h"
#include "ui/main_window/focus_keys.h"
#include "ui/preview/drop_target.h"
#include "ui/preview/picture_view.h"
#include "ui/preview/preview_panel.h"
#include "ui/status/status_strip.h"

#include <utility>

#include <QAction>
#include <QActionGroup>
#include <QCloseEvent>
#include <QCoreApplication>
#include <QDockWidget>
#include <QFileInfo>
#include <QMenu>
#include <QMenuBar>
#include <QSettings>
#include <QStandardPaths>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

using namespace action_id;

const auto kGeometrySetting = QStringLiteral("window/geometry");
const auto kLayoutSetting = QStringLiteral("window/layout");
const auto kFolderSetting = QStringLiteral("files/folder");
constexpr int kLayoutVersion = 1; // raised when docks change, so that an old layout is not restored into the new ones
constexpr QSize kFirstSize{1240, 760};
constexpr QSize kIconSize{24, 18}; // wider than the drawing: the text keeps a distance
constexpr int kLibraryWidth = 232;
constexpr int kExportWidth = 268;

QString id(const char* name)
{
    return QString::fromLatin1(name);
}

QDockWidget* makeDock(const QString& title, const QString& objectName, QWidget* content)
{
    auto* dock = new QDockWidget(title);
    dock->setObjectName(objectName);
    dock->setAccessibleName(title);
    dock->setWidget(content);
    dock->setAllowedAreas(Qt::AllDockWidgetAreas);
    return dock;
}

} // namespace

MainWindow::MainWindow(WindowServices services, QWidget* parent)
    : QMainWindow(parent)
    , m_dialogs(services.dialogs)
    , m_settings(services.settings)
    , m_bridge(services.engine)
    , m_library(m_bridge)
    , m_playback(m_bridge, std::move(services.clocks))
    , m_exports(m_bridge)
    , m_theme(services.settings)
    , m_banner(new Banner)
    , m_status(new StatusStrip)
{
    setObjectName(QStringLiteral("studio"));
    setWindowTitle(tr("LipSync Studio"));
    setAccessibleName(tr("LipSync Studio"));
    setWindowIcon(QIcon(QStringLiteral(":/desktop/lipsync-studio.svg")));
    qApp->installEventFilter(new FocusKeys(this));
    buildActions();

    m_preview = new PreviewPanel(m_playback, m_actions);
    auto* centre = new QWidget;
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_banner);
    column->addWidget(m_preview, 1);
    setCentralWidget(centre);
    setStatusBar(m_status);
    buildDocks();
    buildMenus();
    buildToolBar();

    connectFiles();
    connectPlayback();
    connectExport();
    connectView();
    showPlaybackState();
    showPreviewMessage();
    showTheme();
    restoreLayout();
    m_preview->view().setFocus();
}

MainWindow::~MainWindow()
{
    m_playback.pause();
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (m_exports.isRunning()) {
        event->ignore();
        m_dialogs.confirm(this, tr("Cancel the export and quit?"), tr("The export is not finished."),
                          tr("Cancel export and quit"), [this] {
                              m_closesAfterExport = true;
                              if (m_exports.isRunning())
                                  m_exports.cancel();
                              else
                                  close();
                          });
        return;
    }
    m_playback.pause();
    m_settings.setValue(kGeometrySetting, saveGeometry());
    m_settings.setValue(kLayoutSetting, saveState(kLayoutVersion));
    event->accept();
}

void MainWindow::buildActions()
{
    addStudioActions(m_actions);
    auto* themes = new QActionGroup(this);
    themes->addAction(m_actions.action(id(kDarkTheme)));
    themes->addAction(m_actions.action(id(kLightTheme)));
    // Commands work wherever the window's focus is, also while the menu bar is hidden.
    for (const QString& name : m_actions.ids())
        addAction(m_actions.action(name));
}

void MainWindow::buildDocks()
{
    QDockWidget* library =
        makeDock(tr("Library"), QStringLiteral("libraryDock"), new LibraryPanel(m_library, m_actions));
    m_exportPanel = new ExportPanel(m_exports, m_dialogs);
    QDockWidget* exports = makeDock(tr("Export"), QStringLiteral("exportDock"), m_exportPanel);
    addDockWidget(Qt::LeftDockWidgetArea, library);
    addDockWidget(Qt::RightDockWidgetArea, exports);
    resizeDocks({library, exports}, {kLibraryWidth, kExportWidth}, Qt::Horizontal);
}

void MainWindow::buildMenus()
{
    m_actions.fill(*menuBar()->addMenu(tr("&File")), {id(kOpenAvatar), id(kOpenVoice), {}, id(kQuit)});
    m_actions.fill(*menuBar()->addMenu(tr("&Playback")),
                   {id(kPlay), {}, id(kPreviousFrame), id(kNextFrame), id(kFirstFrame), id(kLastFrame)});
    m_actions.fill(*menuBar()->addMenu(tr("&Export")), {id(kStartExport), id(kCancelExport)});
    QMenu* view = menuBar()->addMenu(tr("&View"));
    for (const QDockWidget* dock : findChildren<QDockWidget*>())
        view->addAction(dock->toggleViewAction());
    m_actions.fill(*view, {id(kResetLayout), {}, id(kDarkTheme), id(kLightTheme), {}, id(kFullScreen)});
    m_actions.fill(*menuBar()->addMenu(tr("&Help")), {id(kAbout)});
}

void MainWindow::buildToolBar()
{
    QToolBar* bar = addToolBar(tr("Toolbar"));
    bar->setObjectName(QStringLiteral("toolBar"));
    bar->setAccessibleName(tr("Toolbar"));
    bar->setMovable(false);
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->setIconSize(kIconSize);
    m_actions.fill(*bar, {id(kOpenAvatar), id(kOpenVoice), {}, id(kPlay), {}, id(kStartExport)});
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
    connect(m_actions.action(id(kAbout)), &QAction::triggered, this, &MainWindow::showAbout);

    auto* drops = new DropTarget(*this);
    connect(drops, &DropTarget::avatarDropped, &m_library, &LibraryModel::openAvatar);
    connect(drops, &DropTarget::voiceDropped, &m_library, &LibraryModel::openVoice);
    connect(drops, &DropTarget::refused, this, &MainWindow::refuse);
    connect(drops, &DropTarget::hovered, &m_preview->view(), &PictureView::setDropHint);

    connect(&m_library, &LibraryModel::refused, this, &MainWindow::refuse);
    connect(&m_library, &LibraryModel::openingChanged, this, [this](bool isOpening) {
        if (isOpening)
            m_banner->dismiss();
        showPreviewMessage();
        showEngineState();
    });
    const auto follow = [this] {
        showPreviewMessage();
        if (m_library.avatar() && m_library.voice())
            m_exports.setSources(m_library.avatar()->folder, m_library.voice()->file,
                                 QStandardPaths::writableLocation(QStandardPaths::MoviesLocation));
    };
    connect(&m_library, &LibraryModel::avatarChanged, this, follow);
    connect(&m_library, &LibraryModel::voiceChanged, this, follow);
}

void MainWindow::connectPlayback()
{
    connect(m_actions.action(id(kPlay)), &QAction::triggered, &m_playback, &PlaybackController::toggle);
    connect(m_actions.action(id(kPreviousFrame)), &QAction::triggered, &m_playback, [this] { m_playback.step(-1); });
    connect(m_actions.action(id(kNextFrame)), &QAction::triggered, &m_playback, [this] { m_playback.step(1); });
    connect(m_actions.action(id(kFirstFrame)), &QAction::triggered, &m_playback, &PlaybackController::showFirst);
    connect(m_actions.action(id(kLastFrame)), &QAction::triggered, &m_playback, &PlaybackController::showLast);
    connect(&m_playback, &PlaybackController::stateChanged, this, &MainWindow::showPlaybackState);
    connect(&m_bridge, &EngineBridge::statisticsPolled, this, [this](const PreviewStatistics& statistics) {
        m_status->showStatistics(statistics);
        m_status->showOffset(m_playback.offsetMs());
    });
    connect(&m_bridge, &EngineBridge::pictureFailed, this, [this](const Error& error) { refuse(toText(error)); });
}

void MainWindow::connectExport()
{
    connect(m_actions.action(id(kStartExport)), &QAction::triggered, m_exportPanel, [this] {
        auto* dock = qobject_cast<QDockWidget*>(m_exportPanel->parentWidget());
        dock->show();
        dock->raise();
        m_exportPanel->start();
    });
    connect(m_actions.action(id(kCancelExport)), &QAction::triggered, &m_exports, &ExportModel::cancel);
    const auto follow = [this] {
        m_actions.action(id(kStartExport))->setEnabled(m_exports.canStart());
        m_actions.action(id(kCancelExport))->setEnabled(m_exports.isRunning());
        showEngineState();
    };
    follow();
    connect(&m_exports, &ExportModel::changed, this, follow);
    connect(&m_exports, &ExportModel::finished, this, [this] {
        if (m_closesAfterExport)
            close();
    });
}

void MainWindow::connectView()
{
    connect(m_actions.action(id(kDarkTheme)), &QAction::triggered, &m_theme,
            [this] { m_theme.choose(ThemeName::Dark); });
    connect(m_actions.action(id(kLightTheme)), &QAction::triggered, &m_theme,
            [this] { m_theme.choose(ThemeName::Light); });
    connect(m_actions.action(id(kSwitchTheme)), &QAction::triggered, &m_theme,
            [this] { m_theme.choose(m_theme.name() == ThemeName::Dark ? ThemeName::Light : ThemeName::Dark); });
    connect(&m_theme, &ThemeChoice::changed, this, &MainWindow::showTheme);
    connect(m_actions.action(id(kFullScreen)), &QAction::toggled, this, [this](bool isFull) {
        setWindowState(isFull ? windowState() | Qt::WindowFullScreen : windowState() & ~Qt::WindowFullScreen);
    });
    connect(m_actions.action(id(kResetLayout)), &QAction::triggered, this,
            [this] { restoreState(m_firstLayout, kLayoutVersion); });
}

void MainWindow::openAvatar()
{
    m_dialogs.chooseFolder(this, tr("Open avatar folder"), m_settings.value(kFolderSetting).toString(),
                           [this](const QString& name) {
                               m_settings.setValue(kFolderSetting, name);
                               m_library.openAvatar(toPath(name));
                           });
}

void MainWindow::openVoice()
{
    m_dialogs.chooseFile(
        this, tr("Open voice"), m_settings.value(kFolderSetting).toString(),
        tr("Sounds and videos (*.wav *.flac *.mp3 *.ogg *.opus *.m4a *.aac *.mp4 *.mkv *.webm *.mov);;All files (*)"),
        [this](const QString& name) {
            m_settings.setValue(kFolderSetting, QFileInfo(name).path());
            m_library.openVoice(toPath(name));
        });
}

void MainWindow::showPlaybackState()
{
    const PlaybackState state = m_playback.state();
    const bool isOpen = state != PlaybackState::Empty;
    for (const char* name : {kPlay, kPreviousFrame, kNextFrame, kFirstFrame, kLastFrame})
        m_actions.action(id(name))->setEnabled(isOpen);
    QAction* play = m_actions.action(id(kPlay));
    play->setText(m_playback.isPlaying() ? tr("&Pause") : tr("&Play"));
    m_actions.setIcon(id(kPlay), m_playback.isPlaying() ? QStringLiteral("pause") : QStringLiteral("play"));
    if (state == PlaybackState::Playing)
        m_status->showClock(m_playback.isAudible());
    m_status->showOffset(m_playback.offsetMs());
    showEngineState();
}

void MainWindow::showPreviewMessage()
{
    PictureView& view = m_preview->view();
    if (m_library.isOpening())
        view.setMessage(tr("Opening…"), {});
    else if (!m_library.avatar() && !m_library.voice())
        view.setMessage(
            tr("Drop an avatar and a voice here"),
            tr("An avatar is a folder NAME.avatar; a voice is any sound file. Or open them from the toolbar."));
    else if (!m_library.avatar())
        view.setMessage(tr("Now drop an avatar here"), tr("A folder NAME.avatar, or its avatar.json."));
    else
        view.setMessage(tr("Now drop a voice here"), tr("Any sound file: WAV, FLAC, MP3, or a video with sound."));
}

void MainWindow::showEngineState()
{
    if (m_exports.isRunning())
        m_status->showState(tr("Exporting · %1 %").arg(static_cast<int>(m_exports.fraction() * 100)));
    else if (m_library.isOpening())
        m_status->showState(tr("Opening…"));
    else if (m_playback.state() == PlaybackState::Starting)
        m_status->showState(tr("Starting…"));
    else if (m_playback.state() == PlaybackState::Playing)
        m_status->showState(tr("Playing"));
    else
        m_status->showState(tr("Engine ready"));
}

void MainWindow::refuse(const QString& reason)
{
    m_banner->say(Banner::Severity::Failure, reason);
}

void MainWindow::showTheme()
{
    m_actions.tint(m_theme.tokens());
    const bool isDark = m_theme.name() == ThemeName::Dark;
    m_actions.action(id(kDarkTheme))->setChecked(isDark);
    m_actions.action(id(kLightTheme))->setChecked(!isDark);
}

void MainWindow::showAbout()
{
    m_banner->say(
        Banner::Severity::Notice,
        tr("LipSync Studio %1 – real-time lip-sync of video avatars. Free software under the GNU General Public "
           "License, version 3 or later. What it makes is synthetic media and says so in its metadata.")
            .arg(QCoreApplication::applicationVersion()));
}

void MainWindow::restoreLayout()
{
    resize(kFirstSize);
    m_firstLayout = saveState(kLayoutVersion);
    restoreGeometry(m_settings.value(kGeometrySetting).toByteArray());
    restoreState(m_settings.value(kLayoutSetting).toByteArray(), kLayoutVersion);
}

} // namespace lipsync::ui
