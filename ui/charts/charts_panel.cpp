// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/charts_panel.h"

#include "ui/actions/action_bar.h"
#include "ui/actions/action_registry.h"
#include "ui/charts/batch_chart.h"
#include "ui/charts/chart_actions.h"
#include "ui/charts/chart_grid.h"
#include "ui/charts/statistics_history.h"
#include "ui/charts/time_chart.h"
#include "ui/dialogs/dialogs.h"
#include "ui/engine_bridge/statistics_bridge.h"
#include "ui/files/ask_and_save.h"

#include <cmath>
#include <limits>
#include <utility>

#include <QAction>
#include <QBuffer>
#include <QDir>
#include <QImage>
#include <QToolBar>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

using namespace action_id;

constexpr double kZoomStep = 2;

QString id(const char* name)
{
    return QString::fromLatin1(name);
}

QString number(double value, int decimals)
{
    return QLocale().toString(value, 'f', decimals);
}

QString latencyNumber(double value)
{
    constexpr double kFewMs = 10;
    return number(value, value < kFewMs ? 1 : 0);
}

double valueOf(const std::vector<double>& values, int place)
{
    return place < static_cast<int>(values.size()) ? values[static_cast<std::size_t>(place)]
                                                   : std::numeric_limits<double>::quiet_NaN();
}

std::vector<ChartSeries> speedSeries()
{
    return {{[](const HistorySample& sample) { return sample.framesPerSecond; },
             [](double value) { return ChartsPanel::tr("%1 fps").arg(number(value, 1)); }, ChartsPanel::tr("– fps")}};
}

std::vector<ChartSeries> latencySeries()
{
    return {{[](const HistorySample& sample) { return sample.p50Ms; },
             [](double value) { return ChartsPanel::tr("p50 %1 ms").arg(latencyNumber(value)); },
             ChartsPanel::tr("p50 – ms"), true},
            {[](const HistorySample& sample) { return sample.p95Ms; },
             [](double value) { return ChartsPanel::tr("p95 %1 ms").arg(latencyNumber(value)); },
             ChartsPanel::tr("p95 – ms"), true},
            {[](const HistorySample& sample) { return sample.p99Ms; },
             [](double value) { return ChartsPanel::tr("p99 %1 ms").arg(latencyNumber(value)); },
             ChartsPanel::tr("p99 – ms"), true}};
}

std::vector<ChartSeries> queueSeries()
{
    const auto waiting = [](FrameClass which) {
        return [which](const HistorySample& sample) { return sample.waiting[static_cast<std::size_t>(which)]; };
    };
    return {{waiting(FrameClass::Preview),
             [](double value) { return ChartsPanel::tr("preview %1").arg(number(value, 0)); },
             ChartsPanel::tr("preview –"), true},
            {waiting(FrameClass::Live), [](double value) { return ChartsPanel::tr("live %1").arg(number(value, 0)); },
             ChartsPanel::tr("live –"), true},
            {waiting(FrameClass::Bulk), [](double value) { return ChartsPanel::tr("export %1").arg(number(value, 0)); },
             ChartsPanel::tr("export –"), true}};
}

std::vector<ChartSeries> useSeries(const QStringList& devices)
{
    std::vector<ChartSeries> series;
    for (int device = 0; device < devices.size(); ++device) {
        const QString& name = devices[device];
        series.push_back({[device](const HistorySample& sample) { return valueOf(sample.deviceUse, device); },
                          [name](double value) { return ChartsPanel::tr("%1 %2 %").arg(name, number(value, 0)); },
                          ChartsPanel::tr("%1 – %").arg(name)});
    }
    return series;
}

std::vector<ChartSeries> memorySeries(const QStringList& devices)
{
    std::vector<ChartSeries> series{
        {[](const HistorySample& sample) { return sample.processGb; },
         [](double value) { return ChartsPanel::tr("studio %1 GB").arg(number(value, 2)); },
         ChartsPanel::tr("studio – GB")},
        {[](const HistorySample& sample) { return sample.childrenGb; },
         [](double value) { return ChartsPanel::tr("workers %1 GB").arg(number(value, 2)); },
         ChartsPanel::tr("workers – GB")}};
    for (int device = 0; device < devices.size(); ++device) {
        const QString& name = devices[device];
        if (name == QLatin1String("cpu"))
            continue; // the machine's memory would hide the program's
        series.push_back({[device](const HistorySample& sample) { return valueOf(sample.deviceMemoryGb, device); },
                          [name](double value) { return ChartsPanel::tr("%1 %2 GB").arg(name, number(value, 1)); },
                          ChartsPanel::tr("%1 – GB").arg(name)});
    }
    return series;
}

QByteArray pngOf(const QImage& image)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

} // namespace

