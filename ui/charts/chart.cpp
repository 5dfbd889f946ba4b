// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart.h"

#include "ui/charts/chart_span.h"
#include "ui/charts/plotting.h"
#include "ui/charts/statistics_history.h"
#include "ui/charts/swatch_legend.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QAccessible>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QSharedPointer>
#include <QVBoxLayout>
#include <QWheelEvent>

namespace lipsync::ui {
namespace {

constexpr double kZoomStep = 1.25;
constexpr double kAxisTextScale = 0.85;
constexpr int kVerticalTicks = 4;
constexpr double kLineWidth = 1.5;
constexpr double kHeadroom = 1.05;
constexpr double kTooMuchRoom = 0.4; // of the axis is used: time for a lower end

/// A few ticks at round values; whole ones for what is counted.
class RoundTicker final : public QCPAxisTicker {
public:
    explicit RoundTicker(bool areCounts)
        : m_areCounts(areCounts)
    {
    }

protected:
    double getTickStep(const QCPRange& range) override
    {
        const double wanted = range.size() / kVerticalTicks;
        const double decade = std::pow(10, std::floor(std::log10(wanted)));
        for (const double step : {1.0, 2.0, 2.5, 5.0, 10.0})
            if (step * decade >= wanted)
                return m_areCounts ? std::max(1.0, std::ceil(step * decade)) : step * decade;
        return wanted;
    }
    int getSubTickCount(double /*step*/) override { return 0; }

private:
    bool m_areCounts;
};

double roundAbove(double value)
{
    const double decade = std::pow(10, std::floor(std::log10(value)));
    for (const double step : {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0})
        if (value <= step * decade)
            return step * decade;
    return 10 * decade;
}

} // namespace

Chart::Chart(const QString& title, const StatisticsHistory& history, ChartSpan& span, QWidget* parent)
    : QFrame(parent)
    , m_history(history)
    , m_span(span)
    , m_legend(new SwatchLegend)
    , m_plot(new QCustomPlot)
    , m_line(new QCPItemStraightLine(m_plot))
{
    setObjectName(QStringLiteral("card"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(title);
    m_legend->setTitle(title);
    // The chart itself is pointed at and focused, so that both ways of reading it are one.
    for (QWidget* part : {static_cast<QWidget*>(m_legend), static_cast<QWidget*>(m_plot)}) {
        part->setAttribute(Qt::WA_TransparentForMouseEvents);
        part->setFocusPolicy(Qt::NoFocus);
    }
    m_plot->setMinimumSize(0, 0);
    m_plot->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Expanding);
    m_plot->setPlottingHints(QCP::phFastPolylines | QCP::phCacheLabels);
    m_plot->setNoAntialiasingOnDrag(false);
    m_plot->axisRect()->setAutoMargins(QCP::msLeft | QCP::msBottom);
    setCounts(false);
    m_plot->yAxis->setNumberFormat(QStringLiteral("g"));
    m_line->setLayer(QStringLiteral("overlay"));
    m_line->setClipToAxisRect(true);
    m_line->setVisible(false);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 5, 4, 3);
    column->setSpacing(1);
    column->addWidget(m_legend);
    column->addWidget(m_plot, 1);
}

Chart::~Chart() = default;

void Chart::setTheme(const ThemeTokens& tokens)
{
    m_tokens = tokens;
    styleAxes();
    applyTheme(tokens);
    fillTexts();
    refresh();
}

void Chart::refresh()
{
    if (visibleRegion().isEmpty())
        return;
    fill();
    fillTexts();
    const auto x = readX();
    m_line->setVisible(x.has_value());
    if (x) {
        m_line->point1->setCoords(*x, 0);
        m_line->point2->setCoords(*x, 1);
    }
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void Chart::showReadout()
{
    fillTexts();
    const auto x = readX();
    m_line->setVisible(x.has_value());
    if (x) {
        m_line->point1->setCoords(*x, 0);
        m_line->point2->setCoords(*x, 1);
    }
    m_plot->layer(QStringLiteral("overlay"))->replot();
    if (QAccessible::isActive() && hasFocus()) {
        setAccessibleDescription(valuesText());
        QAccessibleEvent told(this, QAccessible::DescriptionChanged);
        QAccessible::updateAccessibility(&told);
    }
}

QString Chart::valuesText() const
{
    return m_legend->text();
}

void Chart::paintInto(QPainter& painter, const QRect& area)
{
    constexpr int kMargin = 8;
    const QRect inner = area.adjusted(kMargin, kMargin, -kMargin, -kMargin);
    const double scale = painter.device()->devicePixelRatioF();
    painter.fillRect(area, m_tokens.field);
    const int legendHeight = m_legend->paintInto(painter, inner);
    const QRect plotArea = inner.adjusted(0, legendHeight + 2, 0, 0);
    painter.drawPixmap(plotArea, m_plot->toPixmap(plotArea.width(), plotArea.height(), scale));
}

QSize Chart::minimumSizeHint() const
{
    constexpr int kLeastWidth = 200;
    constexpr int kLines = 6; // title, values, and a plot of some lines
    return {kLeastWidth, kLines * fontMetrics().height() + 16};
}

void Chart::keyPressEvent(QKeyEvent* event)
{
    constexpr double kPanShare = 0.25;
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right: {
        const int direction = event->key() == Qt::Key_Left ? -1 : 1;
        if (event->modifiers().testFlag(Qt::ShiftModifier))
            m_span.pan(direction * kPanShare * m_span.seconds());
        else
            step(direction);
        return;
    }
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        m_span.zoom(1 / kZoomStep);
        return;
    case Qt::Key_Minus:
        m_span.zoom(kZoomStep);
        return;
    case Qt::Key_Escape:
        if (readX()) {
            readAt(std::nullopt);
            return;
        }
        break;
    default:
        break;
    }
    QFrame::keyPressEvent(event);
}

void Chart::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        m_draggedFrom = event->position().x();
}

