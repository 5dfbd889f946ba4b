// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/picture_view.h"

#include <QPainter>

namespace lipsync::ui {
namespace {

constexpr int kBytesPerPixel = 3;
constexpr QSize kPreferred{640, 520};
constexpr QSize kSmallest{240, 180};
constexpr int kTitleSize = 18; // pixels
constexpr int kTextWidth = 420; // of the message's lines
constexpr int kDropMargin = 12;
constexpr int kDropWidth = 2;

} // namespace

QImage wrapPicture(const std::shared_ptr<const Picture>& picture)
{
    auto* keeper = new std::shared_ptr<const Picture>(picture);
    return QImage(
        picture->bgr.data(), picture->width, picture->height, static_cast<qsizetype>(picture->width) * kBytesPerPixel,
        QImage::Format_BGR888, [](void* kept) { delete static_cast<std::shared_ptr<const Picture>*>(kept); }, keeper);
}

PictureView::PictureView(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("pictureView"));
    setAccessibleName(tr("Preview picture"));
    setFocusPolicy(Qt::ClickFocus);
    setMinimumSize(kSmallest);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAttribute(Qt::WA_OpaquePaintEvent);
}

void PictureView::setPicture(const std::shared_ptr<const Picture>& picture)
{
    m_image = picture ? wrapPicture(picture) : QImage();
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

QSize PictureView::sizeHint() const
{
    return kPreferred;
}

void PictureView::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Dark));
    if (m_image.isNull()) {
        paintMessage(painter);
    } else {
        QRect fitted({}, m_image.size().scaled(size(), Qt::KeepAspectRatio));
        fitted.moveCenter(rect().center());
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.drawImage(fitted, m_image);
    }
    if (m_hasDropHint) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), kDropWidth, Qt::DashLine));
        painter.setRenderHint(QPainter::Antialiasing);
        painter.drawRoundedRect(rect().adjusted(kDropMargin, kDropMargin, -kDropMargin, -kDropMargin), kDropMargin,
                                kDropMargin);
    }
}

void PictureView::paintMessage(QPainter& painter) const
{
    QFont titleFont = font();
    titleFont.setPixelSize(kTitleSize);
    titleFont.setWeight(QFont::DemiBold);
    const int width = std::min(kTextWidth, this->width() - 2 * kDropMargin);
    QRect line((this->width() - width) / 2, height() / 2 - 2 * kTitleSize, width, 2 * kTitleSize);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.setFont(titleFont);
    painter.drawText(line, Qt::AlignCenter, m_title);
    painter.setPen(palette().color(QPalette::BrightText));
    painter.setFont(font());
    painter.drawText(QRect(line.left(), line.bottom() + kDropMargin, width, height() / 2 - kDropMargin),
                     Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, m_detail);
}

} // namespace lipsync::ui
