// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/comparison/comparison_model.h"

#include "ui/concurrency/plan_texts.h"
#include "ui/engine_bridge/qt_conversion.h"

#include <algorithm>

#include <QLocale>

namespace lipsync::ui {
namespace {

constexpr double kPercent = 100;

bool isFigure(int column)
{
    return column > ComparisonModel::Strategy && column < ComparisonModel::Settings;
}

// Of the others neither more nor less is better.
bool isLessBetter(int column)
{
    return column == ComparisonModel::P50 || column == ComparisonModel::P99 || column == ComparisonModel::Memory;
}

bool hasBest(int column)
{
    return column == ComparisonModel::FramesPerSecond || isLessBetter(column);
}

// Figures stand at the far end.
int alignmentOf(int column)
{
    return static_cast<int>((isFigure(column) ? Qt::AlignTrailing : Qt::AlignLeading) | Qt::AlignVCenter);
}

} // namespace

QString strategyText(const std::string& strategy)
{
    if (strategy == "serial")
        return ComparisonModel::tr("One at a time");
    if (strategy == "batching")
        return ComparisonModel::tr("Request batching");
    if (strategy == "multi_process")
        return ComparisonModel::tr("Several processes");
    if (strategy == "multi_device")
        return ComparisonModel::tr("Several GPUs");
    if (strategy == "hybrid")
        return ComparisonModel::tr("Hybrid");
    if (strategy == "adaptive")
        return ComparisonModel::tr("Adaptive (tuned)");
    return QString::fromStdString(strategy);
}

ComparisonModel::ComparisonModel(MeasurementBridge& bridge, QObject* parent)
    : QAbstractTableModel(parent)
    , m_bridge(bridge)
{
    connect(&bridge, &MeasurementBridge::runningChanged, this, &ComparisonModel::changed);
    connect(&bridge, &MeasurementBridge::progressed, this,
            [this](Measurement what, double share, const QString& doing) {
                if (what != Measurement::Comparison)
                    return;
                m_progress = std::clamp(share, 0.0, 1.0);
                m_doing = strategyText(doing.toStdString());
                Q_EMIT changed();
            });
    connect(&bridge, &MeasurementBridge::compared, this, &ComparisonModel::take);
    connect(&bridge, &MeasurementBridge::cancelled, this, [this](Measurement what) {
        if (what == Measurement::Comparison)
            tell(tr("Stopped. The workers have their settings of before."), false);
    });
    connect(&bridge, &MeasurementBridge::failed, this, [this](Measurement what, const Error& error) {
        if (what == Measurement::Comparison)
            tell(toText(error), true);
    });
}

int ComparisonModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ComparisonModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(kColumns);
}

QVariant ComparisonModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const StrategyFigures& row = m_rows[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return text(row, column);
    case Qt::ToolTipRole:
        return row.note.empty() ? text(row, column) : QString::fromStdString(row.note);
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1: %2").arg(headerData(column, Qt::Horizontal).toString(), text(row, column));
    case Qt::TextAlignmentRole:
        return alignmentOf(column);
    case FractionRole: {
        const auto value = figure(row, column);
        double most = 0;
        for (const StrategyFigures& other : m_rows)
            most = std::max(most, figure(other, column).value_or(0));
        return value && most > 0 ? QVariant(*value / most) : QVariant();
    }
    case BestRole: {
        const auto value = figure(row, column);
        return value && value == best(column);
    }
    default:
        return {};
    }
}

QVariant ComparisonModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole)
        return alignmentOf(section);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Strategy:
        return tr("Way to serve");
    case FramesPerSecond:
        return tr("Frames a second");
    case P50:
        return tr("p50 (ms)");
    case P99:
        return tr("p99 (ms)");
    case MeanBatch:
        return tr("Mean batch");
    case DeviceUse:
        return tr("Device use");
    case Memory:
        return tr("Memory");
    case Settings:
        return tr("Settings");
    default:
        return {};
    }
}

