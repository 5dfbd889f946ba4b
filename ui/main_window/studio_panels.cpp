// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/studio_panels.h"

#include "ui/capacity/capacity_actions.h"
#include "ui/capacity/capacity_panel.h"
#include "ui/charts/chart_actions.h"
#include "ui/charts/charts_panel.h"
#include "ui/comparison/comparison_actions.h"
#include "ui/comparison/comparison_panel.h"
#include "ui/concurrency/concurrency_actions.h"
#include "ui/concurrency/concurrency_panel.h"
#include "ui/desk/desk.h"
#include "ui/docks/dock_shelf.h"
#include "ui/export/export_actions.h"
#include "ui/export/export_queue_panel.h"
#include "ui/library/library_actions.h"
#include "ui/library/library_lists_panel.h"
#include "ui/live/live_actions.h"
#include "ui/live/live_panel.h"
#include "ui/log/log_actions.h"
#include "ui/log/log_panel.h"
#include "ui/operations/operation_actions.h"
#include "ui/server/server_actions.h"
#include "ui/server/server_panel.h"
#include "ui/trace/trace_actions.h"
#include "ui/trace/trace_panel.h"
#include "ui/tuning/tuning_actions.h"
#include "ui/tuning/tuning_panel.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(StudioPanels)
};

} // namespace

StudioPanels StudioPanels::make(Desk& desk, ActionRegistry& actions, Dialogs& dialogs, DockShelf& docks)
{
    StudioPanels panels{};
    panels.library = new LibraryListsPanel(desk.library, desk.avatars, desk.voices, actions);
    panels.live = new LivePanel(desk.live, actions);
    panels.concurrency = new ConcurrencyPanel(desk.pool, desk.concurrency, desk.workers, actions);
    panels.charts = new ChartsPanel(desk.statistics, desk.history, actions, dialogs);
    panels.tuning = new TuningPanel(desk.tuning, desk.concurrency, actions);
    panels.comparison = new ComparisonPanel(desk.comparison, desk.concurrency, actions);
    panels.capacity = new CapacityPanel(desk.capacity, actions);
    panels.exports = new ExportQueuePanel(desk.exportQueue, desk.exports, desk.exportDraft, actions, dialogs);
    panels.server = new ServerPanel(desk.server, actions, dialogs);
    panels.trace = new TracePanel(desk.traceBridge, desk.trace, actions, dialogs);
    panels.log = new LogPanel(desk.log, actions);
    panels.concurrency->addCommand(action_id::kAutoTune);

    docks.add(DockPlace::Left, QStringLiteral("libraryDock"), Text::tr("Library"), panels.library);
    docks.add(DockPlace::Right, QStringLiteral("concurrencyDock"), Text::tr("Concurrency"), panels.concurrency);
    docks.add(DockPlace::Right, QStringLiteral("liveDock"), Text::tr("Live"), panels.live);
    docks.add(DockPlace::Bottom, QStringLiteral("chartsDock"), Text::tr("Throughput"), panels.charts);
    docks.add(DockPlace::Bottom, QStringLiteral("tuningDock"), Text::tr("Tuning Map"), panels.tuning);
    docks.add(DockPlace::Bottom, QStringLiteral("comparisonDock"), Text::tr("Comparison"), panels.comparison);
    docks.add(DockPlace::Bottom, QStringLiteral("capacityDock"), Text::tr("Capacity"), panels.capacity);
    docks.add(DockPlace::Bottom, QStringLiteral("exportDock"), Text::tr("Export Queue"), panels.exports);
    docks.add(DockPlace::Bottom, QStringLiteral("serverDock"), Text::tr("Server"), panels.server);
    docks.add(DockPlace::Bottom, QStringLiteral("traceDock"), Text::tr("Trace"), panels.trace);
    docks.add(DockPlace::Bottom, QStringLiteral("logDock"), Text::tr("Log"), panels.log);
    return panels;
}

void StudioPanels::setTheme(const ThemeTokens& tokens) const
{
    concurrency->setTokens(tokens);
    tuning->setTokens(tokens);
    charts->setTheme(tokens);
    trace->setTheme(tokens);
}

void addPanelActions(ActionRegistry& registry)
{
    addLibraryActions(registry);
    addOperationActions(registry);
    addLiveActions(registry);
    addConcurrencyActions(registry);
    addTuningActions(registry);
    addComparisonActions(registry);
    addCapacityActions(registry);
    addExportActions(registry);
    addServerActions(registry);
    addChartActions(registry);
    addTraceActions(registry);
    addLogActions(registry);
}

} // namespace lipsync::ui
