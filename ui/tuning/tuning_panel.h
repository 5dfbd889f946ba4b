// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme_tokens.h"

#include <QWidget>

class QCheckBox;
class QLabel;
class QProgressBar;
class QSpinBox;

namespace lipsync::ui {

class ActionRegistry;
class ConcurrencyModel;
class HeatMap;
class TuningModel;

/// The tuning dock: the search for the best settings beside the map of what was measured. Connects the commands of
/// addTuningActions(), which must have been added.
class TuningPanel final : public QWidget {
    Q_OBJECT

public:
    /// Cells are applied through `settings`.
    TuningPanel(TuningModel& model, ConcurrencyModel& settings, ActionRegistry& actions, QWidget* parent = nullptr);

    HeatMap& map() { return *m_map; }
    void setTokens(const lipsync::ui::ThemeTokens& tokens);

private:
    QWidget* makeCommands();
    QWidget* makeGoal();
    QWidget* makeMap();
    void connectActions();
    void follow();
    void showDetail();

    TuningModel& m_model;
    ConcurrencyModel& m_settings;
    ActionRegistry& m_actions;
    HeatMap* m_map;
    QCheckBox* m_hasGoal;
    QSpinBox* m_goal;
    QSpinBox* m_seconds;
    QProgressBar* m_progress;
    QLabel* m_doing;
    QLabel* m_message;
    QLabel* m_failure;
    QLabel* m_explanation;
    QLabel* m_detail;
    QLabel* m_inForce;
};

} // namespace lipsync::ui
