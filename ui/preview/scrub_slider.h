// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/playback/loop_range.h"

#include <optional>
#include <vector>

#include <QSlider>

namespace lipsync::ui {

/// The time line: a slider over all frames that shows the voice's loudness and jumps to where it is pressed. A loop
/// stands in it as two brackets: their upper ends can be dragged, and Shift with the mouse draws a new one.
class ScrubSlider final : public QSlider {
    Q_OBJECT

public:
    explicit ScrubSlider(QWidget* parent = nullptr);

    void setPeaks(std::vector<float> peaks);
    void setLoop(const std::optional<LoopRange>& loop);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    /// The hand wishes for this loop; it is shown once setLoop() says so.
    void loopDrawn(const lipsync::ui::LoopRange& loop);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    double playedPart() const;
    int frameAt(const QPointF& place) const;
    int placeOf(std::int64_t frame) const;
    /// The end of the loop that stays while the one under the pointer is dragged; nothing when there is none.
    std::optional<std::int64_t> grippedFrom(const QPointF& place) const;
    void drawLoopTo(std::int64_t frame);
    void paintLoop(QPainter& painter, const QRect& inside) const;

    std::vector<float> m_peaks;
    std::optional<LoopRange> m_loop;
    std::optional<std::int64_t> m_drawnFrom; ///< the end that stays while a loop is drawn
};

} // namespace lipsync::ui
