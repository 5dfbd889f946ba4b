// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/picture_view.h"

#include "ui/preview/picture_painting.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

namespace lipsync::ui {
namespace {

constexpr int kBytesPerPixel = 3;
constexpr QSize kPreferred{640, 520};
constexpr QSize kSmallest{240, 120};
constexpr double kGrip = 6; // pixels beside the line that take hold of it
constexpr double kKeyStep = 40; // pixels
constexpr double kWheelNotch = 120; // QWheelEvent::angleDelta() of one step
constexpr int kPercent = 100;

QImage wrap(const std::shared_ptr<const Picture>& picture, const std::vector<std::uint8_t>& bytes)
{
    auto* keeper = new std::shared_ptr<const Picture>(picture);
    return QImage(
        bytes.data(), picture->width, picture->height, static_cast<qsizetype>(picture->width) * kBytesPerPixel,
        QImage::Format_BGR888, [](void* kept) { delete static_cast<std::shared_ptr<const Picture>*>(kept); }, keeper);
}

} // namespace

QImage wrapPicture(const std::shared_ptr<const Picture>& picture)
{
    return wrap(picture, picture->bgr);
}

QImage wrapOriginal(const std::shared_ptr<const Picture>& picture)
{
    return picture->original.size() == picture->bgr.size() ? wrap(picture, picture->original) : QImage();
}

PictureView::PictureView(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("pictureView"));
    setAccessibleName(tr("Preview picture"));
    setToolTip(tr("The wheel enlarges; drag, or Shift with the arrow keys, moves an enlarged picture; a double click "
                  "switches between fitted and actual size"));
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(kSmallest);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setMouseTracking(true);
}

void PictureView::showPicture(const std::shared_ptr<const Picture>& picture)
{
    m_picture = picture;
    m_image = picture ? wrapPicture(picture) : QImage();
    m_original = picture ? wrapOriginal(picture) : QImage();
    showZoom();
    update();
}

void PictureView::setMessage(const QString& title, const QString& detail)
{
    m_title = title;
    m_detail = detail;
    setAccessibleDescription(title + QLatin1Char(' ') + detail);
    update();
}

void PictureView::setDropHint(bool isShown)
{
    m_hasDropHint = isShown;
    update();
}

void PictureView::setOverlay(const QStringList& lines)
{
    if (std::exchange(m_overlay, lines) != lines)
        update();
}

void PictureView::setWiping(bool isWiping)
{
    m_isWiping = isWiping;
    update();
}

void PictureView::setWipe(double part)
{
    const double wipe = std::clamp(part, 0.0, 1.0);
    if (std::exchange(m_wipe, wipe) == wipe)
        return;
    update();
    Q_EMIT wipeMoved(wipe);
}

void PictureView::fit()
{
    m_zoom.fit();
    showZoom();
    update();
}

void PictureView::showActualSize()
{
    setScale(1 / devicePixelRatioF(), QRectF(rect()).center());
}

void PictureView::zoomBy(double factor)
{
    setScale(m_zoom.scale(pictureSize(), size()) * factor, QRectF(rect()).center());
}

int PictureView::zoomPercent() const
{
    if (m_image.isNull())
        return 0;
    return static_cast<int>(std::lround(m_zoom.scale(pictureSize(), size()) * devicePixelRatioF() * kPercent));
}

QRectF PictureView::picturePlace() const
{
    return m_zoom.place(pictureSize(), size());
}

QSize PictureView::sizeHint() const
{
    return kPreferred;
}

bool PictureView::event(QEvent* event)
{
    // Words that come up by themselves would cover the picture that is watched.
    if (event->type() == QEvent::ToolTip && !m_image.isNull() && !isOnWipe(static_cast<QHelpEvent*>(event)->pos())) {
        event->ignore();
        return true;
    }
    return QWidget::event(event);
}

void PictureView::resizeEvent(QResizeEvent* /*event*/)
{
    showZoom();
}

