// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme_tokens.h"

#include <QWidget>

class QLabel;

namespace lipsync::ui {

class ActionRegistry;
class ConcurrencyModel;
class PoolBridge;
class WorkerList;
class WorkerModel;

/// The concurrency dock: the settings of the workers, how they are applied, and the workers themselves. Connects the
/// commands of addConcurrencyActions(), which must have been added.
class ConcurrencyPanel final : public QWidget {
    Q_OBJECT

public:
    ConcurrencyPanel(PoolBridge& bridge, ConcurrencyModel& model, WorkerModel& workers, ActionRegistry& actions,
                     QWidget* parent = nullptr);

    /// Colours of lost workers.
    void setTokens(const lipsync::ui::ThemeTokens& tokens);
    /// A further command beside Apply, e.g. Auto-tune; it must have been added.
    void addCommand(const QString& action);

private:
    QWidget* makeButtons();
    QWidget* makeDecision();
    void connectActions();
    void follow();

    ConcurrencyModel& m_model;
    ActionRegistry& m_actions;
    WorkerList* m_workers;
    QWidget* m_buttons;
    QLabel* m_state;
    QLabel* m_failure;
    QLabel* m_inForce;
    QString m_news; ///< what the last command brought about
};

} // namespace lipsync::ui
