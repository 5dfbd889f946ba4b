// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <optional>

#include <QImage>
#include <QRect>
#include <QString>
#include <QWidget>

namespace lipsync::ui {

/// A frame of a video on which a person says where the face is: by dragging a frame around it, or with the keys
/// (arrows move, with Shift they resize, Return begins one in the middle, Delete takes it away).
class FaceChooser final : public QWidget {
    Q_OBJECT

public:
    explicit FaceChooser(QWidget* parent = nullptr);

    /// Shows a frame; the face stays if it lies in it.
    void setFrame(const QImage& frame);
    /// Instead of a frame.
    void setMessage(const QString& message);
    /// In pixels of the frame; nothing: the engine finds it.
    std::optional<FaceArea> face() const;
    void clear();

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void changed();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void paintFace(QPainter& painter) const;
    void paintHint(QPainter& painter) const;
    QRect picturePlace() const;
    QPoint toFrame(const QPoint& point) const;
    void setFace(const QRect& face);
    void describe();

    QImage m_frame;
    QString m_message;
    QRect m_face; ///< in pixels of the frame; null without one
    QPoint m_press; ///< where dragging began, in pixels of the frame
};

} // namespace lipsync::ui
