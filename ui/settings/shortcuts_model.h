// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QString>
#include <QStringList>

namespace lipsync::ui {

class ActionRegistry;
class ShortcutChoice;

/// Every command with its menu and its shortcut, in the order of the registry.
class ShortcutsModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Command, Menu, Shortcut, kColumns };
    enum Role {
        IdRole = Qt::UserRole, ///< of the command
        SearchRole, ///< all texts of the row
    };

    /// Both must outlive the model.
    ShortcutsModel(ActionRegistry& registry, ShortcutChoice& choice, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QString text(const QString& id, int column) const;
    void add(const QString& id);
    void follow(const QString& id);

    ActionRegistry& m_registry;
    ShortcutChoice& m_choice;
    QStringList m_ids;
};

} // namespace lipsync::ui
