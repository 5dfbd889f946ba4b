// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/files/file_saver.h"
#include "ui/theme/theme_tokens.h"
#include "ui/trace/trace_model.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QSplitter;
class QTreeView;

namespace lipsync::ui {

class ActionRegistry;
class Dialogs;
class SwatchLegend;
class TraceTimeline;

/// The timeline of the last frames, those that were late, and why. Reads the engine twice a second while it can be
/// seen and is not paused.
class TracePanel final : public QWidget {
    Q_OBJECT

public:
    TracePanel(TraceBridge& bridge, TraceModel& model, ActionRegistry& actions, Dialogs& dialogs,
               QWidget* parent = nullptr);

    void setTheme(const ThemeTokens& tokens);
    TraceTimeline& timeline() { return *m_timeline; }

Q_SIGNALS:
    void noticed(const QString& sentence); ///< a piece of news for the banner
    void failed(const QString& sentence);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    QWidget* makeTop();
    QWidget* makeLateFrames();
    void sizeColumns();
    void connectActions();
    void setPaused(bool isPaused);
    void showChosen();
    void showCounts();
    void save();

    TraceBridge& m_bridge;
    TraceModel& m_model;
    LateFramesModel m_late;
    ActionRegistry& m_actions;
    Dialogs& m_dialogs;
    FileSaver m_saver;
    QTimer m_timer;
    SwatchLegend* m_legend;
    TraceTimeline* m_timeline;
    QSplitter* m_halves;
    QTreeView* m_list;
    QLabel* m_none;
    QLabel* m_question;
    QLabel* m_answer;
    bool m_isSized = false; ///< the halves have had their first sizes
};

} // namespace lipsync::ui
