// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QList>

class QLabel;
class QLineEdit;
class QListWidget;
class QStackedWidget;

namespace lipsync::ui {

class ActionRegistry;
class SettingRow;
class SettingsModel;
class ShortcutChoice;
class ShortcutsEditor;

/// All settings by page, the shortcuts on the last one, and a field that finds them by any word. Changes are in force
/// at once; the dialog leaves the window usable.
class SettingsDialog final : public QDialog {
    Q_OBJECT

public:
    /// All must outlive the dialog; the model holds its settings by then.
    SettingsDialog(SettingsModel& model, ActionRegistry& registry, ShortcutChoice& shortcuts,
                   QWidget* parent = nullptr);

    /// Opens on the page of shortcuts.
    void showShortcuts();

private:
    void addPage(const QString& title, QWidget* page);
    QWidget* makePage(const QString& title);
    void search(const QString& words);

    SettingsModel& m_model;
    QLineEdit* m_search;
    QListWidget* m_pages;
    QStackedWidget* m_stack;
    QLabel* m_nothing;
    ShortcutsEditor* m_shortcuts;
    QList<SettingRow*> m_rows;
};

} // namespace lipsync::ui
