// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/chart.h"
#include "ui/charts/statistics_history.h"

#include <functional>
#include <optional>
#include <vector>

#include <QString>
#include <QVector>

class QCPGraphData;

namespace lipsync::ui {

/// A line of a time chart.
struct ChartSeries {
    std::function<double(const HistorySample&)> value; ///< NaN leaves a gap
    std::function<QString(double)> text; ///< name, value and unit, for the legend
    QString unknownText; ///< the same where there is no value
    bool showsPeaks = false; ///< of values too near to one another to be drawn, the largest and not the mean
};

/// What the vertical axis of a time chart measures: its end fits the values, but that of per cent is 100.
enum class VerticalAxis { Values, Counts, PerCent };

/// Lines over time, from some while ago until the span's end.
class TimeChart final : public Chart {
    Q_OBJECT

public:
    TimeChart(const QString& title, std::vector<ChartSeries> series, VerticalAxis axis,
              const StatisticsHistory& history, ChartSpan& span, QWidget* parent = nullptr);

    /// Other lines, e.g. of devices that have come to light.
    void setSeries(std::vector<ChartSeries> series);

protected:
    void fill() override;
    void fillTexts() override;
    void applyTheme(const ThemeTokens& tokens) override;
    void readAt(std::optional<double> x) override;
    void step(int steps) override;
    std::optional<double> readX() const override;

private:
    QVector<QCPGraphData> pointsOf(const ChartSeries& series, std::size_t first, std::size_t last);

    std::vector<ChartSeries> m_series;
    VerticalAxis m_axis;
};

} // namespace lipsync::ui
