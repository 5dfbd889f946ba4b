// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QRect>

class QColor;
class QPainter;

namespace lipsync::ui {

/// Draws peaks (0 to 1) as mirrored bars across `area`: up to `playedTo` (0 to 1) in `played`, then in `ahead`.
void paintWaveform(QPainter& painter, const QRect& area, const std::vector<float>& peaks, double playedTo,
                   const QColor& played, const QColor& ahead);

} // namespace lipsync::ui
