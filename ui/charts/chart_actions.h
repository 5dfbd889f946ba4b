// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;

/// Ids of the charts' commands.
namespace action_id {
inline constexpr const char* kPauseCharts = "charts.pause";
inline constexpr const char* kZoomChartsIn = "charts.zoomIn";
inline constexpr const char* kZoomChartsOut = "charts.zoomOut";
inline constexpr const char* kResetCharts = "charts.reset";
inline constexpr const char* kClearCharts = "charts.clear";
inline constexpr const char* kSaveChartsCsv = "charts.saveCsv";
inline constexpr const char* kSaveChartsPng = "charts.savePng";
} // namespace action_id

void addChartActions(ActionRegistry& registry);

} // namespace lipsync::ui
