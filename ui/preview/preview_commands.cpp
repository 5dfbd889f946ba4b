// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/preview_commands.h"

#include "ui/actions/action_registry.h"
#include "ui/dialogs/dialogs.h"
#include "ui/engine_bridge/engine_bridge.h"
#include "ui/files/file_saver.h"
#include "ui/files/standard_folder.h"
#include "ui/playback/playback_controller.h"
#include "ui/preview/figure_texts.h"
#include "ui/preview/frame_file.h"
#include "ui/preview/picture_view.h"
#include "ui/preview/preview_actions.h"
#include "ui/preview/preview_panel.h"
#include "ui/preview/preview_tools.h"

#include <utility>

#include <QAction>
#include <QDir>
#include <QFileInfo>
#include <QSettings>

namespace lipsync::ui {
namespace {

using namespace action_id;

const auto kNudgeSetting = QStringLiteral("preview/nudgeMs");
const auto kVolumeSetting = QStringLiteral("preview/volume");
const auto kMutedSetting = QStringLiteral("preview/isMuted");
const auto kOverlaySetting = QStringLiteral("preview/overlay");
const auto kPicturesSetting = QStringLiteral("preview/picturesFolder");
const auto kPngSuffix = QStringLiteral(".png");
constexpr int kNudgeStep = 10; // ms
constexpr int kVolumeStep = 10; // percent
constexpr int kFullVolume = 100;
constexpr double kWipeStep = 0.05;

} // namespace

PreviewCommands::PreviewCommands(PreviewPanel& panel, PreviewServices services)
    : QObject(&panel)
    , m_panel(panel)
    , m_services(services)
    , m_tools(new PreviewTools(services.playback, services.actions))
    , m_saver(new FileSaver(this))
{
    panel.addBar(m_tools);
    connectLoop();
    connectSound();
    connectView();
    connectFigures();
    connect(action(kSaveFrame), &QAction::triggered, this, &PreviewCommands::saveFrame);
    connect(m_saver, &FileSaver::saved, this, [this](const QString& file) {
        Q_EMIT told(tr("The frame was saved as %1.").arg(QDir::toNativeSeparators(file)));
    });
    connect(m_saver, &FileSaver::failed, this, &PreviewCommands::refused);
    connect(&services.playback, &PlaybackController::opened, this,
            [this](const PreviewInfo& info) { m_avatarName = QString::fromStdString(info.avatar.name); });
    connect(&services.playback, &PlaybackController::stateChanged, this, &PreviewCommands::showState);
    connect(&panel, &PreviewPanel::liveChanged, this, &PreviewCommands::showState);
    connect(&panel.view(), &PictureView::zoomChanged, this, &PreviewCommands::showState);
    restore();
    showState();
}

PreviewCommands::~PreviewCommands() = default;

void PreviewCommands::connectLoop()
{
    PlaybackController& playback = m_services.playback;
    connect(action(kLoop), &QAction::triggered, &playback, &PlaybackController::setLooping);
    connect(action(kBeginLoop), &QAction::triggered, &playback, &PlaybackController::beginLoopHere);
    connect(action(kEndLoop), &QAction::triggered, &playback, &PlaybackController::endLoopHere);
    connect(&playback, &PlaybackController::loopChanged, action(kLoop),
            [this](const std::optional<LoopRange>& loop) { action(kLoop)->setChecked(loop.has_value()); });
}

void PreviewCommands::connectSound()
{
    PlaybackController& playback = m_services.playback;
    connect(action(kPictureEarlier), &QAction::triggered, &playback,
            [&playback] { playback.setNudgeMs(playback.nudgeMs() - kNudgeStep); });
    connect(action(kPictureLater), &QAction::triggered, &playback,
            [&playback] { playback.setNudgeMs(playback.nudgeMs() + kNudgeStep); });
    connect(action(kNoNudge), &QAction::triggered, &playback, [&playback] { playback.setNudgeMs(0); });
    connect(action(kMute), &QAction::triggered, &playback, &PlaybackController::setMuted);
    const auto turn = [&playback](int step) {
        playback.setVolumePercent(playback.volumePercent() + step);
        if (step > 0)
            playback.setMuted(false);
    };
    connect(action(kLouder), &QAction::triggered, &playback, [turn] { turn(kVolumeStep); });
    connect(action(kQuieter), &QAction::triggered, &playback, [turn] { turn(-kVolumeStep); });
    connect(&playback, &PlaybackController::nudgeChanged, this,
            [this](int milliseconds) { m_services.settings.setValue(kNudgeSetting, milliseconds); });
    connect(&playback, &PlaybackController::volumeChanged, this, [this](int percent, bool isMuted) {
        m_services.settings.setValue(kVolumeSetting, percent);
        m_services.settings.setValue(kMutedSetting, isMuted);
        action(kMute)->setChecked(isMuted);
        m_services.actions.setIcon(QString::fromLatin1(kMute),
                                   isMuted ? QStringLiteral("muted") : QStringLiteral("sound"));
    });
}

void PreviewCommands::connectView()
{
    PictureView& view = m_panel.view();
    connect(action(kWipe), &QAction::toggled, this, [this](bool isWiping) {
        m_panel.view().setWiping(isWiping);
        m_services.playback.setOriginalsWanted(isWiping);
        showState();
    });
    connect(action(kWipeLeft), &QAction::triggered, &view, [&view] { view.setWipe(view.wipe() - kWipeStep); });
    connect(action(kWipeRight), &QAction::triggered, &view, [&view] { view.setWipe(view.wipe() + kWipeStep); });
    connect(action(kFitPicture), &QAction::triggered, &view, &PictureView::fit);
    connect(action(kActualSize), &QAction::triggered, &view, &PictureView::showActualSize);
    connect(action(kZoomIn), &QAction::triggered, &view, [&view] { view.zoomBy(PictureView::kZoomStep); });
    connect(action(kZoomOut), &QAction::triggered, &view, [&view] { view.zoomBy(1 / PictureView::kZoomStep); });
    connect(&view, &PictureView::zoomChanged, m_tools, &PreviewTools::showZoom);
    connect(action(kFullScreenPreview), &QAction::toggled, &m_panel, &PreviewPanel::setFullScreen);
    connect(&m_panel, &PreviewPanel::fullScreenChanged, action(kFullScreenPreview), &QAction::setChecked);
}

void PreviewCommands::connectFigures()
{
    connect(&m_services.bridge, &EngineBridge::statisticsPolled, this, &PreviewCommands::showPlayback);
    connect(action(kOverlay), &QAction::toggled, this, [this](bool isShown) {
        m_services.settings.setValue(kOverlaySetting, isShown);
        if (!isShown)
            m_panel.view().setOverlay({});
        else if (!m_panel.isLive())
            showPlayback(m_services.bridge.previewStatistics());
    });
}

void PreviewCommands::restore()
{
    const QSettings& settings = m_services.settings;
    m_services.playback.setNudgeMs(settings.value(kNudgeSetting, 0).toInt());
    const bool isMuted = settings.value(kMutedSetting, false).toBool();
    m_services.playback.setVolumePercent(settings.value(kVolumeSetting, kFullVolume).toInt());
    m_services.playback.setMuted(isMuted);
    action(kOverlay)->setChecked(settings.value(kOverlaySetting, false).toBool());
}

void PreviewCommands::showState()
{
    const bool isLive = m_panel.isLive();
    const bool isOpen = m_services.playback.state() != PlaybackState::Empty && !isLive;
    for (const char* id : {kLoop, kBeginLoop, kEndLoop})
        action(id)->setEnabled(isOpen);
    const bool hasPicture = m_panel.view().picture() != nullptr;
    for (const char* id : {kFitPicture, kActualSize, kZoomIn, kZoomOut, kSaveFrame})
        action(id)->setEnabled(hasPicture);
    for (const char* id : {kWipeLeft, kWipeRight})
        action(id)->setEnabled(action(kWipe)->isChecked() && !isLive);
    showPlayback(m_services.bridge.previewStatistics());
}

void PreviewCommands::showPlayback(const PreviewStatistics& statistics)
{
    if (action(kOverlay)->isChecked() && !m_panel.isLive())
        m_panel.view().setOverlay(figuresOf(statistics, m_services.playback, m_panel.locale()));
}

void PreviewCommands::showLive(const LiveStatistics& statistics)
{
    if (action(kOverlay)->isChecked() && m_panel.isLive())
        m_panel.view().setOverlay(figuresOf(statistics, m_panel.locale()));
}

void PreviewCommands::saveFrame()
{
    // The one that was seen when the key was pressed; play goes on meanwhile.
    const std::shared_ptr<const Picture> picture = m_panel.view().picture();
    if (!picture)
        return;
    const QString folder =
        standardFolder(QStandardPaths::PicturesLocation, m_services.settings.value(kPicturesSetting).toString());
    m_services.dialogs.chooseNewFile(&m_panel, tr("Save frame"), QDir(folder).filePath(proposedName(picture->frame)),
                                     tr("PNG pictures (*.png)"),
                                     [this, picture](const QString& name) { write(name, picture); });
}

void PreviewCommands::write(const QString& name, const std::shared_ptr<const Picture>& picture)
{
    const QString file = name.endsWith(kPngSuffix, Qt::CaseInsensitive) ? name : name + kPngSuffix;
    m_services.settings.setValue(kPicturesSetting, QFileInfo(file).path());
    const auto save = [this, file, picture] { m_saver->save(file, [picture] { return framePng(picture); }); };
    if (!QFileInfo::exists(file)) {
        save();
        return;
    }
    m_services.dialogs.confirm(&m_panel, tr("Replace %1?").arg(QFileInfo(file).fileName()),
                               tr("A file of this name is there already."), tr("Replace"), save);
}

QString PreviewCommands::proposedName(std::int64_t frame) const
{
    const QString avatar = m_avatarName.isEmpty() ? QStringLiteral("frame") : m_avatarName;
    return QStringLiteral("%1-%2.png").arg(avatar).arg(frame, 5, 10, QLatin1Char('0'));
}

QAction* PreviewCommands::action(const char* id) const
{
    return m_services.actions.action(QString::fromLatin1(id));
}

} // namespace lipsync::ui
