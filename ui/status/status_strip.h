// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

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
    void showStatistics(const PreviewStatistics& statistics);
    /// Nothing while paused.
    void showOffset(std::optional<double> milliseconds);
    /// How the time runs: by the sound, or by a timer.
    void showClock(bool isAudible);

private:
    QLabel* addField(const QString& objectName, const QString& accessibleName, const QString& toolTip);

    QLabel* m_state;
    QLabel* m_clock;
    QLabel* m_speed;
    QLabel* m_latency;
    QLabel* m_dropped;
    QLabel* m_offset;
};

} // namespace lipsync::ui
