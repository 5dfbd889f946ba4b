// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <deque>
#include <vector>

#include <QAbstractTableModel>
#include <QTime>

namespace lipsync::ui {

/// The last calls that the server answered or refused, as a table, the newest first.
class ServedCallModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Time, From, Method, Avatar, Ended, Frames, Duration, kColumns };
    static constexpr std::size_t kMostCalls = 200;

    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    /// The oldest first; those beyond kMostCalls are forgotten.
    void add(const std::vector<lipsync::ServedCall>& calls);

private:
    struct Entry {
        QTime time;
        ServedCall call;
    };
    QString text(const Entry& entry, int column) const;

    std::deque<Entry> m_calls; ///< the newest first
};

} // namespace lipsync::ui
