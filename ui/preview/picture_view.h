// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/preview/picture_zoom.h"

#include <memory>

#include <QImage>
#include <QStringList>
#include <QWidget>

class QPainter;

namespace lipsync::ui {

/// The picture's pixels as a QImage without a copy: the image keeps the picture alive.
QImage wrapPicture(const std::shared_ptr<const Picture>& picture);
/// The frame as it was filmed, likewise; null where the picture does not carry it.
QImage wrapOriginal(const std::shared_ptr<const Picture>& picture);

/// Shows one picture, fitted or enlarged, beside the frame as it was filmed when that is wished for; or says what to do
/// while there is none. Wheel, mouse and Shift with the arrow keys move it.
class PictureView final : public QWidget {
    Q_OBJECT

public:
    explicit PictureView(QWidget* parent = nullptr);

    /// Text in place of a picture, e.g. what to drop where.
    void setMessage(const QString& title, const QString& detail);
    /// Marks the widget as the place where something is about to be dropped.
    void setDropHint(bool isShown);
    /// Lines over the picture's corner; none hides them.
    void setOverlay(const QStringList& lines);

    /// Whether the frame as it was filmed is shown up to the line. Pictures without it are shown as they are.
    void setWiping(bool isWiping);
    bool isWiping() const { return m_isWiping; }
    /// Where the line stands, 0 at the picture's left border to 1 at its right one.
    void setWipe(double part);
    double wipe() const { return m_wipe; }

    void fit();
    /// A pixel of the picture for a pixel of the screen.
    void showActualSize();
    void zoomBy(double factor);
    bool isFitted() const { return m_zoom.isFitted(); }
    /// Of the picture's own size; 0 while there is none.
    int zoomPercent() const;
    /// The picture's rectangle in the widget.
    QRectF picturePlace() const;

    /// The picture as it is drawn; null while the message is shown.
    const QImage& image() const { return m_image; }
    const std::shared_ptr<const Picture>& picture() const { return m_picture; }
    QString messageTitle() const { return m_title; }
    const QStringList& overlay() const { return m_overlay; }
    QSize sizeHint() const override;

    static constexpr double kZoomStep = 1.25;

public Q_SLOTS:
    /// Shows a picture from whatever makes it; null brings the message back.
    void showPicture(const std::shared_ptr<const lipsync::Picture>& picture);

Q_SIGNALS:
    void zoomChanged(int percent);
    void wipeMoved(double part);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    enum class Hand { None, Wipe, Move };

    QSizeF pictureSize() const { return m_image.size(); }
    bool showsWipe() const { return m_isWiping && !m_original.isNull(); }
    double wipeX() const;
    bool isOnWipe(const QPointF& place) const;
    void setScale(double scale, const QPointF& anchor);
    void moveBy(const QPointF& distance);
    void showZoom();
    void showCursor(const QPointF& place);
    void paintPicture(QPainter& painter) const;

    std::shared_ptr<const Picture> m_picture;
    QImage m_image;
    QImage m_original;
    QString m_title;
    QString m_detail;
    QStringList m_overlay;
    PictureZoom m_zoom;
    double m_wipe = 0.5;
    int m_shownPercent = 0; ///< last told
    Hand m_hand = Hand::None; ///< what the pressed mouse moves
    QPointF m_handPlace;
    bool m_isWiping = false;
    bool m_hasDropHint = false;
};

} // namespace lipsync::ui
