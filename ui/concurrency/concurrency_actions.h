// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;

namespace action_id {
inline constexpr const char* kApplyPlan = "engine.applyPlan";
inline constexpr const char* kRevertPlan = "engine.revertPlan";
inline constexpr const char* kSaveDefaultPlan = "engine.saveDefaultPlan";
inline constexpr const char* kRestartWorker = "engine.restartWorker";
} // namespace action_id

/// Adds the commands of the workers, without what they do; ConcurrencyPanel connects them.
void addConcurrencyActions(ActionRegistry& registry);

} // namespace lipsync::ui
