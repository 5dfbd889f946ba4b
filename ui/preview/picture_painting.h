// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QRect>
#include <QRectF>
#include <QStringList>

class QImage;
class QPainter;
class QWidget;

namespace lipsync::ui {

/// What a PictureView draws, in the colours of the widget's palette.
struct PicturePainting {
    Q_DECLARE_TR_FUNCTIONS(lipsync::ui::PicturePainting)
};

/// Draws what of `image`, spread over `place`, lies in `area`; nothing else of it is touched.
void paintPart(QPainter& painter, const QImage& image, const QRectF& place, const QRect& area);

/// The line of a before/after wipe at `x`, with what is on either side of it.
void paintWipe(QPainter& painter, const QWidget& view, const QRectF& place, double x);

/// Lines of text on a ground of their own in an upper corner.
void paintFigures(QPainter& painter, const QWidget& view, const QStringList& lines, Qt::Alignment side);

/// A title and what to do, in the middle of the view.
void paintMessage(QPainter& painter, const QWidget& view, const QString& title, const QString& detail);

/// The frame that shows where something is about to be dropped, and the one of the focus.
void paintDropHint(QPainter& painter, const QWidget& view);
void paintFocus(QPainter& painter, const QWidget& view);

} // namespace lipsync::ui
