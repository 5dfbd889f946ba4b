// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/palette/command_delegate.h"

#include "ui/palette/palette_model.h"

#include <QApplication>
#include <QPainter>

namespace lipsync::ui {
namespace {

constexpr int kMargin = 8;
constexpr int kGap = 12;

} // namespace

void CommandDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyleOptionViewItem row = option;
    initStyleOption(&row, index);
    row.text.clear();
    const QStyle& style = *(row.widget ? row.widget->style() : QApplication::style());
    style.drawControl(QStyle::CE_ItemViewItem, &row, painter, row.widget);

    const bool isSelected = row.state & QStyle::State_Selected;
    const bool isEnabled = row.state & QStyle::State_Enabled;
    const QColor text = row.palette.color(QPalette::Active, isSelected ? QPalette::HighlightedText : QPalette::Text);
    const QColor muted = isSelected ? text : row.palette.color(QPalette::Active, QPalette::PlaceholderText);
    QRect free = row.rect.adjusted(kMargin, 0, -kMargin, 0);
    const auto draw = [&](const QString& words, Qt::Alignment side, const QColor& colour) {
        const QString shown = row.fontMetrics.elidedText(words, Qt::ElideRight, free.width());
        const int width = row.fontMetrics.horizontalAdvance(shown);
        const QRect place = QStyle::alignedRect(row.direction, side, QSize(width, free.height()), free);
        painter->setPen(colour);
        painter->drawText(place, Qt::AlignVCenter | Qt::TextSingleLine, shown);
        // What follows stands beside it.
        const bool isLeft = place.left() == free.left();
        if (isLeft)
            free.setLeft(place.right() + kGap);
        else
            free.setRight(place.left() - kGap);
    };
    painter->save();
    painter->setFont(row.font);
    draw(index.data(PaletteModel::ShortcutRole).toString(), Qt::AlignRight, muted);
    draw(index.data().toString(), Qt::AlignLeft, isEnabled ? text : muted);
    if (free.width() > 0)
        draw(index.data(PaletteModel::MenuRole).toString(), Qt::AlignLeft, muted);
    painter->restore();
}

QSize CommandDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    return QStyledItemDelegate::sizeHint(option, index).grownBy({0, 2, 0, 2});
}

} // namespace lipsync::ui
