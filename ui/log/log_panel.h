// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/log/log_model.h"

#include <QWidget>

class QAction;
class QComboBox;
class QLabel;
class QLineEdit;
class QTreeView;

namespace lipsync::ui {

class ActionRegistry;

/// The engine's log: which level and above, which words, copy and clear. Follows the newest record unless a person has
/// scrolled away from it.
class LogPanel final : public QWidget {
    Q_OBJECT

public:
    LogPanel(LogModel& records, ActionRegistry& actions, QWidget* parent = nullptr);
    ~LogPanel() override;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    QWidget* makeBar(ActionRegistry& actions);
    void makeList();
    void sizeColumns();
    void follow();
    void showChoice();
    void copy();

    LogModel& m_records;
    LogFilter m_filter;
    QComboBox* m_level;
    QLineEdit* m_words;
    QTreeView* m_list;
    QLabel* m_empty;
    QLabel* m_detail;
    QAction* m_copy;
    QAction* m_clear;
    bool m_isAtEnd = true;
};

} // namespace lipsync::ui
