// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/transport_bar.h"

#include "ui/actions/action_registry.h"
#include "ui/actions/studio_actions.h"
#include "ui/playback/playback_controller.h"
#include "ui/preview/scrub_slider.h"
#include "ui/preview/time_text.h"
#include "ui/preview/tool_button.h"
#include "ui/waveform/waveform_peaks.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

constexpr int kPeaks = 1000; // more than a time line has bars

} // namespace

TransportBar::TransportBar(PlaybackController& playback, const ActionRegistry& actions, QWidget* parent)
    : QWidget(parent)
    , m_playback(playback)
    , m_slider(new ScrubSlider)
    , m_time(new QLabel)
    , m_frame(new QLabel)
{
    setObjectName(QStringLiteral("transportBar"));
    setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 8, 12, 8);
    row->setSpacing(4);
    for (const char* id : {action_id::kFirstFrame, action_id::kPreviousFrame, action_id::kPlay, action_id::kNextFrame,
                           action_id::kLastFrame}) {
        QToolButton* button = makeToolButton(actions.action(QString::fromLatin1(id)));
        if (id == action_id::kPlay)
            button->setObjectName(QStringLiteral("playButton"));
        row->addWidget(button);
    }
    m_slider->setObjectName(QStringLiteral("scrubSlider"));
    m_slider->setAccessibleName(tr("Time line"));
    m_slider->setToolTip(tr("Drag to look at any frame; Shift and drag to draw a loop"));
    m_slider->setEnabled(false);
    m_time->setObjectName(QStringLiteral("time"));
    m_time->setAccessibleName(tr("Time"));
    m_time->setToolTip(tr("Time of the frame shown, and length of the video"));
    row->addSpacing(8);
    row->addWidget(m_slider, 1);
    m_frame->setObjectName(QStringLiteral("muted"));
    m_frame->setAccessibleName(tr("Frame"));
    m_frame->setToolTip(tr("Number of the frame shown, counted from 0 as in saved frames and traces"));
    row->addSpacing(8);
    auto* place = new QVBoxLayout;
    place->setSpacing(0);
    for (QLabel* label : {m_time, m_frame}) {
        label->setAlignment(Qt::AlignTrailing | Qt::AlignVCenter);
        place->addWidget(label);
    }
    row->addLayout(place);
    showFrame(0);

    connect(&playback, &PlaybackController::opened, this, &TransportBar::open);
    connect(&playback, &PlaybackController::frameChanged, this, &TransportBar::showFrame);
    connect(m_slider, &QSlider::sliderPressed, &playback, &PlaybackController::beginScrub);
    connect(m_slider, &QSlider::sliderReleased, &playback, &PlaybackController::endScrub);
    connect(&playback, &PlaybackController::loopChanged, this, &TransportBar::showLoop);
    connect(m_slider, &ScrubSlider::loopDrawn, &playback,
            [&playback](const LoopRange& loop) { playback.setLoop(loop); });
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
    const QLocale locale;
    m_frame->setText(m_playback.frames() > 0
                         ? tr("Frame %1 of %2").arg(locale.toString(frame), locale.toString(m_playback.frames()))
                         : QString());
}

void TransportBar::showLoop(const std::optional<LoopRange>& loop)
{
    m_slider->setLoop(loop);
    const double rate = m_playback.frameRate();
    m_slider->setAccessibleDescription(
        loop ? tr("Played over and over from %1 to %2.").arg(timeText(loop->first, rate), timeText(loop->last, rate))
             : QString());
}

} // namespace lipsync::ui
