// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/comparison/bar_delegate.h"

#include "ui/comparison/comparison_model.h"

#include <QPainter>
#include <QStyle>

namespace lipsync::ui {
namespace {

constexpr int kBarHeight = 4;
constexpr int kGap = 3;

} // namespace

void BarDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    if (!index.data(ComparisonModel::BestRole).toBool())
        return;
    option->font.setBold(true);
    option->text = tr("✓ %1", "the best of its column").arg(option->text);
}

void BarDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyledItemDelegate::paint(painter, option, index);
    const QVariant fraction = index.data(ComparisonModel::FractionRole);
    if (!fraction.isValid())
        return;
    const bool isSelected = option.state & QStyle::State_Selected;
    const QRect track(option.rect.left() + kGap, option.rect.bottom() - kBarHeight - 1, option.rect.width() - 2 * kGap,
                      kBarHeight);
    QRect bar = track;
    bar.setWidth(qMax(kBarHeight, qRound(track.width() * fraction.toDouble())));
    bar = QStyle::visualRect(option.direction, track, bar);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(option.palette.color(isSelected ? QPalette::HighlightedText : QPalette::Highlight));
    painter->drawRoundedRect(bar, kBarHeight / 2.0, kBarHeight / 2.0);
    painter->restore();
}

QSize BarDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.rheight() += 2 * kBarHeight + kGap;
    return size;
}

} // namespace lipsync::ui
