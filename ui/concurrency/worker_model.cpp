// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/concurrency/worker_model.h"

#include "ui/concurrency/plan_texts.h"

#include <algorithm>

#include <QLocale>

namespace lipsync::ui {
namespace {

constexpr double kMsPerSecond = 1000;
constexpr double kPercent = 100;

QString processText(const WorkerStatus& worker)
{
    if (worker.processId > 0)
        return QString::number(worker.processId);
    return isElsewhere(worker.device) ? WorkerModel::tr("Elsewhere") : WorkerModel::tr("This one");
}

// Figures stand at the far end.
int alignmentOf(int column)
{
    return static_cast<int>((column >= WorkerModel::Heartbeat ? Qt::AlignTrailing : Qt::AlignLeading) |
                            Qt::AlignVCenter);
}

bool hasSameWorkers(const std::vector<WorkerStatus>& a, const std::vector<WorkerStatus>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const WorkerStatus& one, const WorkerStatus& other) { return one.id == other.id; });
}

} // namespace

bool isLost(const WorkerStatus& worker)
{
    // The first restart comes at once: the loss is over when the new start has come to something.
    const bool startsAgain = worker.state == WorkerState::Starting && worker.restarts > 0;
    return startsAgain || worker.state == WorkerState::Hung || worker.state == WorkerState::Restarting ||
        worker.state == WorkerState::Stopped;
}

int WorkerModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_workers.size());
}

int WorkerModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(kColumns);
}

QVariant WorkerModel::data(const QModelIndex& index, int role) const
{
    const WorkerStatus* worker = index.isValid() ? this->worker(index.row()) : nullptr;
    if (!worker)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return text(*worker, index.column());
    case Qt::ToolTipRole:
        return worker->lastError.empty() ? text(*worker, index.column())
                                         : tr("Last failure: %1").arg(QString::fromStdString(worker->lastError));
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1: %2").arg(headerData(index.column(), Qt::Horizontal).toString(),
                                            text(*worker, index.column()));
    case Qt::TextAlignmentRole:
        return alignmentOf(index.column());
    case LostRole:
        return isLost(*worker);
    default:
        return {};
    }
}

QVariant WorkerModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole)
        return alignmentOf(section);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Worker:
        return tr("Worker");
    case State:
        return tr("State");
    case Heartbeat:
        return tr("Heartbeat");
    case Use:
        return tr("In use");
    case Frames:
        return tr("Frames");
    case Restarts:
        return tr("Restarts");
    case Process:
        return tr("Process");
    default:
        return {};
    }
}

void WorkerModel::setStatistics(const StatsSnapshot& snapshot)
{
    auto workers = snapshot.workers;
    std::sort(workers.begin(), workers.end(), [](const WorkerStatus& a, const WorkerStatus& b) { return a.id < b.id; });
    if (!hasSameWorkers(workers, m_workers)) {
        for (int row = rowCount() - 1; row >= 0; --row) {
            const auto isSame = [&](const WorkerStatus& one) { return one.id == worker(row)->id; };
            if (std::any_of(workers.begin(), workers.end(), isSame))
                continue;
            beginRemoveRows({}, row, row);
            m_workers.erase(m_workers.begin() + row);
            endRemoveRows();
        }
        for (int row = 0; row < static_cast<int>(workers.size()); ++row) {
            const WorkerStatus& wanted = workers[static_cast<std::size_t>(row)];
            if (const WorkerStatus* present = worker(row); present && present->id == wanted.id)
                continue;
            beginInsertRows({}, row, row);
            m_workers.insert(m_workers.begin() + row, wanted);
            endInsertRows();
        }
    }
    m_workers = std::move(workers);
    if (!m_workers.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
    Q_EMIT changed();
}

const WorkerStatus* WorkerModel::worker(int row) const
{
    return row >= 0 && row < rowCount() ? &m_workers[static_cast<std::size_t>(row)] : nullptr;
}

int WorkerModel::lostRow() const
{
    const auto found = std::find_if(m_workers.begin(), m_workers.end(), isLost);
    return found == m_workers.end() ? -1 : static_cast<int>(found - m_workers.begin());
}

int WorkerModel::lostCount() const
{
    return static_cast<int>(std::count_if(m_workers.begin(), m_workers.end(), isLost));
}

QString WorkerModel::text(const WorkerStatus& worker, int column) const
{
    const QLocale locale;
    switch (column) {
    case Worker:
        return tr("%1 on %2").arg(worker.id).arg(QString::fromStdString(worker.device));
    case State:
        return workerStateText(worker.state);
    case Heartbeat:
        return tr("%1 s ago").arg(locale.toString(worker.heartbeatAgeMs / kMsPerSecond, 'f', 1));
    case Use:
        return tr("%1 %").arg(qRound(worker.busyShare * kPercent));
    case Frames:
        return locale.toString(static_cast<qulonglong>(worker.frames));
    case Restarts:
        return locale.toString(static_cast<qulonglong>(worker.restarts));
    case Process:
        return processText(worker);
    default:
        return {};
    }
}

} // namespace lipsync::ui
