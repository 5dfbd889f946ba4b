// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;

/// Ids of the log's commands.
namespace action_id {
inline constexpr const char* kCopyLog = "log.copy";
inline constexpr const char* kClearLog = "log.clear";
} // namespace action_id

void addLogActions(ActionRegistry& registry);

} // namespace lipsync::ui
