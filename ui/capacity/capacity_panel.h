// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include <QWidget>

class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QProgressBar;
class QSpinBox;

namespace lipsync::ui {

class ActionRegistry;
class CapacityModel;

/// The capacity planner: how many viewers the settings serve. Connects the commands of addCapacityActions(), which must
/// have been added.
class CapacityPanel final : public QWidget {
    Q_OBJECT

public:
    CapacityPanel(CapacityModel& model, ActionRegistry& actions, QWidget* parent = nullptr);

private:
    QWidget* makeCommands();
    QWidget* makeQuestion();
    QWidget* makeAnswer();
    void ask();
    void follow();
    void showFigures();

    enum Figure { Most, P99, Late, Use, Batch, kFigures };

    CapacityModel& m_model;
    ActionRegistry& m_actions;
    QSpinBox* m_viewers;
    QDoubleSpinBox* m_rate;
    QSpinBox* m_duty;
    QSpinBox* m_goal;
    QSpinBox* m_devices;
    QLabel* m_settings;
    QProgressBar* m_progress;
    QLabel* m_message;
    QLabel* m_failure;
    QLabel* m_verdict;
    QWidget* m_table;
    std::array<QLabel*, kFigures> m_figures{};
    QLabel* m_explanation;
};

} // namespace lipsync::ui