ChartsPanel::ChartsPanel(StatisticsBridge& bridge, StatisticsHistory& history, ActionRegistry& actions,
                         Dialogs& dialogs, QWidget* parent)
    : QWidget(parent)
    , m_bridge(bridge)
    , m_history(history)
    , m_actions(actions)
    , m_dialogs(dialogs)
    , m_span(history)
    , m_grid(new ChartGrid)
{
    setObjectName(QStringLiteral("dockContent"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Charts"));
    addCharts();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 2, 8, 8);
    column->setSpacing(2);
    column->addWidget(makeActionBar(actions,
                                    {id(kPauseCharts),
                                     id(kZoomChartsIn),
                                     id(kZoomChartsOut),
                                     id(kResetCharts),
                                     {},
                                     id(kClearCharts),
                                     {},
                                     id(kSaveChartsCsv),
                                     id(kSaveChartsPng)},
                                    tr("Commands of the charts")));
    column->addWidget(m_grid, 1);
    connectActions();

    connect(&bridge, &StatisticsBridge::polled, &history, &StatisticsHistory::append);
    connect(&history, &StatisticsHistory::appended, this, [this] {
        followDevices();
        if (!m_span.isPaused())
            refresh();
    });
    connect(&history, &StatisticsHistory::cleared, this, &ChartsPanel::refresh);
    connect(&m_span, &ChartSpan::changed, this, &ChartsPanel::refresh);
    connect(&m_span, &ChartSpan::readChanged, this, [this] {
        for (Chart* chart : m_grid->charts())
            chart->showReadout();
    });
    connect(&m_saver, &FileSaver::saved, this, [this](const QString& file) {
        Q_EMIT noticed(tr("The charts were saved as %1.").arg(QDir::toNativeSeparators(file)));
    });
    connect(&m_saver, &FileSaver::failed, this, &ChartsPanel::failed);
}

ChartsPanel::~ChartsPanel()
{
    delete m_grid; // charts that lose the focus still ask the span of time
}

void ChartsPanel::setTheme(const ThemeTokens& tokens)
{
    for (Chart* chart : m_grid->charts())
        chart->setTheme(tokens);
}

void ChartsPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_bridge.setFast(true);
    // Once everything has its place.
    QMetaObject::invokeMethod(this, &ChartsPanel::refresh, Qt::QueuedConnection);
}

void ChartsPanel::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_bridge.setFast(false);
}

void ChartsPanel::addCharts()
{
    m_grid->add(new TimeChart(tr("Speed"), speedSeries(), VerticalAxis::Values, m_history, m_span));
    m_grid->add(new TimeChart(tr("Latency"), latencySeries(), VerticalAxis::Values, m_history, m_span));
    m_grid->add(new TimeChart(tr("Waiting frames"), queueSeries(), VerticalAxis::Counts, m_history, m_span));
    m_grid->add(new BatchChart(m_history, m_span));
    m_use = new TimeChart(tr("Use"), useSeries({}), VerticalAxis::PerCent, m_history, m_span);
    m_memory = new TimeChart(tr("Memory"), memorySeries({}), VerticalAxis::Values, m_history, m_span);
    m_grid->add(m_use);
    m_grid->add(m_memory);
    followDevices();
}

void ChartsPanel::connectActions()
{
    const auto on = [this](const char* name, auto run) {
        connect(m_actions.action(id(name)), &QAction::triggered, this, run);
    };
    on(kPauseCharts, [this](bool isChecked) { m_span.setPaused(isChecked); });
    on(kZoomChartsIn, [this] { m_span.zoom(1 / kZoomStep); });
    on(kZoomChartsOut, [this] { m_span.zoom(kZoomStep); });
    on(kResetCharts, [this] { m_span.reset(); });
    on(kClearCharts, [this] { m_history.clear(); });
    on(kSaveChartsCsv, [this] { saveCsv(); });
    on(kSaveChartsPng, [this] { savePng(); });
    connect(&m_span, &ChartSpan::pausedChanged, m_actions.action(id(kPauseCharts)), &QAction::setChecked);
}

void ChartsPanel::refresh()
{
    if (!isVisible() || window()->isMinimized())
        return;
    for (Chart* chart : m_grid->charts())
        chart->refresh();
}

void ChartsPanel::followDevices()
{
    if (m_devices == m_history.devices())
        return;
    m_devices = m_history.devices();
    m_use->setSeries(useSeries(m_devices));
    m_memory->setSeries(memorySeries(m_devices));
}

void ChartsPanel::saveCsv()
{
    askAndSave(this, m_dialogs, m_saver,
               {tr("Save charts as a table"), QStringLiteral("lipsync-statistics.csv"), tr("Table (*.csv)")},
               [samples = m_history.samples(), devices = m_history.devices()] {
                   return StatisticsHistory::toCsv(samples, devices);
               });
}

void ChartsPanel::savePng()
{
    constexpr double kScale = 2;
    askAndSave(this, m_dialogs, m_saver,
               {tr("Save charts as a picture"), QStringLiteral("lipsync-charts.png"), tr("Picture (*.png)")},
               [image = m_grid->picture(kScale)] { return pngOf(image); });
}

} // namespace lipsync::ui
