// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/trace/trace_timeline.h"

#include "ui/trace/frame_look.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

namespace lipsync::ui {
namespace {

constexpr double kZoomStep = 1.25;
constexpr double kPanShare = 0.25;
constexpr int kMargin = 6;
constexpr int kLaneGap = 4;
constexpr int kLeastLaneLines = 2; // of text
constexpr int kMostLaneLines = 4;
constexpr double kLeastBox = 1.5; // pixels
constexpr double kMsInSecond = 1000;

} // namespace

TraceTimeline::TraceTimeline(TraceModel& model, QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_model(model)
{
    setObjectName(QStringLiteral("traceTimeline"));
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Timeline of frames"));
    setToolTip(tr("Batches of each worker and the frames in them: click a frame or use the left and right arrow keys "
                  "to choose one, drag or use Shift and an arrow key to look back, Ctrl and the wheel or + and − to "
                  "zoom"));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    connect(&model, &TraceModel::changed, this, &TraceTimeline::follow);
    connect(&model, &TraceModel::chosenChanged, this, [this] {
        const metrics::FrameTrace* frame = m_model.chosen();
        setAccessibleDescription(frame ? frameText(*frame) : QString());
        viewport()->update();
    });
    measure();
}

void TraceTimeline::setTheme(const ThemeTokens& tokens)
{
    m_tokens = tokens;
    viewport()->update();
}

void TraceTimeline::setFollowing(bool isFollowing)
{
    m_isFollowing = isFollowing;
    follow();
}

void TraceTimeline::zoom(double factor)
{
    zoomAround(factor, m_isFollowing ? m_end : m_end - m_seconds / 2);
}

void TraceTimeline::showChosen()
{
    const metrics::FrameTrace* frame = m_model.chosen();
    if (!frame)
        return;
    const double from = m_model.secondsOf(frame->submitted);
    const double to = m_model.secondsOf(frame->end());
    if (from < m_end - m_seconds || to > m_end)
        m_end = (from + to + m_seconds) / 2;
    viewport()->update();
}

std::optional<std::size_t> TraceTimeline::frameAt(QPointF place) const
{
    std::optional<std::size_t> found;
    for (const TraceBox& box : m_model.boxes())
        if (areaOf(box).adjusted(-1, 0, 1, 0).contains(place))
            found = box.frame; // the one drawn last lies on top
    return found;
}

QRectF TraceTimeline::areaOf(const TraceBox& box) const
{
    const double left = placeOf(box.from);
    const double height = static_cast<double>(m_laneHeight) / box.rows;
    const double gap = height > 4 ? 1 : 0;
    return {left, laneTop(box.lane) + box.row * height, std::max(placeOf(box.to) - left, kLeastBox), height - gap};
}

QSize TraceTimeline::sizeHint() const
{
    constexpr QSize kUsual{480, 180};
    return kUsual;
}

QSize TraceTimeline::minimumSizeHint() const
{
    constexpr int kLeastWidth = 160;
    constexpr int kLeastLines = 4;
    return {kLeastWidth, kLeastLines * fontMetrics().height()};
}

void TraceTimeline::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), m_tokens.field);
    if (m_model.frames().empty()) {
        painter.setPen(m_tokens.mutedText);
        painter.drawText(viewport()->rect().adjusted(kMargin, kMargin, -kMargin, -kMargin),
                         static_cast<int>(Qt::AlignCenter) | Qt::TextWordWrap,
                         tr("No frames yet. Play a preview or start an export, and its frames appear here."));
        return;
    }
    paintLanes(painter);
    const QRect content = viewport()->rect().adjusted(m_gutter, 0, 0, 0);
    painter.setClipRect(content);
    paintFrames(painter);
    paintChosen(painter);
    paintScale(painter);
}

void TraceTimeline::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    measure();
}

void TraceTimeline::keyPressEvent(QKeyEvent* event)
{
    const bool isShifted = event->modifiers().testFlag(Qt::ShiftModifier);
    switch (event->key()) {
    case Qt::Key_Left:
        isShifted ? pan(-kPanShare * m_seconds) : chooseNeighbour(-1);
        return;
    case Qt::Key_Right:
        isShifted ? pan(kPanShare * m_seconds) : chooseNeighbour(1);
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoom(1 / kZoomStep);
        return;
    case Qt::Key_Minus:
        zoom(kZoomStep);
        return;
    case Qt::Key_Escape:
        if (m_model.chosen()) {
            m_model.choose(std::nullopt);
            return;
        }
        break;
    default:
        break;
    }
    QAbstractScrollArea::keyPressEvent(event);
}

void TraceTimeline::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_pressed = event->position();
    m_isDragged = false;
}

