// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/progress_delegate.h"

#include "ui/export/export_queue_model.h"

#include <QApplication>
#include <QPainter>
#include <QStyle>

namespace lipsync::ui {
namespace {

constexpr int kBarHeight = 6;
constexpr int kGap = 6;

} // namespace

void ProgressDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyledItemDelegate::paint(painter, option, index);
    if (index.data().toString().isEmpty())
        return;
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const QStyle* style = item.widget ? item.widget->style() : QApplication::style();
    const QRect cell = style->subElementRect(QStyle::SE_ItemViewItemText, &item, item.widget);
    const int figures = item.fontMetrics.horizontalAdvance(tr("%1 %").arg(100)) + 2 * kGap;
    QRect bar(cell.left() + figures, cell.center().y() - kBarHeight / 2, cell.width() - figures - kGap, kBarHeight);
    if (bar.width() < kBarHeight)
        return;
    bar = QStyle::visualRect(item.direction, cell, bar);
    const bool isSelected = item.state & QStyle::State_Selected;
    const QColor ink = item.palette.color(isSelected ? QPalette::HighlightedText : QPalette::Highlight);
    QRect done = bar;
    done.setWidth(qRound(bar.width() * index.data(ExportQueueModel::FractionRole).toDouble()));
    done = QStyle::visualRect(item.direction, bar, done);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(ink);
    painter->drawRoundedRect(QRectF(bar).adjusted(0.5, 0.5, -0.5, -0.5), kBarHeight / 2.0, kBarHeight / 2.0);
    painter->setPen(Qt::NoPen);
    painter->setBrush(ink);
    painter->drawRoundedRect(done, kBarHeight / 2.0, kBarHeight / 2.0);
    painter->restore();
}

} // namespace lipsync::ui
