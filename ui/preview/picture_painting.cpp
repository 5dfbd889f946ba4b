// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/picture_painting.h"

#include <algorithm>
#include <cmath>

#include <QFontMetrics>
#include <QImage>
#include <QPainter>
#include <QWidget>

namespace lipsync::ui {
namespace {

constexpr double kTitleFactor = 1.4; // of the text's size
constexpr int kTextWidth = 34; // average letters of the message's lines
constexpr int kMargin = 12;
constexpr int kRadius = 6;
constexpr int kPadding = 8;
constexpr int kLineWidth = 2;
constexpr int kHandleRadius = 9;
constexpr double kGround = 0.88; // opacity behind text over a picture
constexpr double kPixelsAreSeen = 3; // from this scale on pixels are shown as squares
constexpr double kRowsAtOnce = 64; // of the screen; Qt's raster painting hands more than 95 to threads

void paintBox(QPainter& painter, const QWidget& view, const QStringList& lines, QPoint corner, Qt::Alignment side)
{
    const QFontMetrics metrics(view.font());
    int width = 0;
    for (const QString& line : lines)
        width = std::max(width, metrics.horizontalAdvance(line));
    const QSize size(width + 2 * kPadding, static_cast<int>(lines.size()) * metrics.lineSpacing() + kPadding);
    const QRect box(side & Qt::AlignRight ? corner - QPoint(size.width(), 0) : corner, size);
    QColor ground = view.palette().color(QPalette::Dark);
    ground.setAlphaF(kGround);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ground);
    painter.drawRoundedRect(box, kRadius, kRadius);
    painter.setPen(view.palette().color(QPalette::WindowText));
    painter.setFont(view.font());
    painter.drawText(box.adjusted(kPadding, kPadding / 2, -kPadding, 0), static_cast<int>(Qt::AlignTop | side),
                     lines.join(u'\n'));
}

} // namespace

void paintPart(QPainter& painter, const QImage& image, const QRectF& place, const QRect& area)
{
    const double scale = place.width() / std::max(1, image.width());
    if (scale <= 0)
        return;
    painter.save();
    painter.setRenderHint(QPainter::SmoothPixmapTransform, scale < kPixelsAreSeen);
    // Strip by strip: Qt would spread the whole over threads of its own and wait for them, and the window with it,
    // while the engine's threads have the processors.
    const QRect part = place.toAlignedRect().intersected(area);
    const int height = std::max(1, static_cast<int>(kRowsAtOnce / painter.device()->devicePixelRatio()));
    for (int top = part.top(); top <= part.bottom(); top += height) {
        painter.setClipRect(QRect(part.left(), top, part.width(), height).intersected(part));
        painter.drawImage(place, image);
    }
    painter.restore();
}

void paintWipe(QPainter& painter, const QWidget& view, const QRectF& place, double x)
{
    const QRectF shown = place.intersected(QRectF(view.rect()));
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor ground = view.palette().color(QPalette::Dark);
    painter.setPen(QPen(ground, kLineWidth + 2));
    painter.drawLine(QPointF(x, shown.top()), QPointF(x, shown.bottom()));
    painter.setPen(QPen(view.palette().color(QPalette::Highlight), kLineWidth));
    painter.drawLine(QPointF(x, shown.top()), QPointF(x, shown.bottom()));
    painter.setBrush(view.palette().color(QPalette::Highlight));
    painter.setPen(QPen(ground, 1));
    painter.drawEllipse(QPointF(x, shown.center().y()), kHandleRadius, kHandleRadius);

    const int bottom = static_cast<int>(shown.bottom()) - kMargin - QFontMetrics(view.font()).lineSpacing() - kPadding;
    const int line = static_cast<int>(std::lround(x));
    paintBox(painter, view, {PicturePainting::tr("Original")}, {line - kMargin, bottom}, Qt::AlignRight);
    paintBox(painter, view, {PicturePainting::tr("Lip-synced")}, {line + kMargin, bottom}, Qt::AlignLeft);
}

void paintFigures(QPainter& painter, const QWidget& view, const QStringList& lines, Qt::Alignment side)
{
    painter.setRenderHint(QPainter::Antialiasing);
    const int x = side & Qt::AlignRight ? view.width() - kMargin : kMargin;
    paintBox(painter, view, lines, {x, kMargin}, side);
}

void paintMessage(QPainter& painter, const QWidget& view, const QString& title, const QString& detail)
{
    QFont titleFont = view.font();
    if (titleFont.pixelSize() > 0)
        titleFont.setPixelSize(static_cast<int>(titleFont.pixelSize() * kTitleFactor));
    else
        titleFont.setPointSizeF(titleFont.pointSizeF() * kTitleFactor);
    titleFont.setWeight(QFont::DemiBold);
    const int width = std::min(kTextWidth * QFontMetrics(titleFont).averageCharWidth(), view.width() - 2 * kMargin);
    const QRect column((view.width() - width) / 2, 0, width, view.height());
    constexpr int kFlags =
        static_cast<int>(Qt::AlignHCenter) | static_cast<int>(Qt::AlignTop) | static_cast<int>(Qt::TextWordWrap);
    const int titleHeight = QFontMetrics(titleFont).boundingRect(column, kFlags, title).height();
    const int detailHeight = QFontMetrics(view.font()).boundingRect(column, kFlags, detail).height();
    const int top = std::max(kMargin, (view.height() - titleHeight - kMargin - detailHeight) / 2);
    painter.setPen(view.palette().color(QPalette::WindowText));
    painter.setFont(titleFont);
    painter.drawText(QRect(column.left(), top, width, titleHeight), kFlags, title);
    painter.setPen(view.palette().color(QPalette::BrightText));
    painter.setFont(view.font());
    painter.drawText(QRect(column.left(), top + titleHeight + kMargin, width, view.height()), kFlags, detail);
}

void paintDropHint(QPainter& painter, const QWidget& view)
{
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(view.palette().color(QPalette::Highlight), kLineWidth, Qt::DashLine));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.drawRoundedRect(view.rect().adjusted(kMargin, kMargin, -kMargin, -kMargin), kMargin, kMargin);
}

void paintFocus(QPainter& painter, const QWidget& view)
{
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(view.palette().color(QPalette::Highlight), 1));
    painter.drawRect(view.rect().adjusted(0, 0, -1, -1));
}

} // namespace lipsync::ui
