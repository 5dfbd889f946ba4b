// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/scrub_slider.h"

#include "ui/waveform/waveform_painting.h"

#include <algorithm>
#include <cmath>
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
constexpr int kBracketWidth = 2;
constexpr int kBracketFoot = 6; // length of its upper and lower end
constexpr int kGripHeight = 16; // from above; lower down the hand scrubs
constexpr int kGripWidth = 6; // to either side
constexpr float kOutside = 0.65F; // opacity of what covers the waveform outside a loop

} // namespace

ScrubSlider::ScrubSlider(QWidget* parent)
    : QSlider(Qt::Horizontal, parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFocusPolicy(Qt::TabFocus);
    setLayoutDirection(Qt::LeftToRight); // time runs to the right everywhere
    setMouseTracking(true);
}

void ScrubSlider::setPeaks(std::vector<float> peaks)
{
    m_peaks = std::move(peaks);
    update();
}

void ScrubSlider::setLoop(const std::optional<LoopRange>& loop)
{
    m_loop = loop;
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
    if (m_loop)
        paintLoop(painter, inside);
    const int x = inside.left() + static_cast<int>(playedPart() * (inside.width() - kPlayheadWidth));
    painter.fillRect(x, 1, kPlayheadWidth, height() - 2, palette().color(QPalette::WindowText));
}

void ScrubSlider::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton) {
        event->ignore();
        return;
    }
    if (const auto stays = grippedFrom(event->position())) {
        m_drawnFrom = stays;
    } else if (event->modifiers() & Qt::ShiftModifier) {
        m_drawnFrom = frameAt(event->position());
    } else {
        setSliderDown(true);
        setSliderPosition(frameAt(event->position()));
    }
}

void ScrubSlider::mouseMoveEvent(QMouseEvent* event)
{
    if (m_drawnFrom)
        drawLoopTo(frameAt(event->position()));
    else if (isSliderDown())
        setSliderPosition(frameAt(event->position()));
    else
        setCursor(grippedFrom(event->position()) ? Qt::SizeHorCursor : Qt::ArrowCursor);
}

void ScrubSlider::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    if (m_drawnFrom)
        m_drawnFrom.reset();
    else
        setSliderDown(false);
}

double ScrubSlider::playedPart() const
{
    return maximum() > minimum() ? static_cast<double>(sliderPosition() - minimum()) / (maximum() - minimum()) : 0.0;
}

int ScrubSlider::frameAt(const QPointF& place) const
{
    const int span = std::max(1, width() - 2 * kMargin);
    return QStyle::sliderValueFromPosition(minimum(), maximum(), place.toPoint().x() - kMargin, span);
}

int ScrubSlider::placeOf(std::int64_t frame) const
{
    const int span = std::max(1, width() - 2 * kMargin);
    return kMargin + QStyle::sliderPositionFromValue(minimum(), maximum(), static_cast<int>(frame), span);
}

std::optional<std::int64_t> ScrubSlider::grippedFrom(const QPointF& place) const
{
    if (!m_loop || place.y() > kGripHeight)
        return std::nullopt;
    const double toFirst = std::abs(place.x() - placeOf(m_loop->first));
    const double toLast = std::abs(place.x() - placeOf(m_loop->last));
    if (std::min(toFirst, toLast) > kGripWidth)
        return std::nullopt;
    return toFirst < toLast ? m_loop->last : m_loop->first;
}

void ScrubSlider::drawLoopTo(std::int64_t frame)
{
    if (frame != *m_drawnFrom)
        Q_EMIT loopDrawn({std::min(*m_drawnFrom, frame), std::max(*m_drawnFrom, frame)});
}

void ScrubSlider::paintLoop(QPainter& painter, const QRect& inside) const
{
    const int first = placeOf(m_loop->first);
    const int last = placeOf(m_loop->last);
    QColor cover = palette().color(QPalette::Base);
    cover.setAlphaF(kOutside);
    painter.fillRect(QRect(inside.topLeft(), QPoint(first - 1, inside.bottom())), cover);
    painter.fillRect(QRect(QPoint(last + 1, inside.top()), inside.bottomRight()), cover);
    const QColor colour = palette().color(QPalette::WindowText);
    const int foot = height() - 2 - kBracketWidth;
    for (const auto& [x, begin] : {std::pair(first, first), std::pair(last, last - kBracketFoot + 1)}) {
        painter.fillRect(x, 2, kBracketWidth, height() - 4, colour);
        painter.fillRect(begin, 2, kBracketFoot + 1, kBracketWidth, colour);
        painter.fillRect(begin, foot, kBracketFoot + 1, kBracketWidth, colour);
    }
}

} // namespace lipsync::ui
