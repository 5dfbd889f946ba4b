// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/server/token_files.h"

#include <QString>
#include <QWidget>

class QAction;
class QLabel;
class QTreeView;

namespace lipsync::ui {

class ActionRegistry;
class Dialogs;
class ServerModel;

/// The server dock: switch and settings, what the server does, the calls of each method and the last ones. Connects the
/// commands of addServerActions(), which must have been added, but for kShowServer.
class ServerPanel final : public QWidget {
    Q_OBJECT

public:
    ServerPanel(ServerModel& model, ActionRegistry& actions, Dialogs& dialogs, QWidget* parent = nullptr);

Q_SIGNALS:
    void noticed(const QString& sentence);
    void failed(const QString& sentence);

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeControls(ActionRegistry& actions, Dialogs& dialogs);
    QWidget* makeCounts();
    void sizeColumns();
    void connectActions();
    void connectTokens();
    void makeToken();
    void copy(const QString& text, const QString& notice);
    void follow();
    void followSettings();
    QAction* action(const char* id) const;

    ServerModel& m_model;
    ActionRegistry& m_actions;
    Dialogs& m_dialogs;
    TokenFiles m_tokens;
    QLabel* m_headline;
    QLabel* m_failure;
    QLabel* m_hint;
    QLabel* m_figures;
    QLabel* m_faults;
    QLabel* m_empty;
    QWidget* m_tables = nullptr;
    QTreeView* m_methods;
    QTreeView* m_calls;
};

} // namespace lipsync::ui
