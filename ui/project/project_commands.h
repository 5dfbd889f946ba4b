// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <QObject>
#include <QString>
#include <QStringList>

class QWidget;

namespace lipsync::ui {

class ActionRegistry;
class Dialogs;
class ProjectStore;

/// What the commands of the project do: ask for files, and never lose unsaved changes without asking. All must outlive
/// it.
class ProjectCommands final : public QObject {
    Q_OBJECT

public:
    /// Questions are asked above `window`.
    ProjectCommands(ProjectStore& store, ActionRegistry& actions, Dialogs& dialogs, QWidget& window);

    void newProject();
    void openProject();
    /// Also for files that are dropped or handed over.
    void open(const QString& file);
    void save();
    void saveAs();

    /// Goes on with `next` when there are no unsaved changes, or as soon as they are saved or not wanted any more.
    void whenSaved(std::function<void()> next);

Q_SIGNALS:
    /// A sentence for every file that the project on the desk lacks.
    void missing(const QStringList& sentences);
    void failed(const QString& sentence);
    /// The cause of what failed() said is gone.
    void mended(const QString& sentence);
    /// News in a few words that need no answer.
    void succeeded(const QString& words);

private:
    void follow();
    void connectActions();
    void saveThen(std::function<void()> next);
    void saveAsThen(std::function<void()> next);
    void writeTo(const QString& file, std::function<void()> next);
    void offerRecovery(const QString& project, const QString& time);
    void withdrawFailure();
    QString startFolder() const;

    ProjectStore& m_store;
    ActionRegistry& m_actions;
    Dialogs& m_dialogs;
    QWidget& m_window;
    std::function<void()> m_afterSaving; ///< waits for saved()
    QString m_failure; ///< the last that was told; empty once its cause is gone
};

} // namespace lipsync::ui
