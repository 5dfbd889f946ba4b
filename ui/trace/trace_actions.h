// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;

/// Ids of the trace's commands.
namespace action_id {
inline constexpr const char* kPauseTrace = "trace.pause";
inline constexpr const char* kZoomTraceIn = "trace.zoomIn";
inline constexpr const char* kZoomTraceOut = "trace.zoomOut";
inline constexpr const char* kSaveTrace = "trace.save";
} // namespace action_id

void addTraceActions(ActionRegistry& registry);

} // namespace lipsync::ui
