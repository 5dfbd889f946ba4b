// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme_tokens.h"
#include "ui/trace/trace_model.h"

#include <optional>

#include <QAbstractScrollArea>

namespace lipsync::ui {

/// Frames over time: a lane a worker, in it its batches, in them their frames, by outcome. The arrow keys go from frame
/// to frame, plus and minus (or Control and the wheel) zoom, dragging moves through time. The model must outlive it.
class TraceTimeline final : public QAbstractScrollArea {
    Q_OBJECT

public:
    static constexpr double kFirstSeconds = 2;
    static constexpr double kShortestSeconds = 0.005;
    static constexpr double kLongestSeconds = 120;

    explicit TraceTimeline(TraceModel& model, QWidget* parent = nullptr);

    void setTheme(const ThemeTokens& tokens);
    /// Whether the newest frame stays at the end.
    void setFollowing(bool isFollowing);
    double seconds() const { return m_seconds; }
    void zoom(double factor);
    /// Moves to the chosen frame where it is outside.
    void showChosen();

    /// The frame drawn at a place of the viewport.
    std::optional<std::size_t> frameAt(QPointF place) const;
    /// Where a box is drawn.
    QRectF areaOf(const TraceBox& box) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void moved(); ///< a person looked elsewhere

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void follow();
    void measure();
    void pan(double seconds);
    void zoomAround(double factor, double fixed);
    void chooseNeighbour(int steps);
    double timeAt(double x) const;
    double placeOf(double time) const;
    int laneTop(int lane) const;
    QString agoText(double ago, double step) const;
    void paintScale(QPainter& painter) const;
    void paintLanes(QPainter& painter) const;
    void paintFrames(QPainter& painter) const;
    void paintChosen(QPainter& painter) const;

    TraceModel& m_model;
    ThemeTokens m_tokens = themeTokens(ThemeName::Dark);
    double m_seconds = kFirstSeconds;
    double m_end = 0;
    bool m_isFollowing = true;
    int m_gutter = 0; ///< of the lanes' names
    int m_scaleHeight = 0;
    int m_laneHeight = 0;
    std::optional<QPointF> m_pressed;
    bool m_isDragged = false;
};

} // namespace lipsync::ui
