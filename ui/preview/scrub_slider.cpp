// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/scrub_slider.h"

#include "ui/waveform/waveform_painting.h"

#include <algorithm>
#include <utility>

#include <QMouseEvent>
#include <QPainter>
#include <QStyle>

namespace lipsync::ui {
namespace {

constexpr int kHeight = 44;
constexpr int kWidth = 320;
constexpr int kSmallestWidth = 120;
constexpr int kMargin = 4; // of the waveform inside the track
constexpr int kRadius = 6;
constexpr int kPlayheadWidth = 2;

} // namespace

ScrubSlider::ScrubSlider(QWidget* parent)
    : QSlider(Qt::Horizontal, parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFocusPolicy(Qt::TabFocus);
}

void ScrubSlider::setPeaks(std::vector<float> peaks)
{
    m_peaks = std::move(peaks);
    update();
}

QSize ScrubSlider::sizeHint() const
{
    return {kWidth, kHeight};
}

QSize ScrubSlider::minimumSizeHint() const
{
    return {kSmallestWidth, kHeight};
}

void ScrubSlider::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(hasFocus() ? palette().color(QPalette::Highlight) : palette().color(QPalette::Mid));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
    if (!isEnabled())
        return;

    painter.setRenderHint(QPainter::Antialiasing, false);
    const QRect inside = rect().adjusted(kMargin, kMargin, -kMargin, -kMargin);
    QColor ahead = palette().color(QPalette::PlaceholderText);
    ahead.setAlphaF(0.7F);
    paintWaveform(painter, inside, m_peaks, playedPart(), palette().color(QPalette::Highlight), ahead);
    const int x = inside.left() + static_cast<int>(playedPart() * (inside.width() - kPlayheadWidth));
    painter.fillRect(x, 1, kPlayheadWidth, height() - 2, palette().color(QPalette::WindowText));
}

void ScrubSlider::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton) {
        event->ignore();
        return;
    }
    setSliderDown(true);
    follow(*event);
}

void ScrubSlider::mouseMoveEvent(QMouseEvent* event)
{
    if (isSliderDown())
        follow(*event);
}

void ScrubSlider::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        setSliderDown(false);
}

double ScrubSlider::playedPart() const
{
    return maximum() > minimum() ? static_cast<double>(sliderPosition() - minimum()) / (maximum() - minimum()) : 0.0;
}

void ScrubSlider::follow(const QMouseEvent& event)
{
    const int span = std::max(1, width() - 2 * kMargin);
    setSliderPosition(
        QStyle::sliderValueFromPosition(minimum(), maximum(), event.position().toPoint().x() - kMargin, span));
}

} // namespace lipsync::ui
