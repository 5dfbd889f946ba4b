// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme_tokens.h"

#include <vector>

#include <QPoint>
#include <QWidget>

namespace lipsync {
struct TuningCell;
}

namespace lipsync::ui {

class TuningModel;

/// Frames a second by workers (down) and largest batch (across), the p99 in every cell, cells over the goal hatched.
/// Arrows go from cell to cell; Enter, Space or a click asks to use one.
class HeatMap final : public QWidget {
    Q_OBJECT

public:
    explicit HeatMap(TuningModel& model, QWidget* parent = nullptr);

    void setTokens(const lipsync::ui::ThemeTokens& tokens);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    /// The cell the keys are at; null where nothing is measured there.
    const TuningCell* current() const;
    /// Where a cell is drawn; for tests and tooltips.
    QRect rectOf(int workers, int batch) const;
    /// All there is to know of a cell, in sentences.
    QString describe(const TuningCell& cell) const;

Q_SIGNALS:
    void currentChanged();
    void activated(const lipsync::TuningCell& cell);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

private:
    struct Grid {
        std::vector<int> workers, batches;
        int headerWidth = 0, headerHeight = 0;
        QSizeF cell;
    };

    void follow();
    Grid grid() const;
    QRectF rectOf(const Grid& grid, int row, int column) const;
    const TuningCell* at(const QPoint& place) const;
    void go(int down, int across);
    void setCurrent(int workers, int batch);
    QSize leastCell() const;
    int headerWidth(const std::vector<int>& workers) const;
    void paintHeaders(QPainter& painter, const Grid& grid) const;
    void paintCell(QPainter& painter, const QRectF& place, const TuningCell* cell) const;

    TuningModel& m_model;
    ThemeTokens m_tokens = themeTokens(ThemeName::Dark);
    int m_workers = 0, m_batch = 0; ///< the current cell; 0: none
    const TuningCell* m_pressed = nullptr; ///< under the button, compared only
};

/// The colour of a cell with that share, 0 to 1, of the most frames a second, and of text on it.
QColor heatColour(const ThemeTokens& tokens, double share);
QColor heatText(const ThemeTokens& tokens, double share);

} // namespace lipsync::ui
