// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/waveform/waveform_painting.h"

#include <algorithm>
#include <cstddef>

#include <QColor>
#include <QPainter>

namespace lipsync::ui {
namespace {

constexpr int kBarWidth = 2;
constexpr int kBarPitch = 3;

} // namespace

void paintWaveform(QPainter& painter, const QRect& area, const std::vector<float>& peaks, double playedTo,
                   const QColor& played, const QColor& ahead)
{
    if (peaks.empty())
        return;
    const int bars = std::max(1, area.width() / kBarPitch);
    for (int bar = 0; bar < bars; ++bar) {
        const std::size_t begin = peaks.size() * static_cast<std::size_t>(bar) / static_cast<std::size_t>(bars);
        const std::size_t end = peaks.size() * static_cast<std::size_t>(bar + 1) / static_cast<std::size_t>(bars);
        const float peak = *std::max_element(peaks.begin() + static_cast<std::ptrdiff_t>(begin),
                                             peaks.begin() + static_cast<std::ptrdiff_t>(std::max(end, begin + 1)));
        const int height = std::max(kBarWidth, static_cast<int>(peak * static_cast<float>(area.height())));
        const bool isPlayed = bar < playedTo * bars;
        painter.fillRect(area.left() + bar * kBarPitch, area.center().y() - height / 2, kBarWidth, height,
                         isPlayed ? played : ahead);
    }
}

} // namespace lipsync::ui
