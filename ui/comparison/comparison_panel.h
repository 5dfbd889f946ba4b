// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QProgressBar;
class QSpinBox;
class QTreeView;

namespace lipsync::ui {

class ActionRegistry;
class ComparisonModel;
class ConcurrencyModel;

/// The comparison dock: the ways to serve many requests as a table with bars. Connects the commands of
/// addComparisonActions(), which must have been added.
class ComparisonPanel final : public QWidget {
    Q_OBJECT

public:
    /// A way is applied through `settings`.
    ComparisonPanel(ComparisonModel& model, ConcurrencyModel& settings, ActionRegistry& actions,
                    QWidget* parent = nullptr);

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeControls();
    QWidget* makeTable();
    void sizeColumns();
    void connectActions();
    void follow();

    ComparisonModel& m_model;
    ConcurrencyModel& m_settings;
    ActionRegistry& m_actions;
    QSpinBox* m_seconds;
    QSpinBox* m_concurrency;
    QProgressBar* m_progress;
    QLabel* m_doing;
    QLabel* m_message;
    QLabel* m_failure;
    QLabel* m_summary;
    QLabel* m_empty;
    QTreeView* m_table;
};

} // namespace lipsync::ui
