// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/transport_bar.h"

#include "ui/actions/action_registry.h"
#include "ui/actions/studio_actions.h"
#include "ui/playback/playback_controller.h"
#include "ui/preview/scrub_slider.h"
#include "ui/preview/time_text.h"
#include "ui/waveform/waveform_peaks.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QToolButton>

namespace lipsync::ui {
namespace {

constexpr int kPeaks = 1000; // more than a time line has bars
constexpr QSize kIconSize{20, 20};

QToolButton* buttonOf(QAction* action)
{
    auto* button = new QToolButton;
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    button->setIconSize(kIconSize);
    button->setAutoRaise(true);
    // The space bar belongs to play; only who tabs to a button presses it by key.
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(action->iconText());
    button->setAccessibleDescription(action->statusTip());
    return button;
}

} // namespace

TransportBar::TransportBar(PlaybackController& playback, const ActionRegistry& actions, QWidget* parent)
    : QWidget(parent)
    , m_playback(playback)
    , m_slider(new ScrubSlider)
    , m_time(new QLabel)
{
    setObjectName(QStringLiteral("transportBar"));
    setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 8, 12, 8);
    row->setSpacing(4);
    for (const char* id : {action_id::kFirstFrame, action_id::kPreviousFrame, action_id::kPlay, action_id::kNextFrame,
                           action_id::kLastFrame}) {
        QToolButton* button = buttonOf(actions.action(QString::fromLatin1(id)));
        if (id == action_id::kPlay)
            button->setObjectName(QStringLiteral("playButton"));
        row->addWidget(button);
    }
    m_slider->setObjectName(QStringLiteral("scrubSlider"));
    m_slider->setAccessibleName(tr("Time line"));
    m_slider->setToolTip(tr("Drag to look at any frame"));
    m_slider->setEnabled(false);
    m_time->setObjectName(QStringLiteral("time"));
    m_time->setAccessibleName(tr("Time"));
    m_time->setToolTip(tr("Time of the frame shown, and length of the video"));
    row->addSpacing(8);
    row->addWidget(m_slider, 1);
    row->addSpacing(8);
    row->addWidget(m_time);
    showFrame(0);

    connect(&playback, &PlaybackController::opened, this, &TransportBar::open);
    connect(&playback, &PlaybackController::frameChanged, this, &TransportBar::showFrame);
    connect(m_slider, &QSlider::sliderPressed, &playback, &PlaybackController::beginScrub);
    connect(m_slider, &QSlider::sliderReleased, &playback, &PlaybackController::endScrub);
    connect(m_slider, &QSlider::valueChanged, &playback, [&playback](int frame) { playback.showFrame(frame); });
}

void TransportBar::open(const PreviewInfo& info)
{
    const QSignalBlocker quiet(m_slider);
    m_slider->setRange(0, static_cast<int>(info.frames) - 1);
    m_slider->setPageStep(static_cast<int>(info.frameRate)); // a second
    m_slider->setPeaks(info.sound ? waveformPeaks(*info.sound, kPeaks) : std::vector<float>());
    m_slider->setEnabled(info.frames > 1);
    showFrame(0);
}

void TransportBar::showFrame(qint64 frame)
{
    const QSignalBlocker quiet(m_slider);
    m_slider->setValue(static_cast<int>(frame));
    const double rate = m_playback.frameRate();
    m_time->setText(QStringLiteral("%1 / %2").arg(timeText(frame, rate), timeText(m_playback.frames(), rate)));
}

} // namespace lipsync::ui
