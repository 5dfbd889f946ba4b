// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/project/project_actions.h"

#include "ui/actions/action_registry.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ProjectActions)
};

void add(ActionRegistry& registry, const char* id, MenuName menu, const QString& text, const QString& toolTip,
         const QList<QKeySequence>& shortcuts, bool startsGroup = false)
{
    registry.add({QString::fromLatin1(id), text, toolTip, shortcuts, {}, false, menu, startsGroup});
}

} // namespace

void addProjectActions(ActionRegistry& registry)
{
    using namespace action_id;
    add(registry, kNewProject, MenuName::File, Text::tr("&New Project"),
        Text::tr("Start a project with the avatar and the voice that are open"), {QKeySequence(Qt::CTRL | Qt::Key_N)},
        true);
    add(registry, kOpenProject, MenuName::File, Text::tr("O&pen Project…"), Text::tr("Open a saved project"),
        {QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_O)});
    add(registry, kSaveProject, MenuName::File, Text::tr("&Save Project"), Text::tr("Save the project to its file"),
        {QKeySequence(Qt::CTRL | Qt::Key_S)});
    add(registry, kSaveProjectAs, MenuName::File, Text::tr("Save Project &As…"),
        Text::tr("Save the project to another file"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S)});
    add(registry, kClearRecentProjects, MenuName::File, Text::tr("&Clear Recent Projects"),
        Text::tr("Forget which projects were opened last; their files stay"), {});
    add(registry, kUndo, MenuName::Edit, Text::tr("&Undo"), Text::tr("Take the last change of the project back"),
        {QKeySequence(Qt::CTRL | Qt::Key_Z)});
    add(registry, kRedo, MenuName::Edit, Text::tr("&Redo"), Text::tr("Make the change again that was taken back"),
        {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)});
}

} // namespace lipsync::ui