void PictureView::mousePressEvent(QMouseEvent* event)
{
    const bool isMoved = event->button() == Qt::MiddleButton || event->button() == Qt::LeftButton;
    if (m_image.isNull() || !isMoved) {
        QWidget::mousePressEvent(event);
        return;
    }
    const bool takesWipe = event->button() == Qt::LeftButton && isOnWipe(event->position());
    m_hand = takesWipe ? Hand::Wipe : Hand::Move;
    m_handPlace = event->position();
    showCursor(event->position());
}

void PictureView::mouseMoveEvent(QMouseEvent* event)
{
    const QPointF place = event->position();
    if (m_hand == Hand::Wipe)
        setWipe((place.x() - picturePlace().left()) / std::max(1.0, picturePlace().width()));
    else if (m_hand == Hand::Move)
        moveBy(place - m_handPlace);
    m_handPlace = place;
    showCursor(place);
}

void PictureView::mouseReleaseEvent(QMouseEvent* event)
{
    m_hand = Hand::None;
    showCursor(event->position());
}

void PictureView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (m_image.isNull() || event->button() != Qt::LeftButton)
        return;
    if (isFitted())
        setScale(1 / devicePixelRatioF(), event->position());
    else
        fit();
}

void PictureView::wheelEvent(QWheelEvent* event)
{
    if (m_image.isNull()) {
        event->ignore();
        return;
    }
    setScale(m_zoom.scale(pictureSize(), size()) * std::pow(kZoomStep, event->angleDelta().y() / kWheelNotch),
             event->position());
    event->accept();
}

void PictureView::keyPressEvent(QKeyEvent* event)
{
    if (event->modifiers() == Qt::ShiftModifier && !m_image.isNull()) {
        switch (event->key()) {
        case Qt::Key_Left:
            return moveBy({kKeyStep, 0});
        case Qt::Key_Right:
            return moveBy({-kKeyStep, 0});
        case Qt::Key_Up:
            return moveBy({0, kKeyStep});
        case Qt::Key_Down:
            return moveBy({0, -kKeyStep});
        default:
            break;
        }
    }
    QWidget::keyPressEvent(event);
}

double PictureView::wipeX() const
{
    const QRectF place = picturePlace();
    return place.left() + m_wipe * place.width();
}

bool PictureView::isOnWipe(const QPointF& place) const
{
    return showsWipe() && std::abs(place.x() - wipeX()) <= kGrip;
}

void PictureView::setScale(double scale, const QPointF& anchor)
{
    if (m_image.isNull())
        return;
    m_zoom.setScale(scale, anchor, pictureSize(), size());
    showZoom();
    update();
}

void PictureView::moveBy(const QPointF& distance)
{
    m_zoom.moveBy(distance, pictureSize(), size());
    update();
}

void PictureView::showZoom()
{
    const int percent = zoomPercent();
    if (std::exchange(m_shownPercent, percent) != percent)
        Q_EMIT zoomChanged(percent);
}

void PictureView::showCursor(const QPointF& place)
{
    if (m_hand == Hand::Wipe || (m_hand == Hand::None && isOnWipe(place)))
        setCursor(Qt::SplitHCursor);
    else if (m_image.isNull() || isFitted())
        unsetCursor();
    else
        setCursor(m_hand == Hand::Move ? Qt::ClosedHandCursor : Qt::OpenHandCursor);
}

void PictureView::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Dark));
    if (m_image.isNull())
        paintMessage(painter, *this, m_title, m_detail);
    else
        paintPicture(painter);
    if (m_hasDropHint)
        paintDropHint(painter, *this);
    else if (hasFocus())
        paintFocus(painter, *this);
}

void PictureView::paintPicture(QPainter& painter) const
{
    const QRectF place = picturePlace();
    paintPart(painter, m_image, place, rect());
    if (showsWipe()) {
        const QRect before(0, 0, static_cast<int>(std::lround(wipeX())), height());
        paintPart(painter, m_original, place, before);
        paintWipe(painter, *this, place, wipeX());
    }
    if (!m_overlay.isEmpty())
        paintFigures(painter, *this, m_overlay, layoutDirection() == Qt::RightToLeft ? Qt::AlignRight : Qt::AlignLeft);
}

} // namespace lipsync::ui
