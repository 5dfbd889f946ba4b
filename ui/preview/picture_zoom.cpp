// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/picture_zoom.h"

#include <algorithm>

namespace lipsync::ui {
namespace {

// Centred where it is smaller than the view; otherwise without a gap at its borders.
double corner(double centre, double picture, double view)
{
    return picture <= view ? (view - picture) / 2 : std::clamp(view / 2 - centre * picture, view - picture, 0.0);
}

double centre(double corner, double picture, double view)
{
    return picture <= view ? 0.5 : (view / 2 - corner) / picture;
}

} // namespace

double PictureZoom::scale(const QSizeF& picture, const QSizeF& view) const
{
    if (m_scale)
        return *m_scale;
    if (picture.isEmpty())
        return 1;
    return std::min(view.width() / picture.width(), view.height() / picture.height());
}

QRectF PictureZoom::place(const QSizeF& picture, const QSizeF& view) const
{
    const QSizeF size = picture * scale(picture, view);
    return {{corner(m_centre.x(), size.width(), view.width()), corner(m_centre.y(), size.height(), view.height())},
            size};
}

void PictureZoom::setScale(double scale, const QPointF& anchor, const QSizeF& picture, const QSizeF& view)
{
    const QRectF before = place(picture, view);
    m_scale = std::clamp(scale, kSmallest, kLargest);
    if (before.isEmpty())
        return;
    const double ratio = *m_scale * picture.width() / before.width();
    setCorner(anchor + (before.topLeft() - anchor) * ratio, picture, view);
}

void PictureZoom::moveBy(const QPointF& distance, const QSizeF& picture, const QSizeF& view)
{
    if (m_scale)
        setCorner(place(picture, view).topLeft() + distance, picture, view);
}

void PictureZoom::setCorner(const QPointF& corner, const QSizeF& picture, const QSizeF& view)
{
    const QSizeF size = picture * scale(picture, view);
    m_centre = {centre(corner.x(), size.width(), view.width()), centre(corner.y(), size.height(), view.height())};
    // What was asked for beyond a border is not remembered.
    const QPointF reached = place(picture, view).topLeft();
    m_centre = {centre(reached.x(), size.width(), view.width()), centre(reached.y(), size.height(), view.height())};
}

} // namespace lipsync::ui
