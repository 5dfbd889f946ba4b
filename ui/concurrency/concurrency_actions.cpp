// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/concurrency/concurrency_actions.h"

#include "ui/actions/action_registry.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ConcurrencyActions)
};

void add(ActionRegistry& registry, const char* id, const QString& text, const QString& toolTip, const char* icon,
         const QList<QKeySequence>& shortcuts = {}, bool startsGroup = false)
{
    registry.add({QString::fromLatin1(id), text, toolTip, shortcuts, QString::fromLatin1(icon), false, MenuName::Engine,
                  startsGroup});
}

} // namespace

void addConcurrencyActions(ActionRegistry& registry)
{
    using namespace action_id;
    add(registry, kApplyPlan, Text::tr("&Apply Settings"),
        Text::tr("Change the running workers to these settings; preview and exports go on"), "apply",
        {QKeySequence(Qt::CTRL | Qt::Key_Return)});
    add(registry, kRevertPlan, Text::tr("&Discard Changes"), Text::tr("Show the settings that are in force again"),
        "revert");
    add(registry, kSaveDefaultPlan, Text::tr("&Save as Default"),
        Text::tr("Start the studio with these settings from now on"), "save_default");
    add(registry, kRestartWorker, Text::tr("&Restart Worker"),
        Text::tr("Start the chosen worker anew at once; others compute its frames"), "retry", {}, true);
}

} // namespace lipsync::ui
