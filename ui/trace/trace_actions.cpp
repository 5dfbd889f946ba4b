// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/trace/trace_actions.h"

#include "ui/actions/action_registry.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(TraceActions)
};

void add(ActionRegistry& registry, const char* id, const QString& text, const QString& toolTip, const char* icon,
         bool checkable = false, bool startsGroup = false)
{
    registry.add({QString::fromLatin1(id),
                  text,
                  toolTip,
                  {},
                  QString::fromLatin1(icon),
                  checkable,
                  MenuName::Engine,
                  startsGroup});
}

} // namespace

void addTraceActions(ActionRegistry& registry)
{
    using namespace action_id;
    add(registry, kPauseTrace, Text::tr("Pause T&race"), Text::tr("Hold the trace still to look at its frames"),
        "pause", true, true);
    add(registry, kZoomTraceIn, Text::tr("Zoom Trace In"), Text::tr("Show a shorter time in the trace"), "zoom_in");
    add(registry, kZoomTraceOut, Text::tr("Zoom Trace Out"), Text::tr("Show a longer time in the trace"), "zoom_out");
    add(registry, kSaveTrace, Text::tr("Save Trac&e…"),
        Text::tr("Write the last frames to a JSON file that Perfetto and Chrome open"), "save_trace");
}

} // namespace lipsync::ui
