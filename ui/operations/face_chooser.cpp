// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/operations/face_chooser.h"

#include <algorithm>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

namespace lipsync::ui {
namespace {

constexpr int kLeastFace = 16; // pixels; below it no face is seen
constexpr int kStepsAcross = 100; // arrow keys from one side of the frame to the other
constexpr int kTextMargin = 8;
constexpr QSize kUsualSize{320, 180};
constexpr QSize kLeastSize{200, 112};

} // namespace

FaceChooser::FaceChooser(QWidget* parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::CrossCursor);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Where the face is"));
    setToolTip(tr("Drag a frame around the face. Keys: Return begins one, arrows move it, Shift and arrows resize it, "
                  "Delete takes it away."));
    describe();
}

void FaceChooser::setFrame(const QImage& frame)
{
    m_frame = frame;
    m_message.clear();
    if (!frame.rect().contains(m_face))
        clear();
    update();
}

void FaceChooser::setMessage(const QString& message)
{
    m_frame = {};
    m_message = message;
    clear();
    update();
}

std::optional<FaceArea> FaceChooser::face() const
{
    if (m_face.isEmpty())
        return {};
    return FaceArea{m_face.x(), m_face.y(), m_face.width(), m_face.height()};
}

void FaceChooser::clear()
{
    setFace({});
}

QSize FaceChooser::sizeHint() const
{
    return kUsualSize;
}

QSize FaceChooser::minimumSizeHint() const
{
    return kLeastSize;
}

void FaceChooser::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Dark));
    if (m_frame.isNull()) {
        painter.setPen(palette().color(QPalette::BrightText));
        painter.drawText(rect().adjusted(kTextMargin, kTextMargin, -kTextMargin, -kTextMargin),
                         Qt::AlignCenter | Qt::TextWordWrap, m_message);
    } else {
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.drawImage(picturePlace(), m_frame);
        if (m_face.isEmpty())
            paintHint(painter);
        else
            paintFace(painter);
    }
    if (hasFocus()) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
}

void FaceChooser::paintFace(QPainter& painter) const
{
    const QRect place = picturePlace();
    const double scale = static_cast<double>(place.width()) / m_frame.width();
    const QRectF face(place.x() + m_face.x() * scale, place.y() + m_face.y() * scale, m_face.width() * scale,
                      m_face.height() * scale);
    // Light on dark is seen on every picture.
    painter.setPen(QPen(palette().color(QPalette::Shadow), 4));
    painter.drawRect(face);
    painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
    painter.drawRect(face);
}

void FaceChooser::paintHint(QPainter& painter) const
{
    const QString hint = tr("Drag a frame around the face where there are several; otherwise the largest is taken.");
    const int flags = Qt::AlignCenter | Qt::TextWordWrap;
    QRect strip = fontMetrics().boundingRect(rect().adjusted(kTextMargin, 0, -kTextMargin, 0), flags, hint);
    strip = QRect(0, height() - strip.height() - kTextMargin, width(), strip.height() + kTextMargin);
    painter.fillRect(strip, palette().color(QPalette::Window));
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(strip.adjusted(kTextMargin, 0, -kTextMargin, 0), flags, hint);
}

void FaceChooser::mousePressEvent(QMouseEvent* event)
{
    if (m_frame.isNull() || event->button() != Qt::LeftButton)
        return;
    m_press = toFrame(event->position().toPoint());
}

void FaceChooser::mouseMoveEvent(QMouseEvent* event)
{
    if (m_frame.isNull() || !(event->buttons() & Qt::LeftButton))
        return;
    m_face = QRect(m_press, toFrame(event->position().toPoint())).normalized();
    update();
}

void FaceChooser::mouseReleaseEvent(QMouseEvent* event)
{
    if (m_frame.isNull() || event->button() != Qt::LeftButton)
        return;
    const QRect face = QRect(m_press, toFrame(event->position().toPoint())).normalized();
    setFace(face.width() >= kLeastFace && face.height() >= kLeastFace ? face : QRect());
}

void FaceChooser::keyPressEvent(QKeyEvent* event)
{
    if (m_frame.isNull()) {
        QWidget::keyPressEvent(event);
        return;
    }
    const int step = std::max(1, m_frame.width() / kStepsAcross);
    QPoint by;
    switch (event->key()) {
    case Qt::Key_Left:
        by = {-step, 0};
        break;
    case Qt::Key_Right:
        by = {step, 0};
        break;
    case Qt::Key_Up:
        by = {0, -step};
        break;
    case Qt::Key_Down:
        by = {0, step};
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter: {
        QRect middle(0, 0, std::max(kLeastFace, m_frame.height() / 3), std::max(kLeastFace, m_frame.height() / 3));
        middle.moveCenter(m_frame.rect().center());
        setFace(m_face.isEmpty() ? middle : m_face);
        return;
    }
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
        clear();
        return;
    default:
        QWidget::keyPressEvent(event);
        return;
    }
    if (m_face.isEmpty())
        return;
    QRect face = m_face;
    if (event->modifiers() & Qt::ShiftModifier) {
        face.setSize(QSize(face.width() + by.x(), face.height() + by.y()).expandedTo({kLeastFace, kLeastFace}));
    } else {
        face.translate(by);
        face.moveTo(std::clamp(face.x(), 0, std::max(0, m_frame.width() - face.width())),
                    std::clamp(face.y(), 0, std::max(0, m_frame.height() - face.height())));
    }
    setFace(face);
}

QRect FaceChooser::picturePlace() const
{
    QRect place({}, m_frame.size().scaled(size(), Qt::KeepAspectRatio));
    place.moveCenter(rect().center());
    return place;
}

QPoint FaceChooser::toFrame(const QPoint& point) const
{
    const QRect place = picturePlace();
    const double scale = static_cast<double>(m_frame.width()) / std::max(1, place.width());
    return {std::clamp(static_cast<int>((point.x() - place.x()) * scale), 0, m_frame.width() - 1),
            std::clamp(static_cast<int>((point.y() - place.y()) * scale), 0, m_frame.height() - 1)};
}

void FaceChooser::setFace(const QRect& face)
{
    m_face = m_frame.isNull() ? QRect() : face.intersected(m_frame.rect());
    describe();
    update();
    Q_EMIT changed();
}

void FaceChooser::describe()
{
    setAccessibleDescription(m_face.isEmpty() ? tr("No face is chosen: the largest one is taken.")
                                              : tr("A face of %1 × %2 pixels at %3, %4.")
                                                    .arg(m_face.width())
                                                    .arg(m_face.height())
                                                    .arg(m_face.x())
                                                    .arg(m_face.y()));
}

} // namespace lipsync::ui
