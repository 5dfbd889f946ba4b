// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/preview_tools.h"

#include "ui/actions/action_registry.h"
#include "ui/playback/playback_controller.h"
#include "ui/preview/preview_actions.h"
#include "ui/preview/tool_button.h"

#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>
#include <QToolButton>

namespace lipsync::ui {
namespace {

constexpr int kVolumeLetters = 10; // width of the slider in average letters
constexpr int kVolumeStep = 5;
constexpr int kNudgeStep = 10; // ms
constexpr int kFullVolume = 100;

} // namespace

PreviewTools::PreviewTools(PlaybackController& playback, const ActionRegistry& actions, QWidget* parent)
    : QToolBar(parent)
    , m_nudge(new QSpinBox)
    , m_volume(new QSlider(Qt::Horizontal))
    , m_zoom(new QLabel)
{
    setObjectName(QStringLiteral("previewTools"));
    setWindowTitle(tr("Preview tools"));
    setAccessibleName(tr("Preview tools"));
    setMovable(false);
    setFloatable(false);
    setIconSize(kToolIconSize);
    setToolButtonStyle(Qt::ToolButtonIconOnly);
    using namespace action_id;
    addButtons(actions, {kLoop, kBeginLoop, kEndLoop});
    addSeparator();
    addSound(playback, actions);
    addSeparator();
    addButtons(actions, {kWipe, kOverlay, kSaveFrame});
    addSeparator();
    addButtons(actions, {kZoomOut});
    m_zoom->setObjectName(QStringLiteral("zoom"));
    m_zoom->setAccessibleName(tr("Zoom"));
    m_zoom->setToolTip(tr("Size of the picture against its own"));
    m_zoom->setAlignment(Qt::AlignCenter);
    addWidget(m_zoom);
    addButtons(actions, {kZoomIn, kFitPicture, kFullScreenPreview});
    showZoom(0);
    if (auto* more = findChild<QToolButton*>(QStringLiteral("qt_toolbar_ext_button"))) {
        more->setAccessibleName(tr("More preview tools"));
        more->setToolTip(tr("Preview tools that the bar has no room for"));
    }
}

void PreviewTools::showZoom(int percent)
{
    m_zoom->setText(percent > 0 ? tr("%1 %").arg(percent) : tr("– %"));
    m_zoom->setMinimumWidth(m_zoom->fontMetrics().horizontalAdvance(tr("%1 %").arg(1000)));
}

void PreviewTools::addSound(PlaybackController& playback, const ActionRegistry& actions)
{
    m_nudge->setObjectName(QStringLiteral("nudge"));
    m_nudge->setRange(-PlaybackController::kMostNudgeMs, PlaybackController::kMostNudgeMs);
    m_nudge->setSingleStep(kNudgeStep);
    m_nudge->setPrefix(tr("A/V "));
    m_nudge->setSuffix(tr(" ms"));
    m_nudge->setValue(playback.nudgeMs());
    m_nudge->setAccessibleName(tr("Picture against sound"));
    m_nudge->setToolTip(tr("So much later is the picture shown than its sound; less than 0 is earlier"));
    addWidget(m_nudge);
    addSeparator();
    addButtons(actions, {action_id::kMute});
    m_volume->setObjectName(QStringLiteral("volume"));
    m_volume->setRange(0, kFullVolume);
    m_volume->setSingleStep(kVolumeStep);
    m_volume->setPageStep(2 * kVolumeStep);
    m_volume->setValue(playback.volumePercent());
    m_volume->setFocusPolicy(Qt::StrongFocus);
    m_volume->setFixedWidth(kVolumeLetters * fontMetrics().averageCharWidth());
    m_volume->setAccessibleName(tr("Volume"));
    m_volume->setToolTip(tr("How loud the voice is, in percent"));
    addWidget(m_volume);

    connect(m_nudge, &QSpinBox::valueChanged, &playback, &PlaybackController::setNudgeMs);
    connect(&playback, &PlaybackController::nudgeChanged, m_nudge, &QSpinBox::setValue);
    connect(m_volume, &QSlider::valueChanged, &playback, &PlaybackController::setVolumePercent);
    connect(&playback, &PlaybackController::volumeChanged, m_volume, [this](int percent) {
        const QSignalBlocker quiet(m_volume);
        m_volume->setValue(percent);
    });
}

void PreviewTools::addButtons(const ActionRegistry& actions, std::initializer_list<const char*> ids)
{
    for (const char* id : ids) {
        // The bar's own buttons: only they go into its menu where it is too narrow.
        QAction* action = actions.action(QString::fromLatin1(id));
        addAction(action);
        if (auto* button = qobject_cast<QToolButton*>(widgetForAction(action)))
            prepareToolButton(*button);
    }
}

} // namespace lipsync::ui
