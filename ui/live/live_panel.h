// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QProgressBar;
class QSpinBox;

namespace lipsync {
struct LiveStatistics;
}

namespace lipsync::ui {

class ActionRegistry;
class LiveModel;

/// Live speech: the microphone with its level, what counts as silence, and how far the picture is behind the voice.
/// Connects the commands of addLiveActions(), which must have been added. Shown for the first time it looks for
/// microphones.
class LivePanel final : public QWidget {
    Q_OBJECT

public:
    LivePanel(LiveModel& model, ActionRegistry& actions, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeCommands();
    QWidget* makeFacts();
    QFormLayout* makeForm();
    void connectActions();
    void listInputs();
    void showState();
    void showLevel(double level);
    void showStatistics(const LiveStatistics& statistics);

    LiveModel& m_model;
    ActionRegistry& m_actions;
    QLabel* m_message;
    QLabel* m_state;
    QLabel* m_delay;
    QLabel* m_rate;
    QLabel* m_dropped;
    QComboBox* m_inputs;
    QProgressBar* m_level;
    QLabel* m_levelText;
    QSpinBox* m_silenceLevel;
    QDoubleSpinBox* m_silenceSeconds;
    QTimer m_search; ///< for microphones that come and go while the panel is seen
};

} // namespace lipsync::ui
