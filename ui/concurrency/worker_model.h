// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <cstdint>
#include <vector>

#include <QAbstractTableModel>

namespace lipsync::ui {

/// The engine's workers as a table, a worker a row, by their numbers. Rows keep their place in a view while others come
/// and go.
class WorkerModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Worker, State, Heartbeat, Use, Frames, Restarts, Process, kColumns };
    enum Role { LostRole = Qt::UserRole }; ///< whether the worker is lost

    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    void setStatistics(const lipsync::StatsSnapshot& snapshot);

    /// The worker of a row; null where there is none. Valid until control returns to the event loop.
    const WorkerStatus* worker(int row) const;
    /// The first row of a lost worker; -1 without one.
    int lostRow() const;
    int lostCount() const;

Q_SIGNALS:
    void changed();

private:
    QString text(const WorkerStatus& worker, int column) const;

    std::vector<WorkerStatus> m_workers;
};

/// Whether a worker does not compute although it should: it hangs, waits for its restart, starts again, or
/// has failed.
bool isLost(const WorkerStatus& worker);

} // namespace lipsync::ui
