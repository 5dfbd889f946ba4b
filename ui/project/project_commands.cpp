// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/project/project_commands.h"

#include "ui/actions/action_registry.h"
#include "ui/dialogs/dialogs.h"
#include "ui/files/standard_folder.h"
#include "ui/project/project_actions.h"
#include "ui/project/project_document.h"
#include "ui/project/project_store.h"

#include <utility>

#include <QAction>
#include <QDir>
#include <QFileInfo>
#include <QLocale>
#include <QWidget>

namespace lipsync::ui {

using namespace action_id;

ProjectCommands::ProjectCommands(ProjectStore& store, ActionRegistry& actions, Dialogs& dialogs, QWidget& window)
    : QObject(&window)
    , m_store(store)
    , m_actions(actions)
    , m_dialogs(dialogs)
    , m_window(window)
{
    connectActions();
    connect(&store, &ProjectStore::saved, this, [this] {
        withdrawFailure();
        Q_EMIT succeeded(tr("Saved as %1").arg(QDir::toNativeSeparators(m_store.file())));
        if (const auto next = std::exchange(m_afterSaving, nullptr))
            next();
    });
    connect(&store, &ProjectStore::refused, this, [this](const QString& sentence) {
        m_afterSaving = nullptr;
        m_failure = sentence;
        Q_EMIT failed(sentence);
    });
    connect(&store, &ProjectStore::autosaved, this, &ProjectCommands::withdrawFailure);
    connect(&store, &ProjectStore::opened, this, [this](const QStringList& sentences) {
        withdrawFailure();
        if (!sentences.isEmpty())
            Q_EMIT missing(sentences);
    });
    connect(&store, &ProjectStore::recoveryFound, this, [this](const UnsavedWork& work) {
        offerRecovery(work.file, QLocale().toString(work.time.toLocalTime(), QLocale::ShortFormat));
    });
    connect(&store, &ProjectStore::fileChanged, this, &ProjectCommands::follow);
    connect(&store.recent(), &RecentProjects::changed, this, &ProjectCommands::follow);
    connect(&store.document(), &ProjectDocument::modifiedChanged, this, &ProjectCommands::follow);
    connect(&store.document().undoStack(), &QUndoStack::indexChanged, this, &ProjectCommands::follow);
    follow();
}

void ProjectCommands::connectActions()
{
    const auto on = [this](const char* id, auto function) {
        connect(m_actions.action(QString::fromLatin1(id)), &QAction::triggered, this, function);
    };
    on(kNewProject, &ProjectCommands::newProject);
    on(kOpenProject, &ProjectCommands::openProject);
    on(kSaveProject, &ProjectCommands::save);
    on(kSaveProjectAs, &ProjectCommands::saveAs);
    on(kClearRecentProjects, [this] { m_store.recent().clear(); });
    on(kUndo, [this] { m_store.document().undoStack().undo(); });
    on(kRedo, [this] { m_store.document().undoStack().redo(); });
}

void ProjectCommands::newProject()
{
    whenSaved([this] { m_store.startNew(); });
}

void ProjectCommands::openProject()
{
    whenSaved([this] {
        m_dialogs.chooseFile(&m_window, tr("Open project"), startFolder(),
                             tr("Projects (*%1);;All files (*)").arg(QString::fromLatin1(kProjectSuffix)),
                             [this](const QString& file) { m_store.open(file); });
    });
}

void ProjectCommands::open(const QString& file)
{
    whenSaved([this, file] { m_store.open(file); });
}

void ProjectCommands::save()
{
    saveThen(nullptr);
}

void ProjectCommands::saveAs()
{
    saveAsThen(nullptr);
}

void ProjectCommands::whenSaved(std::function<void()> next)
{
    if (!m_store.document().isModified()) {
        next();
        return;
    }
    m_dialogs.choose(&m_window, tr("Save the changes to “%1”?").arg(m_store.title()),
                     tr("Without saving, the changes since the last time are lost."), {tr("Save"), tr("Do not save")},
                     [this, next = std::move(next)](int answer) {
                         if (answer == 0) {
                             saveThen(next);
                         } else {
                             m_store.discard();
                             next();
                         }
                     });
}

void ProjectCommands::saveThen(std::function<void()> next)
{
    if (m_store.file().isEmpty()) {
        saveAsThen(std::move(next));
        return;
    }
    m_afterSaving = std::move(next);
    m_store.save();
}

void ProjectCommands::saveAsThen(std::function<void()> next)
{
    const QString suffix = QString::fromLatin1(kProjectSuffix);
    const QString suggested =
        m_store.file().isEmpty() ? startFolder() + u'/' + m_store.title() + suffix : m_store.file();
    m_dialogs.chooseNewFile(&m_window, tr("Save project as"), suggested, tr("Projects (*%1)").arg(suffix),
                            [this, suffix, next = std::move(next)](const QString& name) {
                                const QString file = name.endsWith(suffix, Qt::CaseInsensitive) ? name : name + suffix;
                                if (file == m_store.file() || !QFileInfo::exists(file)) {
                                    writeTo(file, next);
                                    return;
                                }
                                m_dialogs.confirm(&m_window, tr("Replace what is there?"),
                                                  tr("%1 exists already.").arg(file), tr("Replace"),
                                                  [this, file, next] { writeTo(file, next); });
                            });
}

void ProjectCommands::writeTo(const QString& file, std::function<void()> next)
{
    m_afterSaving = std::move(next);
    m_store.saveAs(file);
}

void ProjectCommands::offerRecovery(const QString& project, const QString& time)
{
    const QString question = project.isEmpty()
        ? tr("Restore the unsaved work of %1?").arg(time)
        : tr("Restore the unsaved changes to “%1” of %2?").arg(QFileInfo(project).completeBaseName(), time);
    const QString detail = project.isEmpty() ? tr("The studio ended without saving it last time.")
                                             : tr("The studio ended without saving them last time.");
    m_dialogs.choose(&m_window, question, detail, {tr("Restore"), tr("Throw away")}, [this](int answer) {
        if (answer == 0)
            m_store.recover();
        else
            m_store.forgetRecovery();
    });
}

void ProjectCommands::withdrawFailure()
{
    if (const QString failure = std::exchange(m_failure, {}); !failure.isEmpty())
        Q_EMIT mended(failure);
}

QString ProjectCommands::startFolder() const
{
    if (!m_store.file().isEmpty())
        return QFileInfo(m_store.file()).absolutePath();
    const QStringList recent = m_store.recent().files();
    return standardFolder(QStandardPaths::DocumentsLocation,
                          recent.isEmpty() ? QString() : QFileInfo(recent.first()).absolutePath());
}

void ProjectCommands::follow()
{
    const auto action = [this](const char* id) { return m_actions.action(QString::fromLatin1(id)); };
    const QUndoStack& undo = m_store.document().undoStack();
    action(kSaveProject)->setEnabled(m_store.document().isModified() || m_store.file().isEmpty());
    action(kClearRecentProjects)->setEnabled(!m_store.recent().files().isEmpty());
    action(kUndo)->setEnabled(undo.canUndo());
    action(kUndo)->setText(undo.canUndo() ? tr("&Undo: %1").arg(undo.undoText()) : tr("&Undo"));
    action(kRedo)->setEnabled(undo.canRedo());
    action(kRedo)->setText(undo.canRedo() ? tr("&Redo: %1").arg(undo.redoText()) : tr("&Redo"));
    m_window.setWindowTitle(tr("%1[*] – LipSync Studio").arg(m_store.title()));
    m_window.setWindowModified(m_store.document().isModified());
}

} // namespace lipsync::ui
