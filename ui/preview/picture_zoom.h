// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <QPointF>
#include <QRectF>
#include <QSizeF>

namespace lipsync::ui {

/// Where a picture lies in a view: fitted into it, or a part of it enlarged. A value; sizes and places are in the
/// view's pixels, a scale is the view's pixels for one of the picture's.
class PictureZoom {
public:
    static constexpr double kSmallest = 0.1;
    static constexpr double kLargest = 16;

    bool isFitted() const { return !m_scale; }
    double scale(const QSizeF& picture, const QSizeF& view) const;
    /// The whole picture's rectangle; it may reach out of the view.
    QRectF place(const QSizeF& picture, const QSizeF& view) const;

    void fit() { m_scale.reset(); }
    /// Changes the scale so that what lies under `anchor` stays there.
    void setScale(double scale, const QPointF& anchor, const QSizeF& picture, const QSizeF& view);
    /// Moves the picture in the view, not beyond its borders.
    void moveBy(const QPointF& distance, const QSizeF& picture, const QSizeF& view);

private:
    void setCorner(const QPointF& corner, const QSizeF& picture, const QSizeF& view);

    std::optional<double> m_scale; ///< nothing: fitted
    QPointF m_centre{0.5, 0.5}; ///< the part of the picture that lies in the middle of the view, 0 to 1
};

} // namespace lipsync::ui
