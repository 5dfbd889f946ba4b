// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/export_actions.h"

#include "ui/actions/action_registry.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ExportActions)
};

void add(ActionRegistry& registry, const char* id, const QString& text, const QString& toolTip, const char* icon,
         const QList<QKeySequence>& shortcuts = {}, bool startsGroup = false)
{
    registry.add({QString::fromLatin1(id), text, toolTip, shortcuts, QString::fromLatin1(icon), false, MenuName::Export,
                  startsGroup});
}

void addQueueActions(ActionRegistry& registry)
{
    using namespace action_id;
    add(registry, kExportNow, Text::tr("&Export"),
        Text::tr("Put the export into the queue and start working on it; others that wait for Start go on waiting"),
        "export", {QKeySequence(Qt::CTRL | Qt::Key_E)});
    add(registry, kAddExport, Text::tr("&Add to Queue"),
        Text::tr("Put the export at the end of the queue without starting the queue"), "add",
        {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E)});
    add(registry, kStartQueue, Text::tr("&Start Queue"), Text::tr("Work off the exports one after the other"), "play",
        {}, true);
    add(registry, kPauseQueue, Text::tr("&Pause Queue Now"),
        Text::tr("Stop now; Start goes on there and makes at most the last two seconds of the video again"), "pause");
    add(registry, kPauseAfterExport, Text::tr("Pause A&fter Current Export"),
        Text::tr("Finish the export that is running, then stop"), "pause_after");
}

void addJobActions(ActionRegistry& registry)
{
    using namespace action_id;
    add(registry, kMoveJobUp, Text::tr("Move Export &Up"), Text::tr("Work on the chosen export earlier"), "move_up",
        {QKeySequence(Qt::ALT | Qt::Key_Up)}, true);
    add(registry, kMoveJobDown, Text::tr("Move Export &Down"), Text::tr("Work on the chosen export later"), "move_down",
        {QKeySequence(Qt::ALT | Qt::Key_Down)});
    add(registry, kCancelJob, Text::tr("&Cancel Export"), Text::tr("Stop the chosen export and leave nothing behind"),
        "cancel");
    add(registry, kRetryJob, Text::tr("&Retry Export"),
        Text::tr("Begin the chosen export anew after it failed or was cancelled"), "retry");
    add(registry, kDuplicateJob, Text::tr("Dup&licate Export"),
        Text::tr("Put the chosen export into the queue again, under a free name"), "duplicate");
    add(registry, kOpenJobFolder, Text::tr("&Open Output Folder"),
        Text::tr("Show the folder that the chosen export is written to"), "folder");
    add(registry, kRemoveJob, Text::tr("Re&move Export"),
        Text::tr("Take the chosen export out of the queue; finished files stay"), "remove");
    add(registry, kClearEndedJobs, Text::tr("Clear E&nded Exports"),
        Text::tr("Take every export that has ended out of the queue; finished files stay"), "clear_ended", {}, true);
}

} // namespace

void addExportActions(ActionRegistry& registry)
{
    addQueueActions(registry);
    addJobActions(registry);
}

} // namespace lipsync::ui
