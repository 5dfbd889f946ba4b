// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/export_queue_model.h"

#include "ui/engine_bridge/export_queue_bridge.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/export/export_texts.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include <QLocale>
#include <QMimeData>

namespace lipsync::ui {
namespace {

const auto kMimeType = QStringLiteral("application/x-lipsync-export-job");

// Figures stand at the far end.
int alignmentOf(int column)
{
    return static_cast<int>((column >= ExportQueueModel::Speed ? Qt::AlignTrailing : Qt::AlignLeading) |
                            Qt::AlignVCenter);
}

} // namespace

double fractionOf(const ExportJob& job)
{
    if (job.state == ExportJobState::Done)
        return 1;
    if (job.progress.frames <= 0)
        return 0;
    return std::clamp(static_cast<double>(job.progress.framesDone) / static_cast<double>(job.progress.frames), 0.0,
                      1.0);
}

bool hasEnded(const ExportJob& job)
{
    return job.state == ExportJobState::Done || job.state == ExportJobState::Cancelled ||
        job.state == ExportJobState::Failed;
}

ExportQueueModel::ExportQueueModel(ExportQueueBridge& bridge, std::vector<ExportFormatInfo> formats, QObject* parent)
    : QAbstractTableModel(parent)
    , m_bridge(bridge)
    , m_formats(std::move(formats))
{
    connect(&bridge, &ExportQueueBridge::changed, this, &ExportQueueModel::follow);
    follow();
}

int ExportQueueModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_jobs.size());
}

int ExportQueueModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(kColumns);
}

QVariant ExportQueueModel::data(const QModelIndex& index, int role) const
{
    const ExportJob* job = index.isValid() ? this->job(index.row()) : nullptr;
    if (!job)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return text(*job, index.column());
    case Qt::ToolTipRole:
        if (index.column() == Output)
            return fromPath(job->request.output);
        if (index.column() == State && !job->message.empty())
            return QString::fromStdString(job->message);
        return text(*job, index.column());
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1: %2").arg(headerData(index.column(), Qt::Horizontal).toString(),
                                            text(*job, index.column()));
    case Qt::TextAlignmentRole:
        return alignmentOf(index.column());
    case FractionRole:
        return fractionOf(*job);
    case JobRole:
        return QVariant::fromValue<quint64>(job->id);
    default:
        return {};
    }
}

QVariant ExportQueueModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole)
        return alignmentOf(section);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Output:
        return tr("Output");
    case Sources:
        return tr("Avatar and voice");
    case Format:
        return tr("Format");
    case State:
        return tr("State");
    case Progress:
        return tr("Progress");
    case Speed:
        return tr("Speed");
    case Elapsed:
        return tr("Elapsed");
    case Left:
        return tr("Left");
    default:
        return {};
    }
}

Qt::ItemFlags ExportQueueModel::flags(const QModelIndex& index) const
{
    // Jobs are dropped between rows, not on them.
    return index.isValid() ? Qt::ItemIsSelectable | Qt::ItemIsEnabled | Qt::ItemIsDragEnabled | Qt::ItemNeverHasChildren
                           : Qt::ItemIsDropEnabled;
}

QStringList ExportQueueModel::mimeTypes() const
{
    return {kMimeType};
}

QMimeData* ExportQueueModel::mimeData(const QModelIndexList& indexes) const
{
    const ExportJob* job = indexes.isEmpty() ? nullptr : this->job(indexes.first().row());
    if (!job)
        return nullptr;
    auto data = std::make_unique<QMimeData>();
    data->setData(kMimeType, QByteArray::number(static_cast<qulonglong>(job->id)));
    return data.release();
}

bool ExportQueueModel::dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int /*column*/,
                                    const QModelIndex& parent)
{
    if (action != Qt::MoveAction || !data->hasFormat(kMimeType))
        return false;
    const std::uint64_t job = data->data(kMimeType).toULongLong();
    const int from = rowOf(job);
    if (from < 0)
        return false;
    const int gap = row >= 0 ? row : parent.isValid() ? parent.row() : rowCount();
    const int to = gap > from ? gap - 1 : gap;
    if (to != from)
        m_bridge.move(job, static_cast<std::size_t>(to));
    return true;
}

const ExportJob* ExportQueueModel::job(int row) const
{
    return row >= 0 && row < rowCount() ? &m_jobs[static_cast<std::size_t>(row)] : nullptr;
}

int ExportQueueModel::rowOf(std::uint64_t job) const
{
    const auto found =
        std::find_if(m_jobs.begin(), m_jobs.end(), [job](const ExportJob& one) { return one.id == job; });
    return found == m_jobs.end() ? -1 : static_cast<int>(found - m_jobs.begin());
}

