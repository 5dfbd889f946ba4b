// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/shortcuts_model.h"

#include "ui/actions/action_registry.h"
#include "ui/actions/command_text.h"
#include "ui/settings/shortcut_choice.h"

#include <QAction>
#include <QFont>

namespace lipsync::ui {

ShortcutsModel::ShortcutsModel(ActionRegistry& registry, ShortcutChoice& choice, QObject* parent)
    : QAbstractTableModel(parent)
    , m_registry(registry)
    , m_choice(choice)
    , m_ids(registry.ids())
{
    connect(&registry, &ActionRegistry::added, this, &ShortcutsModel::add);
    connect(&registry, &ActionRegistry::shortcutsChanged, this, &ShortcutsModel::follow);
}

int ShortcutsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_ids.size());
}

int ShortcutsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

QVariant ShortcutsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const QString& id = m_ids[index.row()];
    switch (role) {
    case Qt::DisplayRole:
        return text(id, index.column());
    case Qt::ToolTipRole:
        return m_registry.action(id)->statusTip();
    case Qt::AccessibleTextRole:
        if (index.column() == Shortcut && m_choice.isChanged(id))
            return text(id, Shortcut).isEmpty() ? tr("No shortcut, changed")
                                                : tr("%1, changed").arg(text(id, Shortcut));
        return text(id, index.column());
    case Qt::FontRole:
        if (index.column() == Shortcut && m_choice.isChanged(id)) {
            QFont font;
            font.setBold(true);
            return font;
        }
        return {};
    case IdRole:
        return id;
    case SearchRole:
        return QStringList{text(id, Command), text(id, Menu), text(id, Shortcut), m_registry.action(id)->statusTip()}
            .join(u' ');
    default:
        return {};
    }
}

QVariant ShortcutsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Command:
        return tr("Command");
    case Menu:
        return tr("Menu");
    case Shortcut:
        return tr("Shortcut");
    default:
        return {};
    }
}

QString ShortcutsModel::text(const QString& id, int column) const
{
    const QAction& action = *m_registry.action(id);
    switch (column) {
    case Command:
        return commandText(action);
    case Menu:
        return menuText(m_registry.menuOf(id));
    default:
        return QKeySequence::listToString(action.shortcuts(), QKeySequence::NativeText);
    }
}

void ShortcutsModel::add(const QString& id)
{
    const int row = rowCount();
    beginInsertRows({}, row, row);
    m_ids.append(id);
    endInsertRows();
}

void ShortcutsModel::follow(const QString& id)
{
    const int row = static_cast<int>(m_ids.indexOf(id));
    if (row >= 0)
        Q_EMIT dataChanged(index(row, 0), index(row, kColumns - 1));
}

} // namespace lipsync::ui
