// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/waveform/waveform_strip.h"

#include "ui/waveform/waveform_painting.h"

#include <utility>

#include <QPainter>

namespace lipsync::ui {
namespace {

constexpr int kHeight = 40;
constexpr int kWidth = 200;

} // namespace

WaveformStrip::WaveformStrip(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void WaveformStrip::setPeaks(std::vector<float> peaks)
{
    m_peaks = std::move(peaks);
    update();
}

QSize WaveformStrip::sizeHint() const
{
    return {kWidth, kHeight};
}

void WaveformStrip::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    const QColor colour = palette().color(QPalette::Highlight);
    paintWaveform(painter, rect(), m_peaks, 0, colour, colour);
}

} // namespace lipsync::ui
