// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/log/log_model.h"

#include <algorithm>
#include <chrono>

#include <QDateTime>
#include <QFont>
#include <QLocale>

namespace lipsync::ui {
namespace {

constexpr int kColumns = 4;

QDateTime momentOf(const LogRecord& record)
{
    return QDateTime::fromMSecsSinceEpoch(
        std::chrono::duration_cast<std::chrono::milliseconds>(record.time.time_since_epoch()).count());
}

} // namespace

void LogModel::append(const std::vector<LogRecord>& records)
{
    const std::size_t added = std::min(records.size(), kMostRecords);
    if (added == 0)
        return;
    const std::size_t surplus =
        m_records.size() + added > kMostRecords ? m_records.size() + added - kMostRecords : std::size_t{0};
    if (surplus > 0) {
        beginRemoveRows({}, 0, static_cast<int>(surplus) - 1);
        m_records.erase(m_records.begin(), m_records.begin() + static_cast<std::ptrdiff_t>(surplus));
        endRemoveRows();
    }
    const int first = static_cast<int>(m_records.size());
    beginInsertRows({}, first, first + static_cast<int>(added) - 1);
    m_records.insert(m_records.end(), records.end() - static_cast<std::ptrdiff_t>(added), records.end());
    endInsertRows();
}

void LogModel::clear()
{
    beginResetModel();
    m_records.clear();
    endResetModel();
}

int LogModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_records.size());
}

int LogModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

QVariant LogModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const LogRecord& record = m_records[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return textOf(record, index.column());
    case Qt::ToolTipRole:
        return index.column() == Time ? QLocale().toString(momentOf(record), QLocale::LongFormat)
                                      : QString::fromStdString(record.message);
    case Qt::FontRole: {
        QFont font;
        font.setBold(record.level >= LogLevel::Warning);
        return font;
    }
    case Qt::AccessibleTextRole:
        return tr("%1: %2").arg(levelText(record.level), textOf(record, index.column()));
    case kLevelRole:
        return static_cast<int>(record.level);
    default:
        return {};
    }
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time:
        return tr("Time");
    case Level:
        return tr("Level");
    case Source:
        return tr("Source");
    case Message:
        return tr("Message");
    default:
        return {};
    }
}

QString LogModel::levelText(LogLevel level)
{
    switch (level) {
    case LogLevel::Debug:
        return tr("Detail");
    case LogLevel::Info:
        return tr("Information");
    case LogLevel::Warning:
        return tr("Warning");
    case LogLevel::Error:
        return tr("Error");
    }
    return {};
}

QString LogModel::textOf(const LogRecord& record, int column) const
{
    switch (column) {
    case Time:
        return momentOf(record).toString(QStringLiteral("HH:mm:ss.zzz"));
    case Level:
        return levelText(record.level);
    case Source:
        return QString::fromStdString(record.source);
    case Message:
        return QString::fromStdString(record.message).simplified();
    default:
        return {};
    }
}

LogFilter::LogFilter(LogModel& records, QObject* parent)
    : QSortFilterProxyModel(parent)
{
    setSourceModel(&records);
}

void LogFilter::setLeastLevel(LogLevel level)
{
    m_leastLevel = level;
    invalidateFilter();
}

void LogFilter::setWords(const QString& words)
{
    m_words = words.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

QString LogFilter::text(const QModelIndexList& rows) const
{
    QStringList lines;
    for (const QModelIndex& row : rows) {
        QStringList fields;
        for (int column = 0; column < kColumns; ++column)
            fields << row.siblingAtColumn(column).data().toString();
        lines << fields.join(QLatin1Char('\t'));
    }
    return lines.join(QLatin1Char('\n'));
}

bool LogFilter::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    const QModelIndex message = sourceModel()->index(row, LogModel::Message, parent);
    if (message.data(LogModel::kLevelRole).toInt() < static_cast<int>(m_leastLevel))
        return false;
    const QString text = message.data().toString();
    const QString source = message.siblingAtColumn(LogModel::Source).data().toString();
    return std::all_of(m_words.begin(), m_words.end(), [&](const QString& word) {
        return text.contains(word, Qt::CaseInsensitive) || source.contains(word, Qt::CaseInsensitive);
    });
}

} // namespace lipsync::ui