void Chart::mouseMoveEvent(QMouseEvent* event)
{
    const double x = event->position().x();
    if (m_draggedFrom && event->buttons().testFlag(Qt::LeftButton)) {
        const double moved = coordinateAt(*m_draggedFrom) - coordinateAt(x);
        if (std::abs(x - *m_draggedFrom) < 1)
            return;
        m_draggedFrom = x;
        m_span.pan(moved);
        return;
    }
    const QRect area = m_plot->axisRect()->rect().translated(m_plot->pos());
    readAt(x >= area.left() && x <= area.right() ? std::optional(coordinateAt(x)) : std::nullopt);
}

void Chart::mouseReleaseEvent(QMouseEvent* /*event*/)
{
    m_draggedFrom.reset();
}

void Chart::wheelEvent(QWheelEvent* event)
{
    if (!event->modifiers().testFlag(Qt::ControlModifier) || event->angleDelta().y() == 0) {
        event->ignore(); // scrolls
        return;
    }
    const double factor = event->angleDelta().y() > 0 ? 1 / kZoomStep : kZoomStep;
    m_span.zoomAround(factor, m_span.end() + coordinateAt(event->position().x()));
    event->accept();
}

void Chart::leaveEvent(QEvent* event)
{
    readAt(std::nullopt);
    QFrame::leaveEvent(event);
}

void Chart::focusOutEvent(QFocusEvent* event)
{
    readAt(std::nullopt);
    QFrame::focusOutEvent(event);
}

void Chart::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::FontChange)
        styleAxes();
    QFrame::changeEvent(event);
}

void Chart::fitTop(double largest)
{
    if (!(largest > 0)) // also not a number
        largest = 0.9;
    if (largest > m_top || largest < kTooMuchRoom * m_top)
        m_top = roundAbove(kHeadroom * largest);
    m_plot->yAxis->setRange(0, m_top);
}

void Chart::setCounts(bool areCounts)
{
    m_plot->yAxis->setTicker(QSharedPointer<QCPAxisTicker>(new RoundTicker(areCounts)));
}

QPen Chart::seriesPen(std::size_t series) const
{
    // Dashes and gaps in widths of the line; none is a line without gaps. More series than colours change the dashes.
    static const std::array<QList<qreal>, 5> kDashes{QList<qreal>{}, {5, 2}, {1.5, 2}, {8, 2, 1.5, 2}, {12, 2, 4, 2}};
    QPen pen(m_tokens.series[series % kSeriesColours], kLineWidth);
    const QList<qreal>& dashes = kDashes[series % kDashes.size()];
    if (!dashes.isEmpty())
        pen.setDashPattern(dashes);
    pen.setCapStyle(Qt::FlatCap);
    return pen;
}

double Chart::coordinateAt(double x) const
{
    return m_plot->xAxis->pixelToCoord(x - m_plot->x());
}

void Chart::styleAxes()
{
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * kAxisTextScale);
    QColor gridColour = m_tokens.mutedText;
    gridColour.setAlphaF(0.35F);
    m_plot->setBackground(m_tokens.field);
    m_plot->setLocale(locale());
    for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis}) {
        axis->setBasePen(QPen(m_tokens.mutedText, 1));
        axis->setTickPen(QPen(m_tokens.mutedText, 1));
        axis->setSubTicks(false);
        axis->setTickLength(0, 3);
        axis->setTickLabelColor(m_tokens.mutedText);
        axis->setTickLabelFont(small);
        axis->setTickLabelPadding(2);
        axis->grid()->setPen(QPen(gridColour, 1, Qt::DotLine));
        axis->grid()->setZeroLinePen(Qt::NoPen);
    }
    m_plot->xAxis->grid()->setVisible(false);
    // Room for the halves of the first and last label of the horizontal axis.
    const int label = QFontMetrics(small).horizontalAdvance(QStringLiteral("−00 min")) / 2;
    m_plot->axisRect()->setMinimumMargins(QMargins(label, 0, 0, 0));
    m_plot->axisRect()->setMargins(QMargins(0, 4, label / 2 + 4, 0));
    m_line->setPen(QPen(m_tokens.text, 1));
}

} // namespace lipsync::ui
