// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_grid.h"

#include "ui/charts/chart.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <QEvent>
#include <QPainter>
#include <QStyle>

namespace lipsync::ui {
namespace {

constexpr int kGap = 6;
constexpr double kGoodShape = 1.7; // width by height of a chart

} // namespace

ChartGrid::ChartGrid(QWidget* parent)
    : QScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* content = new QWidget;
    content->setObjectName(QStringLiteral("dockContent"));
    setWidget(content);
}

void ChartGrid::add(Chart* chart)
{
    chart->setParent(widget());
    chart->show();
    m_charts.append(chart);
    arrange();
}

QImage ChartGrid::picture(double scale) const
{
    constexpr int kColumns = 3;
    constexpr QSize kChart{480, 280};
    const int rows = (static_cast<int>(m_charts.size()) + kColumns - 1) / kColumns;
    const QSize size(kColumns * (kChart.width() + kGap) + kGap, rows * (kChart.height() + kGap) + kGap);
    QImage image((QSizeF(size) * scale).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(scale);
    image.fill(palette().color(QPalette::Window));
    QPainter painter(&image);
    for (int i = 0; i < static_cast<int>(m_charts.size()); ++i) {
        const QPoint corner(kGap + i % kColumns * (kChart.width() + kGap),
                            kGap + i / kColumns * (kChart.height() + kGap));
        m_charts[i]->paintInto(painter, QRect(corner, kChart));
    }
    return image;
}

QSize ChartGrid::sizeHint() const
{
    constexpr QSize kUsual{720, 240};
    return kUsual;
}

QSize ChartGrid::minimumSizeHint() const
{
    return m_charts.isEmpty() ? QSize() : m_charts.first()->minimumSizeHint();
}

void ChartGrid::resizeEvent(QResizeEvent* event)
{
    QScrollArea::resizeEvent(event);
    arrange();
}

void ChartGrid::changeEvent(QEvent* event)
{
    QScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::LayoutDirectionChange)
        arrange();
}

// The columns whose charts come nearest to the good shape, of those that do not need scrolling; else the most.
int ChartGrid::bestColumns(const QSize& room, const QSize& least) const
{
    const int count = static_cast<int>(m_charts.size());
    const int most = std::clamp((room.width() + kGap) / (least.width() + kGap), 1, count);
    int best = 0;
    double bestDistance = 0;
    for (int columns = 1; columns <= most; ++columns) {
        const int rows = (count + columns - 1) / columns;
        const double width = static_cast<double>(room.width() - (columns - 1) * kGap) / columns;
        const double height = static_cast<double>(room.height() - (rows - 1) * kGap) / rows;
        if (height < least.height())
            continue;
        const double distance = std::abs(std::log(width / height / kGoodShape));
        if (best == 0 || distance < bestDistance) {
            best = columns;
            bestDistance = distance;
        }
    }
    return best > 0 ? best : most;
}

void ChartGrid::arrange()
{
    if (m_charts.isEmpty())
        return;
    QSize least;
    for (const Chart* chart : m_charts)
        least = least.expandedTo(chart->minimumSizeHint());
    const QSize room = maximumViewportSize();
    const int count = static_cast<int>(m_charts.size());
    const int wished = bestColumns(room, least);
    const int rows = (count + wished - 1) / wished;
    const int columns = (count + rows - 1) / rows;
    const bool scrolls = rows * (least.height() + kGap) - kGap > room.height();
    const int bar = scrolls ? style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, this) : 0;
    const int width = room.width() - bar;
    const int height = scrolls ? rows * (least.height() + kGap) - kGap : room.height();
    widget()->resize(width, height);
    for (int i = 0; i < count; ++i) {
        const int left = (i % columns) * (width + kGap) / columns;
        const int right = (i % columns + 1) * (width + kGap) / columns - kGap;
        const int top = (i / columns) * (height + kGap) / rows;
        const int bottom = (i / columns + 1) * (height + kGap) / rows - kGap;
        m_charts[i]->setGeometry(
            QStyle::visualRect(layoutDirection(), widget()->rect(), QRect(left, top, right - left, bottom - top)));
    }
}

} // namespace lipsync::ui