void ComparisonModel::setAvatar(const std::filesystem::path& avatar)
{
    if (avatar == m_avatar)
        return;
    m_avatar = avatar;
    take({});
}

void ComparisonModel::start()
{
    if (!canStart())
        return;
    m_progress = 0;
    m_doing.clear();
    tell({}, false);
    ComparisonRequest request;
    request.avatar = m_avatar;
    request.secondsEach = m_secondsEach;
    request.concurrency = m_concurrency;
    m_bridge.startComparison(request);
}

void ComparisonModel::cancel()
{
    if (isRunning())
        m_bridge.cancel();
}

bool ComparisonModel::canStart() const
{
    return hasAvatar() && !m_bridge.running();
}

std::optional<ConcurrencyPlan> ComparisonModel::plan(int row) const
{
    return row >= 0 && row < rowCount() ? m_rows[static_cast<std::size_t>(row)].plan : std::nullopt;
}

QString ComparisonModel::summary() const
{
    const auto fastest = std::max_element(m_rows.begin(), m_rows.end(), [](const auto& a, const auto& b) {
        return a.figures.framesPerSecond < b.figures.framesPerSecond;
    });
    if (fastest == m_rows.end() || fastest->figures.framesPerSecond <= 0)
        return {};
    const auto serial =
        std::find_if(m_rows.begin(), m_rows.end(), [](const StrategyFigures& one) { return one.strategy == "serial"; });
    const QLocale locale;
    const QString name = strategyText(fastest->strategy);
    const QString frames = locale.toString(fastest->figures.framesPerSecond, 'f', 1);
    if (serial == m_rows.end() || serial == fastest || serial->figures.framesPerSecond <= 0)
        return tr("%1 makes the most frames a second here: %2.").arg(name, frames);
    const double gain = fastest->figures.framesPerSecond / serial->figures.framesPerSecond;
    return tr("%1 makes the most frames a second here: %2, which is %3 × one at a time.")
        .arg(name, frames, locale.toString(gain, 'f', 2));
}

void ComparisonModel::take(const std::vector<StrategyFigures>& figures)
{
    beginResetModel();
    m_rows = figures;
    endResetModel();
    m_progress = 1;
    tell({}, false);
}

void ComparisonModel::tell(const QString& message, bool isFailure)
{
    m_message = message;
    m_hasFailed = isFailure;
    Q_EMIT changed();
}

// Zero means that it was not measured.
std::optional<double> ComparisonModel::figure(const StrategyFigures& row, int column) const
{
    const auto measured = [](double value) { return value > 0 ? std::optional(value) : std::nullopt; };
    const LoadFigures& figures = row.figures;
    switch (column) {
    case FramesPerSecond:
        return measured(figures.framesPerSecond);
    case P50:
        return measured(figures.p50Ms);
    case P99:
        return measured(figures.p99Ms);
    case MeanBatch:
        return measured(figures.meanBatch);
    case DeviceUse:
        return measured(figures.deviceUse);
    case Memory:
        return measured(figures.memoryMb);
    default:
        return {};
    }
}

std::optional<double> ComparisonModel::best(int column) const
{
    std::optional<double> best;
    for (const StrategyFigures& row : m_rows) {
        const auto value = figure(row, column);
        if (!value || !hasBest(column))
            continue;
        if (!best || (isLessBetter(column) ? *value < *best : *value > *best))
            best = value;
    }
    return best;
}

QString ComparisonModel::text(const StrategyFigures& row, int column) const
{
    if (column == Strategy)
        return strategyText(row.strategy);
    if (column == Settings)
        return !row.note.empty() ? QString::fromStdString(row.note) : row.plan ? planText(*row.plan) : QString();
    const auto value = figure(row, column);
    if (!value)
        return tr("–", "no figure");
    const QLocale locale;
    if (column == DeviceUse)
        return tr("%1 %").arg(qRound(*value * kPercent));
    if (column == Memory)
        return tr("%1 MB").arg(locale.toString(qRound(*value)));
    return locale.toString(*value, 'f', 1);
}

} // namespace lipsync::ui
