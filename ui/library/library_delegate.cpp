// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/library/library_delegate.h"

#include "ui/library/library_list_model.h"
#include "ui/waveform/waveform_painting.h"

#include <algorithm>
#include <vector>

#include <QApplication>
#include <QPainter>
#include <QStyle>

namespace lipsync::ui {
namespace {

constexpr int kMargin = 6;
constexpr int kGap = 8;
constexpr int kLines = 3;
constexpr int kPictureWidth = 60; // of text's usual size; grows with it
constexpr int kUsualLine = 17;

// At most a third of the row: the words are worth more.
QSize pictureSize(const QFontMetrics& metrics, int rowWidth)
{
    return {std::min(kPictureWidth * metrics.lineSpacing() / kUsualLine, rowWidth / 3), kLines * metrics.lineSpacing()};
}

void paintPicture(QPainter& painter, const QRect& area, const QModelIndex& index, const QColor& ink)
{
    const auto peaks = index.data(LibraryListModel::PeaksRole).value<std::vector<float>>();
    if (!peaks.empty()) {
        paintWaveform(painter, area.adjusted(0, area.height() / 6, 0, -area.height() / 6), peaks, 0, ink, ink);
        return;
    }
    const auto picture = index.data(LibraryListModel::ThumbnailRole).value<QImage>();
    if (picture.isNull())
        return;
    QRect place(QPoint(), picture.size().scaled(area.size(), Qt::KeepAspectRatio));
    place.moveCenter(area.center());
    painter.drawImage(place, picture);
}

} // namespace

void LibraryDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    item.text.clear();
    const QStyle* style = item.widget ? item.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);

    const bool isSelected = item.state & QStyle::State_Selected;
    const QColor text = item.palette.color(isSelected ? QPalette::HighlightedText : QPalette::Text);
    const QColor muted = item.palette.color(isSelected ? QPalette::HighlightedText : QPalette::PlaceholderText);
    const QRect inner = item.rect.adjusted(kMargin, kMargin, -kMargin, -kMargin);
    const QSize picture = pictureSize(item.fontMetrics, inner.width());
    painter->save();
    painter->setRenderHint(QPainter::SmoothPixmapTransform);
    paintPicture(*painter, QStyle::visualRect(item.direction, inner, {inner.topLeft(), picture}), index,
                 isSelected ? text : item.palette.color(QPalette::Highlight));
    QFont bold = item.font;
    bold.setBold(true);
    int number = 0;
    const auto line = [&](const QFont& font, const QColor& colour, int role) {
        const QString words = index.data(role).toString();
        if (words.isEmpty())
            return;
        QRect place(inner.left() + picture.width() + kGap, inner.top() + number++ * item.fontMetrics.lineSpacing(),
                    inner.width() - picture.width() - kGap, item.fontMetrics.lineSpacing());
        place = QStyle::visualRect(item.direction, inner, place);
        painter->setFont(font);
        painter->setPen(colour);
        painter->drawText(place, int(QStyle::visualAlignment(item.direction, Qt::AlignLeading | Qt::AlignVCenter)),
                          QFontMetrics(font).elidedText(words, Qt::ElideMiddle, place.width()));
    };
    line(bold, text, LibraryListModel::TitleRole);
    line(item.font, muted, LibraryListModel::FactsRole);
    line(index.data(LibraryListModel::HasFailedRole).toBool() ? bold : item.font, text,
         LibraryListModel::StateTextRole);
    painter->restore();
}

QSize LibraryDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& /*index*/) const
{
    const QFontMetrics& metrics = option.fontMetrics;
    return {kPictureWidth, kLines * metrics.lineSpacing() + 2 * kMargin};
}

} // namespace lipsync::ui
