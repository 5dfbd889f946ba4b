// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/batch_chart.h"

#include "ui/charts/chart_span.h"
#include "ui/charts/plotting.h"
#include "ui/charts/statistics_history.h"
#include "ui/charts/swatch_legend.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <QSharedPointer>

namespace lipsync::ui {
namespace {

constexpr int kLeastSizes = 4; // shown, also when there are only batches of one
constexpr double kBarWidth = 0.7;

/// Whole numbers only.
class SizeTicker final : public QCPAxisTicker {
protected:
    double getTickStep(const QCPRange& range) override
    {
        constexpr int kMostLabels = 8;
        return std::max(1.0, std::ceil(range.size() / kMostLabels));
    }
    int getSubTickCount(double /*step*/) override { return 0; }
};

} // namespace

BatchChart::BatchChart(const StatisticsHistory& history, ChartSpan& span, QWidget* parent)
    : Chart(tr("Batch sizes"), history, span, parent)
    , m_bars(new QCPBars(plot().xAxis, plot().yAxis))
{
    setToolTip(tr("Batches by the number of frames in them, in the time that the other charts show: point at a bar or "
                  "use the left and right arrow keys to read it"));
    m_bars->setWidth(kBarWidth);
    m_bars->setAntialiased(false);
    setCounts(true);
    plot().xAxis->setTicker(QSharedPointer<QCPAxisTicker>(new SizeTicker));
    legend().setSwatches({Swatch{}});
}

void BatchChart::fill()
{
    m_batches = history().batchesBetween(span().begin(), span().end());
    QVector<QCPBarsData> bars;
    double largest = 0;
    for (std::size_t size = 1; size < m_batches.size(); ++size) {
        const auto batches = static_cast<double>(m_batches[size]);
        bars.append(QCPBarsData(static_cast<double>(size), batches));
        largest = std::max(largest, batches);
    }
    m_bars->data()->set(bars, true);
    const int sizes = std::max(kLeastSizes, static_cast<int>(m_batches.size()) - 1);
    plot().xAxis->setRange(0.5, sizes + 0.5);
    fitTop(largest);
}

void BatchChart::fillTexts()
{
    const std::uint64_t all = allBatches();
    if (m_readSize) {
        const auto size = static_cast<std::size_t>(*m_readSize);
        const std::uint64_t batches = size < m_batches.size() ? m_batches[size] : 0;
        const double percent = all > 0 ? 100.0 * static_cast<double>(batches) / static_cast<double>(all) : 0;
        legend().setTexts({tr("size %1: %2 batches (%3 %)")
                               .arg(*m_readSize)
                               .arg(locale().toString(static_cast<qulonglong>(batches)))
                               .arg(std::lround(percent))});
        return;
    }
    double frames = 0;
    for (std::size_t size = 1; size < m_batches.size(); ++size)
        frames += static_cast<double>(size) * static_cast<double>(m_batches[size]);
    legend().setTexts(
        {all > 0 ? tr("mean %1").arg(locale().toString(frames / static_cast<double>(all), 'f', 2)) : tr("no batches")});
}

void BatchChart::applyTheme(const ThemeTokens& tokens)
{
    QColor inside = tokens.series[0];
    inside.setAlphaF(0.55F);
    m_bars->setPen(QPen(tokens.series[0], 1));
    m_bars->setBrush(inside);
    legend().setSwatches({Swatch{QPen(tokens.series[0], 1), inside, {}}});
}

void BatchChart::readAt(std::optional<double> x)
{
    const std::optional<int> size = x ? std::optional(static_cast<int>(std::lround(*x))) : std::nullopt;
    if (size == m_readSize)
        return;
    m_readSize = size;
    showReadout();
}

void BatchChart::step(int steps)
{
    const int sizes = std::max(kLeastSizes, static_cast<int>(m_batches.size()) - 1);
    readAt(m_readSize ? std::clamp(*m_readSize + steps, 1, sizes) : 1);
}

std::optional<double> BatchChart::readX() const
{
    return m_readSize ? std::optional<double>(*m_readSize) : std::nullopt;
}

std::uint64_t BatchChart::allBatches() const
{
    return std::accumulate(m_batches.begin(), m_batches.end(), std::uint64_t{0});
}

} // namespace lipsync::ui
