// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;

namespace action_id {
inline constexpr const char* kPlanCapacity = "engine.planCapacity";
inline constexpr const char* kCancelCapacity = "engine.cancelCapacity";
} // namespace action_id

/// Adds the commands of the capacity planner, without what they do; CapacityPanel connects them.
void addCapacityActions(ActionRegistry& registry);

} // namespace lipsync::ui
