// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <cstdint>
#include <optional>
#include <vector>

#include <QAbstractTableModel>

namespace lipsync::ui {

class ExportQueueBridge;

/// The export queue as a table, a job a row, in their order of work. Rows keep their place in a view while others come,
/// go and move. A row that is dragged elsewhere moves its job.
class ExportQueueModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Output, Sources, Format, State, Progress, Speed, Elapsed, Left, kColumns };
    enum Role {
        FractionRole = Qt::UserRole, ///< 0 to 1, of Progress
        JobRole, ///< id
    };

    /// Formats give their names; see exportFormats().
    ExportQueueModel(ExportQueueBridge& bridge, std::vector<ExportFormatInfo> formats, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }
    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QModelIndexList& indexes) const override;
    bool dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                      const QModelIndex& parent) override;

    /// The job of a row; null where there is none. Valid until control returns to the event loop.
    const ExportJob* job(int row) const;
    int rowOf(std::uint64_t job) const;

    /// It works on jobs, be it all of them or only those that were started alone.
    bool isRunning() const { return m_startsAll || hasWanted(); }
    /// It works on some jobs, and others wait until it is started.
    bool pausesAfterCurrent() const { return !m_startsAll && hasWanted(); }
    /// A job that has not ended is in the queue.
    bool hasWork() const;
    bool hasEnded() const;
    /// Frames of all jobs, done and to be done, in words; empty without jobs.
    QString summary() const;
    /// Names of the files that jobs have been given.
    QStringList outputs() const;

    /// Moves a row up (negative) or down; beyond an end it does nothing.
    void shift(int row, int by);

Q_SIGNALS:
    void changed(); ///< anything above

private:
    void follow();
    bool hasWanted() const;
    void arrange(const std::vector<ExportJob>& jobs);
    QString text(const ExportJob& job, int column) const;
    QString formatName(ExportFormat format) const;

    ExportQueueBridge& m_bridge;
    std::vector<ExportFormatInfo> m_formats;
    std::vector<ExportJob> m_jobs;
    bool m_startsAll = false;
};

/// Part of a job's frames that is safely made, 0 to 1.
double fractionOf(const ExportJob& job);
/// Whether a job is over, however it ended.
bool hasEnded(const ExportJob& job);

} // namespace lipsync::ui
