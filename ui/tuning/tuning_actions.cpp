// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tuning/tuning_actions.h"

#include "ui/actions/action_registry.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(TuningActions)
};

void add(ActionRegistry& registry, const char* id, const QString& text, const QString& toolTip, const char* icon,
         const QList<QKeySequence>& shortcuts = {}, bool startsGroup = false)
{
    registry.add({QString::fromLatin1(id), text, toolTip, shortcuts, QString::fromLatin1(icon), false, MenuName::Engine,
                  startsGroup});
}

} // namespace

void addTuningActions(ActionRegistry& registry)
{
    using namespace action_id;
    add(registry, kAutoTune, Text::tr("Auto-&tune"),
        Text::tr("Search for the most frames a second that keep the goal; what is found is saved for this avatar and "
                 "machine"),
        "auto_tune", {QKeySequence(Qt::CTRL | Qt::Key_T)}, true);
    add(registry, kMeasureMap, Text::tr("&Measure Map"), Text::tr("Measure every number of workers with every batch"),
        "measure_map");
    add(registry, kCancelTuning, Text::tr("Stop Mea&suring"),
        Text::tr("Stop the measurement; the workers get their settings back"), "cancel");
    add(registry, kApplyTuned, Text::tr("Apply T&uned Settings"),
        Text::tr("Change the running workers to what Auto-tune chose"), "apply");
}

} // namespace lipsync::ui
