// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/server/served_method_model.h"

#include "ui/server/served_texts.h"

#include <algorithm>
#include <utility>

#include <QLocale>

namespace lipsync::ui {
namespace {

// Figures stand at the far end.
int alignmentOf(int column)
{
    return static_cast<int>((column == ServedMethodModel::Method ? Qt::AlignLeading : Qt::AlignTrailing) |
                            Qt::AlignVCenter);
}

} // namespace

int ServedMethodModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_methods.size());
}

int ServedMethodModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(kColumns);
}

QVariant ServedMethodModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ServedMethod& method = m_methods[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return text(method, index.column());
    case Qt::ToolTipRole:
        return plainText(method.method).toHtmlEscaped();
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1: %2").arg(headerData(index.column(), Qt::Horizontal).toString(),
                                            text(method, index.column()));
    case Qt::TextAlignmentRole:
        return alignmentOf(index.column());
    default:
        return {};
    }
}

QVariant ServedMethodModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return alignmentOf(section);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Method:
        return tr("Method");
    case Calls:
        return tr("Calls");
    case Failed:
        return tr("Failed");
    case Median:
        return tr("Half within");
    case P99:
        return tr("p99");
    default:
        return {};
    }
}

void ServedMethodModel::setMethods(std::vector<ServedMethod> methods)
{
    std::sort(methods.begin(), methods.end(),
              [](const ServedMethod& a, const ServedMethod& b) { return a.method < b.method; });
    const auto has = [](const std::vector<ServedMethod>& all, const std::string& name) {
        return std::any_of(all.begin(), all.end(), [&](const ServedMethod& one) { return one.method == name; });
    };
    for (int row = rowCount() - 1; row >= 0; --row) { // those of a server before
        if (has(methods, m_methods[static_cast<std::size_t>(row)].method))
            continue;
        beginRemoveRows({}, row, row);
        m_methods.erase(m_methods.begin() + row);
        endRemoveRows();
    }
    for (int row = 0; row < static_cast<int>(methods.size()); ++row) {
        const ServedMethod& wanted = methods[static_cast<std::size_t>(row)];
        if (row < rowCount() && m_methods[static_cast<std::size_t>(row)].method == wanted.method)
            continue;
        beginInsertRows({}, row, row);
        m_methods.insert(m_methods.begin() + row, wanted);
        endInsertRows();
    }
    m_methods = std::move(methods);
    if (!m_methods.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
}

QString ServedMethodModel::text(const ServedMethod& method, int column) const
{
    const QLocale locale;
    const auto milliseconds = [&](double value) {
        return method.latency.count > 0 ? tr("%1 ms").arg(locale.toString(value, 'f', 1)) : QStringLiteral("–");
    };
    switch (column) {
    case Method:
        return methodText(method.method);
    case Calls:
        return locale.toString(static_cast<qulonglong>(method.accepted));
    case Failed:
        return locale.toString(static_cast<qulonglong>(method.failed));
    case Median:
        return milliseconds(method.latency.p50Ms);
    case P99:
        return milliseconds(method.latency.p99Ms);
    default:
        return {};
    }
}

} // namespace lipsync::ui
