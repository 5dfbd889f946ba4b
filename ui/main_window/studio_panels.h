// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;
class CapacityPanel;
class ChartsPanel;
class ComparisonPanel;
class ConcurrencyPanel;
class Desk;
class Dialogs;
class DockShelf;
class ExportQueuePanel;
class LibraryListsPanel;
class LivePanel;
class LogPanel;
class ServerPanel;
class TracePanel;
class TuningPanel;
struct ThemeTokens;

/// The panels of the studio in their docks.
struct StudioPanels {
    LibraryListsPanel* library;
    LivePanel* live;
    ConcurrencyPanel* concurrency;
    ChartsPanel* charts;
    TuningPanel* tuning;
    ComparisonPanel* comparison;
    CapacityPanel* capacity;
    ExportQueuePanel* exports;
    ServerPanel* server;
    TracePanel* trace;
    LogPanel* log;

    /// Makes them over the models of a desk and puts them on a shelf. Their commands must have been added.
    static StudioPanels make(Desk& desk, ActionRegistry& actions, Dialogs& dialogs, DockShelf& docks);

    /// Colours that panels draw with themselves.
    void setTheme(const ThemeTokens& tokens) const;
};

/// Adds the commands of every panel.
void addPanelActions(ActionRegistry& registry);

} // namespace lipsync::ui
