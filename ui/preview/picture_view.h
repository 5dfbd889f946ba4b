// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <memory>

#include <QImage>
#include <QWidget>

namespace lipsync::ui {

/// The picture's pixels as a QImage without a copy: the image keeps the picture alive.
QImage wrapPicture(const std::shared_ptr<const Picture>& picture);

/// Shows one picture, fitted into the widget, or says what to do while there is none.
class PictureView final : public QWidget {
    Q_OBJECT

public:
    explicit PictureView(QWidget* parent = nullptr);

    void setPicture(const std::shared_ptr<const Picture>& picture);
    /// Text in place of a picture, e.g. what to drop where.
    void setMessage(const QString& title, const QString& detail);
    /// Marks the widget as the place where something is about to be dropped.
    void setDropHint(bool isShown);

    /// The picture as it is drawn; null while the message is shown.
    const QImage& image() const { return m_image; }
    QString messageTitle() const { return m_title; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintMessage(QPainter& painter) const;

    QImage m_image;
    QString m_title;
    QString m_detail;
    bool m_hasDropHint = false;
};

} // namespace lipsync::ui
