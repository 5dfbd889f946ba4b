// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/palette/palette_model.h"

#include "ui/actions/action_registry.h"
#include "ui/actions/command_text.h"
#include "ui/palette/fuzzy_match.h"

#include <algorithm>

#include <QAction>

namespace lipsync::ui {
namespace {

constexpr qsizetype kMostUsedLast = 8;
constexpr int kWholeName = 10'000; // points of a name typed as it is: more than any other can have

} // namespace

PaletteModel::PaletteModel(ActionRegistry& registry, QObject* parent)
    : QAbstractListModel(parent)
    , m_registry(registry)
{
    setQuery({});
}

int PaletteModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant PaletteModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const QAction& action = *m_registry.action(row.id);
    const QString shortcut = action.shortcut().toString(QKeySequence::NativeText);
    switch (role) {
    case Qt::DisplayRole:
        return commandText(action);
    case Qt::ToolTipRole:
        return row.isEnabled ? action.statusTip() : tr("Not available now: %1").arg(action.statusTip());
    case Qt::AccessibleTextRole:
        if (!row.isEnabled)
            return tr("%1, not available now").arg(commandText(action));
        return shortcut.isEmpty() ? commandText(action) : tr("%1, shortcut %2").arg(commandText(action), shortcut);
    case IdRole:
        return row.id;
    case MenuRole:
        return menuText(m_registry.menuOf(row.id));
    case ShortcutRole:
        return shortcut;
    default:
        return {};
    }
}

Qt::ItemFlags PaletteModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    return m_rows[static_cast<std::size_t>(index.row())].isEnabled ? Qt::ItemIsEnabled | Qt::ItemIsSelectable
                                                                   : Qt::NoItemFlags;
}

void PaletteModel::setQuery(const QString& query)
{
    beginResetModel();
    m_rows.clear();
    for (const QString& id : m_registry.ids()) {
        if (m_leftOut.contains(id))
            continue;
        const QAction& action = *m_registry.action(id);
        const QString command = commandText(action);
        // The name counts most; its menu and what it does find it, too.
        auto score = fuzzyScore(query, command);
        if (score)
            score = *score * 2;
        else
            score = fuzzyScore(query, menuText(m_registry.menuOf(id)) + u' ' + command);
        if (!score && action.statusTip().contains(query.trimmed(), Qt::CaseInsensitive))
            score = 0;
        if (!score)
            continue;
        if (command.compare(query.trimmed(), Qt::CaseInsensitive) == 0)
            *score += kWholeName;
        if (const auto used = m_usedLast.indexOf(id); used >= 0)
            *score += static_cast<int>(kMostUsedLast - used);
        m_rows.push_back({id, *score, action.isEnabled()});
    }
    std::stable_sort(m_rows.begin(), m_rows.end(), [](const Row& one, const Row& other) {
        return one.isEnabled != other.isEnabled ? one.isEnabled : one.score > other.score;
    });
    endResetModel();
}

void PaletteModel::leaveOut(const QString& id)
{
    m_leftOut.append(id);
    setQuery({});
}

bool PaletteModel::trigger(int row)
{
    if (row < 0 || row >= rowCount())
        return false;
    const QString id = m_rows[static_cast<std::size_t>(row)].id;
    QAction* action = m_registry.action(id);
    if (!action->isEnabled())
        return false;
    m_usedLast.removeAll(id);
    m_usedLast.prepend(id);
    while (m_usedLast.size() > kMostUsedLast)
        m_usedLast.removeLast();
    // The palette is closed by then and the focus is back where the command works.
    QMetaObject::invokeMethod(action, &QAction::trigger, Qt::QueuedConnection);
    return true;
}

} // namespace lipsync::ui
