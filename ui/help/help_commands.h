// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/help/diagnostics.h"

#include <QObject>

class QWidget;

namespace lipsync::ui {

class ActionRegistry;
class Dialogs;

/// What the commands of the help menu do. All must outlive it.
class HelpCommands final : public QObject {
    Q_OBJECT

public:
    /// Dialogs open above `window`.
    HelpCommands(Engine& engine, EnginePost& post, const QSettings& settings, ActionRegistry& actions, Dialogs& dialogs,
                 QWidget& window);

    void showAbout();
    /// The first-run page; made when it is first wanted.
    void showWelcome();
    void saveDiagnostics();

Q_SIGNALS:
    void succeeded(const QString& sentence);
    void failed(const QString& sentence);

private:
    Diagnostics m_diagnostics;
    ActionRegistry& m_actions;
    Dialogs& m_dialogs;
    QWidget& m_window;
};

} // namespace lipsync::ui
