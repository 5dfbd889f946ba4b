// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/server/served_call_model.h"

#include "ui/server/served_texts.h"

#include <algorithm>

#include <QFont>
#include <QLocale>

namespace lipsync::ui {
namespace {

constexpr const char* kDone = "ok";
constexpr const char* kCancelled = "cancelled"; // by whoever called

// Figures stand at the far end.
int alignmentOf(int column)
{
    return static_cast<int>((column >= ServedCallModel::Frames ? Qt::AlignTrailing : Qt::AlignLeading) |
                            Qt::AlignVCenter);
}

} // namespace

int ServedCallModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_calls.size());
}

int ServedCallModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(kColumns);
}

QVariant ServedCallModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Entry& entry = m_calls[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return text(entry, index.column());
    case Qt::ToolTipRole: // a tooltip shows HTML, and clients send what they like
        return (index.column() == Method ? plainText(entry.call.method) : text(entry, index.column())).toHtmlEscaped();
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1: %2").arg(headerData(index.column(), Qt::Horizontal).toString(),
                                            text(entry, index.column()));
    case Qt::FontRole: {
        QFont font;
        font.setBold(entry.call.status != kDone && entry.call.status != kCancelled);
        return font;
    }
    case Qt::TextAlignmentRole:
        return alignmentOf(index.column());
    default:
        return {};
    }
}

QVariant ServedCallModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return alignmentOf(section);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time:
        return tr("Time");
    case From:
        return tr("From");
    case Method:
        return tr("Method");
    case Avatar:
        return tr("Avatar");
    case Ended:
        return tr("Ended");
    case Frames:
        return tr("Frames");
    case Duration:
        return tr("Took");
    default:
        return {};
    }
}

void ServedCallModel::add(const std::vector<ServedCall>& calls)
{
    const std::size_t added = std::min(calls.size(), kMostCalls);
    if (added == 0)
        return;
    const std::size_t kept = std::min(m_calls.size(), kMostCalls - added);
    if (kept < m_calls.size()) {
        beginRemoveRows({}, static_cast<int>(kept), rowCount() - 1);
        m_calls.resize(kept);
        endRemoveRows();
    }
    beginInsertRows({}, 0, static_cast<int>(added) - 1);
    const QTime now = QTime::currentTime();
    for (auto call = calls.end() - static_cast<std::ptrdiff_t>(added); call != calls.end(); ++call)
        m_calls.push_front({now, *call});
    endInsertRows();
}

QString ServedCallModel::text(const Entry& entry, int column) const
{
    const QLocale locale;
    switch (column) {
    case Time:
        return entry.time.toString(QStringLiteral("HH:mm:ss"));
    case From:
        return peerText(entry.call.peer);
    case Method:
        return methodText(entry.call.method);
    case Avatar:
        return plainText(entry.call.avatar);
    case Ended:
        return callStatusText(entry.call.status);
    case Frames:
        return locale.toString(static_cast<qulonglong>(entry.call.frames));
    case Duration:
        return tr("%1 ms").arg(locale.toString(entry.call.durationMs, 'f', 1));
    default:
        return {};
    }
}

} // namespace lipsync::ui
