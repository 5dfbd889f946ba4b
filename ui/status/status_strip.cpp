// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/status/status_strip.h"

#include <cmath>

#include <QLabel>
#include <QLocale>

namespace lipsync::ui {

StatusStrip::StatusStrip(QWidget* parent)
    : QStatusBar(parent)
    , m_state(new QLabel)
{
    setSizeGripEnabled(false);
    m_state->setObjectName(QStringLiteral("engineState"));
    m_state->setAccessibleName(tr("Engine state"));
    m_state->setToolTip(tr("What the engine is doing"));
    addWidget(m_state, 1);
    m_clock = addField(QStringLiteral("clockKind"), tr("Sound"),
                       tr("Whether the voice is heard; without a sound device the time runs on in silence"));
    m_speed = addField(QStringLiteral("framesPerSecond"), tr("Frames per second"),
                       tr("Frames the engine made in the last second"));
    m_latency = addField(QStringLiteral("latency"), tr("Latency"), tr("From the wish for a frame to its picture"));
    m_dropped = addField(QStringLiteral("dropped"), tr("Dropped frames"), tr("Frames that were not made in time"));
    m_offset = addField(QStringLiteral("offset"), tr("Picture against sound"),
                        tr("How far the picture is ahead of the sound, mean of the last second"));
    showStatistics({});
    showOffset(std::nullopt);
}

void StatusStrip::showState(const QString& state)
{
    m_state->setText(state);
}

void StatusStrip::showStatistics(const PreviewStatistics& statistics)
{
    m_speed->setText(tr("%1 fps").arg(locale().toString(statistics.framesPerSecond, 'f', 1)));
    m_latency->setText(tr("%1 ms").arg(std::lround(statistics.latencyMs)));
    m_dropped->setText(tr("%1 dropped").arg(statistics.dropped));
}

void StatusStrip::showOffset(std::optional<double> milliseconds)
{
    if (!milliseconds) {
        m_offset->setText(tr("A/V –"));
        return;
    }
    const long rounded = std::lround(*milliseconds);
    m_offset->setText(tr("A/V %1%2 ms").arg(rounded > 0 ? QStringLiteral("+") : QString()).arg(rounded));
}

void StatusStrip::showClock(bool isAudible)
{
    m_clock->setText(isAudible ? tr("sound on") : tr("no sound device"));
}

QLabel* StatusStrip::addField(const QString& objectName, const QString& accessibleName, const QString& toolTip)
{
    auto* field = new QLabel;
    field->setObjectName(objectName);
    field->setAccessibleName(accessibleName);
    field->setToolTip(toolTip);
    addPermanentWidget(field);
    return field;
}

} // namespace lipsync::ui
