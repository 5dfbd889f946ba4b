// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QAbstractListModel>
#include <QString>
#include <QStringList>

namespace lipsync::ui {

class ActionRegistry;

/// The commands of the registry that fit what was typed, the best first; those that cannot be used now come last.
/// Without a query the ones used last are in front.
class PaletteModel final : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role {
        IdRole = Qt::UserRole, ///< of the command
        MenuRole, ///< name of its menu
        ShortcutRole, ///< as this system writes it; empty without one
    };

    /// The registry must outlive the model.
    explicit PaletteModel(ActionRegistry& registry, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    /// Looks through the registry anew.
    void setQuery(const QString& query);
    /// Commands that never appear here, e.g. the one that opens the palette.
    void leaveOut(const QString& id);

    /// Sets the command of a row off, once control is back in the event loop. False when it cannot be used now.
    bool trigger(int row);

private:
    struct Row {
        QString id;
        int score = 0;
        bool isEnabled = true;
    };

    ActionRegistry& m_registry;
    std::vector<Row> m_rows;
    QStringList m_leftOut;
    QStringList m_usedLast; ///< the newest first
};

} // namespace lipsync::ui
