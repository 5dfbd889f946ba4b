// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <cstddef>
#include <deque>
#include <vector>

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

namespace lipsync::ui {

/// The last records of the engine's log as a table.
class LogModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Time, Level, Source, Message };
    static constexpr std::size_t kMostRecords = 4000; // as many as the engine keeps
    static constexpr int kLevelRole = Qt::UserRole; ///< LogLevel as a number

    using QAbstractTableModel::QAbstractTableModel;

    /// Adds newer records; the oldest go when there are too many.
    void append(const std::vector<LogRecord>& records);
    void clear();

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    static QString levelText(LogLevel level);

private:
    QString textOf(const LogRecord& record, int column) const;

    std::deque<LogRecord> m_records;
};

/// The records of a level and above that hold some words.
class LogFilter final : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit LogFilter(LogModel& records, QObject* parent = nullptr);

    void setLeastLevel(LogLevel level);
    /// Every word must be in the source or the message; upper and lower case are the same.
    void setWords(const QString& words);

    /// Rows as lines of text, columns parted by tabs.
    QString text(const QModelIndexList& rows) const;

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    LogLevel m_leastLevel = LogLevel::Info;
    QStringList m_words;
};

} // namespace lipsync::ui
