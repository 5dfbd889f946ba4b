// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/time_chart.h"

#include "ui/charts/chart_span.h"
#include "ui/charts/plotting.h"
#include "ui/charts/swatch_legend.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <QSharedPointer>

namespace lipsync::ui {
namespace {

constexpr int kHorizontalTicks = 3;
constexpr double kSecondsInMinute = 60;

/// Says how long ago a place is.
class AgoTicker final : public QCPAxisTicker {
public:
    AgoTicker() { setTickCount(kHorizontalTicks); }

protected:
    double getTickStep(const QCPRange& range) override
    {
        const double wanted = range.size() / kHorizontalTicks;
        for (const double step : {1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 180.0})
            if (step >= wanted)
                return step;
        return 5 * kSecondsInMinute;
    }
    QString getTickLabel(double tick, const QLocale& locale, QChar /*format*/, int /*precision*/) override
    {
        const double ago = std::abs(tick);
        if (ago >= kSecondsInMinute && std::fmod(ago, kSecondsInMinute) == 0)
            return TimeChart::tr("−%1 min").arg(locale.toString(ago / kSecondsInMinute, 'f', 0));
        return ago == 0 ? TimeChart::tr("0 s") : TimeChart::tr("−%1 s").arg(locale.toString(ago, 'f', 0));
    }
    int getSubTickCount(double /*step*/) override { return 0; }
};

} // namespace

TimeChart::TimeChart(const QString& title, std::vector<ChartSeries> series, VerticalAxis axis,
                     const StatisticsHistory& history, ChartSpan& span, QWidget* parent)
    : Chart(title, history, span, parent)
    , m_axis(axis)
{
    setToolTip(tr("%1: point at it or use the left and right arrow keys to read values, drag or use Shift and an "
                  "arrow key to look back, Ctrl and the wheel or + and − to zoom")
                   .arg(title));
    plot().xAxis->setTicker(QSharedPointer<QCPAxisTicker>(new AgoTicker));
    setCounts(axis == VerticalAxis::Counts);
    setSeries(std::move(series));
}

void TimeChart::setSeries(std::vector<ChartSeries> series)
{
    m_series = std::move(series);
    plot().clearGraphs();
    std::vector<Swatch> swatches;
    for (const ChartSeries& one : m_series) {
        plot().addGraph();
        swatches.push_back({{}, Qt::NoBrush, one.unknownText});
    }
    legend().setSwatches(std::move(swatches));
    applyTheme(tokens());
}

void TimeChart::fill()
{
    const double end = span().end();
    auto [first, last] = history().between(span().begin(), end);
    first -= first > 0 ? 1 : 0; // the line comes in from the left
    double largest = 0;
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        const QVector<QCPGraphData> points = pointsOf(m_series[i], first, last);
        for (const QCPGraphData& point : points)
            if (point.value > largest)
                largest = point.value;
        plot().graph(static_cast<int>(i))->data()->set(points, true);
    }
    plot().xAxis->setRange(-span().seconds(), 0);
    constexpr double kWhole = 100;
    if (m_axis == VerticalAxis::PerCent)
        plot().yAxis->setRange(0, kWhole);
    else
        fitTop(largest);
}

// A point every two pixels where there are more samples: the largest or the mean of them. Their stretches lie fast in
// time, or the line would flicker as it moves.
QVector<QCPGraphData> TimeChart::pointsOf(const ChartSeries& series, std::size_t first, std::size_t last)
{
    constexpr double kPixels = 2;
    const double stretch = span().seconds() * kPixels / std::max(1, plot().axisRect()->width());
    const double end = span().end();
    const auto& samples = history().samples();
    QVector<QCPGraphData> points;
    points.reserve(static_cast<qsizetype>(last - first));
    for (std::size_t sample = first; sample < last;) {
        const double number = std::floor(samples[sample].time / stretch);
        double time = 0;
        double sum = 0;
        double largest = -std::numeric_limits<double>::infinity();
        int count = 0;
        for (; sample < last && std::floor(samples[sample].time / stretch) == number; ++sample) {
            const double value = series.value(samples[sample]); // one that is not a number makes a gap of all
            time += samples[sample].time;
            sum += value;
            largest = std::max(largest, value);
            ++count;
        }
        const double mean = sum / count;
        points.append(QCPGraphData(time / count - end, series.showsPeaks && !std::isnan(mean) ? largest : mean));
    }
    return points;
}

void TimeChart::fillTexts()
{
    const HistorySample* sample = history().nearest(span().readTime().value_or(span().end()));
    QStringList texts;
    for (const ChartSeries& one : m_series) {
        const double value = sample ? one.value(*sample) : std::nan("");
        texts << (std::isnan(value) ? one.unknownText : one.text(value));
    }
    legend().setTexts(texts);
    const auto age = span().readAge();
    legend().setNote(age && sample ? tr("%1 s ago").arg(locale().toString(*age, 'f', 1)) : QString());
}

void TimeChart::applyTheme(const ThemeTokens& /*tokens*/)
{
    std::vector<Swatch> swatches;
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        plot().graph(static_cast<int>(i))->setPen(seriesPen(i));
        QPen thick = seriesPen(i);
        thick.setWidthF(2);
        swatches.push_back({thick, Qt::NoBrush, m_series[i].unknownText});
    }
    legend().setSwatches(std::move(swatches));
}

void TimeChart::readAt(std::optional<double> x)
{
    span().read(x ? std::optional(-*x) : std::nullopt);
}

void TimeChart::step(int steps)
{
    const auto [first, last] = history().between(span().begin(), span().end());
    if (first >= last)
        return;
    const auto& samples = history().samples();
    std::size_t at = last - 1;
    if (const auto time = span().readTime()) {
        const HistorySample* present = history().nearest(*time);
        at = history().between(present->time, present->time).first;
        const auto moved = static_cast<std::ptrdiff_t>(at) + steps;
        at = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(moved, static_cast<std::ptrdiff_t>(first),
                                                                 static_cast<std::ptrdiff_t>(last) - 1));
    }
    span().read(span().end() - samples[at].time);
}

std::optional<double> TimeChart::readX() const
{
    return span().readAge() ? std::optional(-*span().readAge()) : std::nullopt;
}

} // namespace lipsync::ui