void TraceTimeline::mouseMoveEvent(QMouseEvent* event)
{
    constexpr double kDragBegins = 4;
    if (!m_pressed)
        return;
    if (!m_isDragged && std::abs(event->position().x() - m_pressed->x()) < kDragBegins)
        return;
    m_isDragged = true;
    const double moved = timeAt(m_pressed->x()) - timeAt(event->position().x());
    m_pressed = event->position();
    pan(moved);
}

void TraceTimeline::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !m_pressed)
        return;
    m_pressed.reset();
    if (m_isDragged)
        return;
    const auto frame = frameAt(event->position());
    m_model.choose(frame);
    if (frame)
        Q_EMIT moved();
}

void TraceTimeline::wheelEvent(QWheelEvent* event)
{
    if (!event->modifiers().testFlag(Qt::ControlModifier)) {
        QAbstractScrollArea::wheelEvent(event);
        return;
    }
    if (event->angleDelta().y() != 0)
        zoomAround(event->angleDelta().y() > 0 ? 1 / kZoomStep : kZoomStep, timeAt(event->position().x()));
    event->accept();
}

bool TraceTimeline::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto frame = frameAt(help->pos());
        QToolTip::showText(help->globalPos(), frame ? frameText(m_model.frames()[*frame]) : toolTip(), viewport());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void TraceTimeline::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        measure();
}

void TraceTimeline::follow()
{
    if (m_isFollowing)
        m_end = m_model.end();
    measure();
    viewport()->update();
}

void TraceTimeline::measure()
{
    m_gutter = 0;
    for (const TraceLane& lane : m_model.lanes())
        m_gutter = std::max(m_gutter, fontMetrics().horizontalAdvance(lane.name));
    m_gutter = std::min(m_gutter + 2 * kMargin, viewport()->width() / 3);
    const int line = fontMetrics().height();
    m_scaleHeight = line + kMargin;
    const int lanes = std::max(1, static_cast<int>(m_model.lanes().size()));
    const int room = (viewport()->height() - m_scaleHeight) / lanes - kLaneGap;
    m_laneHeight = std::clamp(room, kLeastLaneLines * line, kMostLaneLines * line);
    const int height = m_scaleHeight + lanes * (m_laneHeight + kLaneGap);
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setRange(0, std::max(0, height - viewport()->height()));
}

void TraceTimeline::pan(double seconds)
{
    m_isFollowing = false;
    m_end += seconds;
    Q_EMIT moved();
    viewport()->update();
}

void TraceTimeline::zoomAround(double factor, double fixed)
{
    const double before = m_seconds;
    m_seconds = std::clamp(m_seconds * factor, kShortestSeconds, kLongestSeconds);
    if (!m_isFollowing)
        m_end = fixed + (m_end - fixed) * m_seconds / before;
    viewport()->update();
}

// The next frame in the order of beginning; without a chosen one, the newest in sight.
void TraceTimeline::chooseNeighbour(int steps)
{
    const auto& boxes = m_model.boxes();
    if (boxes.empty())
        return;
    const auto chosen = m_model.chosenIndex();
    const auto found =
        std::find_if(boxes.begin(), boxes.end(), [&](const TraceBox& box) { return box.frame == chosen; });
    auto place = static_cast<std::ptrdiff_t>(boxes.size()) - 1;
    if (chosen && found != boxes.end())
        place = std::clamp<std::ptrdiff_t>(found - boxes.begin() + steps, 0, place);
    m_model.choose(boxes[static_cast<std::size_t>(place)].frame);
    Q_EMIT moved();
    showChosen();
}

double TraceTimeline::timeAt(double x) const
{
    const double width = std::max(1, viewport()->width() - m_gutter - kMargin);
    return m_end - m_seconds + (x - m_gutter) / width * m_seconds;
}

double TraceTimeline::placeOf(double time) const
{
    const double width = std::max(1, viewport()->width() - m_gutter - kMargin);
    return m_gutter + (time - m_end + m_seconds) / m_seconds * width;
}

int TraceTimeline::laneTop(int lane) const
{
    return m_scaleHeight + lane * (m_laneHeight + kLaneGap) - verticalScrollBar()->value();
}

