// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/status/status_strip.h"

#include "ui/concurrency/worker_model.h"

#include <algorithm>
#include <cmath>

#include <QEvent>
#include <QLabel>
#include <QLocale>

namespace lipsync::ui {
namespace {

constexpr int kStateLetters = 16; // of what the engine does that are seen at least
constexpr int kFieldGap = 6; // QStatusBar's

} // namespace

StatusStrip::StatusStrip(QWidget* parent)
    : QStatusBar(parent)
    , m_state(new QLabel)
{
    setSizeGripEnabled(false);
    m_state->setObjectName(QStringLiteral("engineState"));
    m_state->setAccessibleName(tr("Engine state"));
    m_state->setToolTip(tr("What the engine is doing"));
    addWidget(m_state, 1);
    m_workers = addField(QStringLiteral("workers"), tr("Workers"),
                         tr("Workers that compute frames; in brackets those that do not work at the moment"));
    m_engineSpeed = addField(
        QStringLiteral("engineSpeed"), tr("Engine speed"),
        tr("Frames a second of preview, live session and exports together, and what 99 of 100 frames take at most"));
    m_server = addField(QStringLiteral("server"), tr("Server"),
                        tr("Whether other programs can use the studio, at which address, and their calls under way"));
    m_memory = addField(QStringLiteral("memory"), tr("Memory"), tr("Memory of the studio and its worker processes"));
    m_clock = addField(QStringLiteral("clockKind"), tr("Sound"),
                       tr("Whether the voice is heard; without a sound device the time runs on in silence"));
    m_speed = addField(QStringLiteral("framesPerSecond"), tr("Frames per second"),
                       tr("Frames the engine made in the last second"));
    m_latency = addField(QStringLiteral("latency"), tr("Latency"), tr("From the wish for a frame to its picture"));
    m_dropped = addField(QStringLiteral("dropped"), tr("Dropped frames"), tr("Frames that were not made in time"));
    m_offset = addField(QStringLiteral("offset"), tr("Picture against sound"),
                        tr("How far the picture is ahead of the sound, mean of the last second"));
    showEngine({});
    showStatistics({}, false);
    showOffset(std::nullopt);
}

void StatusStrip::showState(const QString& state)
{
    m_state->setText(state);
}

void StatusStrip::showStatistics(const PreviewStatistics& statistics, bool isPlaying)
{
    using Figure = std::optional<double>;
    showFigures(isPlaying ? Figure(statistics.framesPerSecond) : Figure(),
                statistics.computed > 0 ? Figure(statistics.latencyMs) : Figure(), statistics.dropped);
}

void StatusStrip::showLive(const LiveStatistics& statistics)
{
    using Figure = std::optional<double>;
    showFigures(statistics.framesPerSecond, statistics.computed > 0 ? Figure(statistics.delayMs) : Figure(),
                statistics.dropped);
}

void StatusStrip::showFigures(std::optional<double> framesPerSecond, std::optional<double> latencyMs,
                              std::int64_t dropped)
{
    m_speed->setText(framesPerSecond ? tr("%1 fps").arg(locale().toString(*framesPerSecond, 'f', 1)) : tr("– fps"));
    m_latency->setText(latencyMs ? tr("%1 ms").arg(std::lround(*latencyMs)) : tr("– ms"));
    m_dropped->setText(tr("%1 dropped").arg(dropped));
}

void StatusStrip::showEngine(const StatsSnapshot& snapshot)
{
    constexpr double kMbInGb = 1000;
    const auto down = static_cast<int>(std::count_if(snapshot.workers.begin(), snapshot.workers.end(), isLost));
    const auto all = static_cast<int>(snapshot.workers.size());
    m_workers->setText(down == 0 ? tr("%n worker(s)", nullptr, all)
                                 : tr("%n worker(s) (%1 down)", nullptr, all).arg(down));
    m_engineSpeed->setText(tr("engine %1 fps · p99 %2 ms")
                               .arg(locale().toString(snapshot.framesPerSecond, 'f', 1))
                               .arg(std::lround(snapshot.endToEnd.p99Ms)));
    m_memory->setText(tr("%1 GB").arg(
        locale().toString((snapshot.process.residentMb + snapshot.process.childrenMb) / kMbInGb, 'f', 1)));
}

void StatusStrip::showServer(const QString& words)
{
    if (words != m_server->text())
        m_server->setText(words);
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

QSize StatusStrip::minimumSizeHint() const
{
    return {kStateLetters * fontMetrics().averageCharWidth(), QStatusBar::minimumSizeHint().height()};
}

bool StatusStrip::event(QEvent* event)
{
    const bool isDone = QStatusBar::event(event);
    if (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest)
        makeRoom();
    return isDone;
}

void StatusStrip::makeRoom()
{
    int room = width() - std::max(m_state->sizeHint().width(), kStateLetters * fontMetrics().averageCharWidth());
    for (QLabel* field :
         {m_workers, m_server, m_speed, m_latency, m_dropped, m_offset, m_engineSpeed, m_memory, m_clock}) {
        room -= field->sizeHint().width() + kFieldGap;
        field->setVisible(room >= 0);
    }
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
