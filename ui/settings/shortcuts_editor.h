// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/settings/shortcuts_model.h"

#include <QSortFilterProxyModel>
#include <QWidget>

class QKeySequenceEdit;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;
class QVBoxLayout;

namespace lipsync::ui {

/// List of all commands in which shortcuts are looked up and changed. A shortcut that another command has is told, and
/// taken over only when it is asked for once more.
class ShortcutsEditor final : public QWidget {
    Q_OBJECT

public:
    /// Both must outlive the editor.
    ShortcutsEditor(ActionRegistry& registry, ShortcutChoice& choice, QWidget* parent = nullptr);

    /// Shows the commands that have these words.
    void setFilter(const QString& words);
    /// Whether any command has them.
    bool hasCommands() const { return m_found.rowCount() > 0; }

private:
    void addList(QVBoxLayout& column);
    void addFields(QVBoxLayout& column);
    QString chosen() const;
    void follow();
    void showKeys();
    void assign();

    ActionRegistry& m_registry;
    ShortcutChoice& m_choice;
    ShortcutsModel m_model;
    QSortFilterProxyModel m_found;
    QLineEdit* m_filter;
    QTableView* m_table;
    QKeySequenceEdit* m_keys;
    QPushButton* m_assign;
    QPushButton* m_clear;
    QPushButton* m_reset;
    QPushButton* m_resetAll;
    QLabel* m_sentence;
};

} // namespace lipsync::ui