// Times before the newest frame, at round distances.
void TraceTimeline::paintScale(QPainter& painter) const
{
    const QRect area(m_gutter, 0, viewport()->width() - m_gutter, m_scaleHeight);
    painter.fillRect(area, m_tokens.field);
    const int labelWidth = fontMetrics().horizontalAdvance(tr("−%1 ms").arg(QStringLiteral("00000"))) + 2 * kMargin;
    const double wanted = m_seconds * labelWidth / std::max(1, area.width());
    double step = std::pow(10, std::ceil(std::log10(wanted)));
    for (const double part : {0.2, 0.5})
        if (step * part >= wanted) {
            step *= part;
            break;
        }
    const double newest = m_model.end();
    const auto first = std::max(0L, static_cast<long>(std::ceil((newest - m_end) / step)));
    for (long tick = first; newest - static_cast<double>(tick) * step >= m_end - m_seconds; ++tick) {
        const double ago = static_cast<double>(tick) * step;
        const double x = placeOf(newest - ago);
        painter.setPen(m_tokens.mutedText);
        painter.drawLine(QPointF(x, m_scaleHeight - 3), QPointF(x, m_scaleHeight));
        const QString text = agoText(ago, step);
        const int width = fontMetrics().horizontalAdvance(text);
        if (x - width / 2.0 < m_gutter)
            continue;
        const double left = std::min(x - width / 2.0, static_cast<double>(viewport()->width() - width - 2));
        painter.drawText(QPointF(left, fontMetrics().ascent() + 1), text);
    }
}

QString TraceTimeline::agoText(double ago, double step) const
{
    if (ago == 0)
        return tr("0 ms");
    if (step >= 1)
        return tr("−%1 s").arg(locale().toString(ago, 'f', 0));
    return tr("−%1 ms").arg(locale().toString(ago * kMsInSecond, 'f', step < 1 / kMsInSecond ? 1 : 0));
}

void TraceTimeline::paintLanes(QPainter& painter) const
{
    for (int lane = 0; lane < static_cast<int>(m_model.lanes().size()); ++lane) {
        const QRect area(0, laneTop(lane), viewport()->width(), m_laneHeight);
        painter.fillRect(area.adjusted(m_gutter, 0, 0, 0), m_tokens.surface);
        painter.setPen(m_tokens.text);
        const QString name = fontMetrics().elidedText(m_model.lanes()[static_cast<std::size_t>(lane)].name,
                                                      Qt::ElideRight, m_gutter - 2 * kMargin);
        painter.drawText(QRect(kMargin, area.top(), m_gutter - kMargin, area.height()),
                         static_cast<int>(Qt::AlignLeft) | Qt::AlignVCenter, name);
    }
}

void TraceTimeline::paintFrames(QPainter& painter) const
{
    constexpr double kPatternWidth = 4; // narrower boxes show their colour only
    std::array<QPen, kFrameLooks.size()> pens;
    std::array<QBrush, kFrameLooks.size()> brushes;
    for (const FrameLook look : kFrameLooks) {
        pens[static_cast<std::size_t>(look)] = lookPen(look, m_tokens);
        brushes[static_cast<std::size_t>(look)] = lookBrush(look, m_tokens);
    }
    for (const TraceBox& box : m_model.boxes()) {
        if (box.to < m_end - m_seconds || box.from > m_end)
            continue;
        const auto look = static_cast<std::size_t>(lookOf(m_model.frames()[box.frame]));
        const QRectF area = areaOf(box);
        if (area.width() < kPatternWidth) {
            painter.fillRect(area, pens[look].color());
            continue;
        }
        painter.setPen(pens[look]);
        painter.setBrush(brushes[look]);
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

// Its whole life: waiting, its batch, the way to its reader, and its deadline.
void TraceTimeline::paintChosen(QPainter& painter) const
{
    const metrics::FrameTrace* frame = m_model.chosen();
    if (!frame)
        return;
    const auto box = std::find_if(m_model.boxes().begin(), m_model.boxes().end(),
                                  [&](const TraceBox& one) { return one.frame == m_model.chosenIndex(); });
    const QRectF area = areaOf(*box);
    const double y = area.center().y();
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_tokens.text, 2));
    painter.drawRect(area.adjusted(-1, -1, 1, 1));
    painter.setPen(QPen(m_tokens.text, 1));
    painter.drawLine(QPointF(placeOf(m_model.secondsOf(frame->submitted)), y), QPointF(area.left(), y));
    painter.setPen(QPen(m_tokens.text, 1, Qt::DashLine));
    painter.drawLine(QPointF(area.right(), y), QPointF(placeOf(m_model.secondsOf(frame->end())), y));
    if (frame->deadline) {
        const double x = placeOf(m_model.secondsOf(*frame->deadline));
        painter.setPen(QPen(m_tokens.accent, 1, Qt::DotLine));
        painter.drawLine(QPointF(x, m_scaleHeight), QPointF(x, viewport()->height()));
        painter.drawText(QPointF(x + 3, viewport()->height() - 4), tr("deadline"));
    }
}

} // namespace lipsync::ui