bool ExportQueueModel::hasWork() const
{
    return std::any_of(m_jobs.begin(), m_jobs.end(), [](const ExportJob& job) { return !ui::hasEnded(job); });
}

bool ExportQueueModel::hasEnded() const
{
    return std::any_of(m_jobs.begin(), m_jobs.end(), [](const ExportJob& job) { return ui::hasEnded(job); });
}

QString ExportQueueModel::summary() const
{
    const auto ended = static_cast<int>(
        std::count_if(m_jobs.begin(), m_jobs.end(), [](const ExportJob& job) { return ui::hasEnded(job); }));
    const int open = rowCount() - ended;
    if (m_jobs.empty())
        return {};
    if (open == 0)
        return tr("Every export has ended.");
    if (!isRunning())
        return tr("Exports that wait: %1. Press Start.").arg(open);
    return pausesAfterCurrent() && open > 1 ? tr("Exports to do: %1. The queue pauses after the current one.").arg(open)
                                            : tr("Exports to do: %1.").arg(open);
}

bool ExportQueueModel::hasWanted() const
{
    return std::any_of(m_jobs.begin(), m_jobs.end(), [](const ExportJob& job) { return job.isWanted; });
}

QStringList ExportQueueModel::outputs() const
{
    QStringList names;
    for (const ExportJob& job : m_jobs)
        names.append(fromPath(job.request.output));
    return names;
}

void ExportQueueModel::shift(int row, int by)
{
    const ExportJob* moved = job(row);
    const int to = row + by;
    if (moved && to >= 0 && to < rowCount() && by != 0)
        m_bridge.move(moved->id, static_cast<std::size_t>(to));
}

void ExportQueueModel::follow()
{
    arrange(m_bridge.jobs());
    m_startsAll = m_bridge.isRunning();
    Q_EMIT changed();
}

void ExportQueueModel::arrange(const std::vector<ExportJob>& jobs)
{
    const auto isKept = [&jobs](const ExportJob& old) {
        return std::any_of(jobs.begin(), jobs.end(), [&old](const ExportJob& job) { return job.id == old.id; });
    };
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (isKept(*job(row)))
            continue;
        beginRemoveRows({}, row, row);
        m_jobs.erase(m_jobs.begin() + row);
        endRemoveRows();
    }
    for (int row = 0; row < static_cast<int>(jobs.size()); ++row) {
        const ExportJob& wanted = jobs[static_cast<std::size_t>(row)];
        const int from = rowOf(wanted.id);
        if (from < 0) {
            beginInsertRows({}, row, row);
            m_jobs.insert(m_jobs.begin() + row, wanted);
            endInsertRows();
        } else if (from != row) {
            beginMoveRows({}, from, from, {}, row);
            std::rotate(m_jobs.begin() + row, m_jobs.begin() + from, m_jobs.begin() + from + 1);
            endMoveRows();
        }
    }
    m_jobs = jobs;
    if (!m_jobs.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
}

QString ExportQueueModel::text(const ExportJob& job, int column) const
{
    const QLocale locale;
    const bool isWorkedOn = job.state == ExportJobState::Running;
    switch (column) {
    case Output:
        return fromPath(job.request.output.filename());
    case Sources:
        return sourcesText(job.request);
    case Format:
        return formatName(job.request.format);
    case State:
        return job.state == ExportJobState::Done && job.outputBytes > 0
            ? tr("%1 · %2").arg(stateText(job.state), locale.formattedDataSize(static_cast<qint64>(job.outputBytes)))
            : stateText(job.state);
    case Progress:
        return job.progress.frames > 0 ? tr("%1 %").arg(static_cast<int>(fractionOf(job) * 100)) : QString();
    case Speed:
        return isWorkedOn && job.progress.framesPerSecond > 0
            ? tr("%1 fps").arg(locale.toString(job.progress.framesPerSecond, 'f', 1))
            : QString();
    case Elapsed:
        return job.elapsedSeconds > 0 ? durationText(job.elapsedSeconds) : QString();
    case Left:
        return isWorkedOn && job.progress.framesDone > 0 ? durationText(job.progress.secondsLeft) : QString();
    default:
        return {};
    }
}

QString ExportQueueModel::formatName(ExportFormat format) const
{
    const auto found = std::find_if(m_formats.begin(), m_formats.end(),
                                    [format](const ExportFormatInfo& one) { return one.format == format; });
    return found == m_formats.end() ? QString() : QString::fromStdString(found->name);
}

} // namespace lipsync::ui
