// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme_tokens.h"

#include <optional>

#include <QFrame>
#include <QPen>

class QCPItemStraightLine;
class QCustomPlot;

namespace lipsync::ui {

class ChartSpan;
class StatisticsHistory;
class SwatchLegend;

/// One chart of the charts panel: a title with the newest values, or those read out, above a plot. The pointer and the
/// arrow keys read out, plus and minus (or Control and the wheel) zoom, dragging moves through the history.
/// History and span must outlive it.
class Chart : public QFrame {
    Q_OBJECT

public:
    ~Chart() override;

    void setTheme(const ThemeTokens& tokens);
    /// Takes the span's samples and draws them, if any of it can be seen.
    void refresh();
    /// Shows the values that are read out.
    void showReadout();
    /// The values in words.
    QString valuesText() const;

    /// Draws the chart in any size or resolution.
    void paintInto(QPainter& painter, const QRect& area);

    QSize minimumSizeHint() const override;

protected:
    Chart(const QString& title, const StatisticsHistory& history, ChartSpan& span, QWidget* parent);

    /// Puts the span's samples into the plot.
    virtual void fill() = 0;
    /// Texts of the legend for what is read out, or for the newest.
    virtual void fillTexts() = 0;
    /// Gives what was added to the plot its colours.
    virtual void applyTheme(const ThemeTokens& tokens) = 0;
    /// Reads out what lies at a place of the horizontal axis; nothing ends reading.
    virtual void readAt(std::optional<double> x) = 0;
    /// Reads out `steps` further right than now.
    virtual void step(int steps) = 0;
    /// Where the read-out line stands on the horizontal axis.
    virtual std::optional<double> readX() const = 0;

    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;

    const StatisticsHistory& history() const { return m_history; }
    ChartSpan& span() { return m_span; }
    const ChartSpan& span() const { return m_span; }
    QCustomPlot& plot() { return *m_plot; }
    SwatchLegend& legend() { return *m_legend; }
    const ThemeTokens& tokens() const { return m_tokens; }

    /// Gives the vertical axis a round end above `largest`, and leaves it where it is while that fits.
    void fitTop(double largest);
    /// The vertical axis counts things: its ticks are whole numbers.
    void setCounts(bool areCounts);
    /// How a series is drawn: each colour has a line style of its own.
    QPen seriesPen(std::size_t series) const;

private:
    double coordinateAt(double x) const;
    void styleAxes();

    const StatisticsHistory& m_history;
    ChartSpan& m_span;
    ThemeTokens m_tokens = themeTokens(ThemeName::Dark);
    SwatchLegend* m_legend;
    QCustomPlot* m_plot;
    QCPItemStraightLine* m_line; ///< the plot's; where values are read out
    double m_top = 0;
    std::optional<double> m_draggedFrom; ///< place of the pointer
};

} // namespace lipsync::ui
