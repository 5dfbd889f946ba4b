// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_actions.h"

#include "ui/actions/action_registry.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ChartActions)
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

void addChartActions(ActionRegistry& registry)
{
    using namespace action_id;
    add(registry, kPauseCharts, Text::tr("&Pause Charts"),
        Text::tr("Hold the charts still; measuring goes on meanwhile"), "pause", true, true);
    add(registry, kZoomChartsIn, Text::tr("Zoom Charts &In"), Text::tr("Show a shorter time in the charts"), "zoom_in");
    add(registry, kZoomChartsOut, Text::tr("Zoom Charts &Out"),
        Text::tr("Show a longer time in the charts, up to fifteen minutes"), "zoom_out");
    add(registry, kResetCharts, Text::tr("&Reset Charts"), Text::tr("Show the last minute again and follow the engine"),
        "reset_view");
    add(registry, kClearCharts, Text::tr("&Clear Charts"), Text::tr("Forget what was measured and begin anew"),
        "remove");
    add(registry, kSaveChartsCsv, Text::tr("Save Charts as &Table…"),
        Text::tr("Write everything measured to a CSV file, one line a moment"), "save_table");
    add(registry, kSaveChartsPng, Text::tr("Save Charts as Pict&ure…"),
        Text::tr("Write the charts as they are to a PNG file"), "save_picture");
}

} // namespace lipsync::ui
