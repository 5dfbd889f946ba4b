// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <cstdint>
#include <optional>

#include <QStatusBar>

class QLabel;

namespace lipsync::ui {

/// The line at the bottom: what the engine does, its speed, its delay, what it dropped, and sound against picture.
class StatusStrip final : public QStatusBar {
    Q_OBJECT

public:
    explicit StatusStrip(QWidget* parent = nullptr);

    void showState(const QString& state);
    /// Of the preview: it has a speed while it plays, and a delay once a frame was made.
    void showStatistics(const PreviewStatistics& statistics, bool isPlaying);
    /// Of a live session; its delay once one is measured.
    void showLive(const LiveStatistics& statistics);
    /// Workers, their speed and delay over everything they do, and memory.
    void showEngine(const StatsSnapshot& snapshot);
    /// What the server for other programs does, in a few words.
    void showServer(const QString& words);
    /// Nothing while paused.
    void showOffset(std::optional<double> milliseconds);
    /// How the time runs: by the sound, or by a timer.
    void showClock(bool isAudible);

    /// Narrow: what there is no room for is left out, the least important first.
    QSize minimumSizeHint() const override;

protected:
    bool event(QEvent* event) override;

private:
    void makeRoom();
    void showFigures(std::optional<double> framesPerSecond, std::optional<double> latencyMs, std::int64_t dropped);
    QLabel* addField(const QString& objectName, const QString& accessibleName, const QString& toolTip);

    QLabel* m_state;
    QLabel* m_clock;
    QLabel* m_workers;
    QLabel* m_engineSpeed;
    QLabel* m_server;
    QLabel* m_memory;
    QLabel* m_speed;
    QLabel* m_latency;
    QLabel* m_dropped;
    QLabel* m_offset;
};

} // namespace lipsync::ui
