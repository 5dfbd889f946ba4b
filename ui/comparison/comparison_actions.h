// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;

namespace action_id {
inline constexpr const char* kCompare = "engine.compare";
inline constexpr const char* kCancelComparison = "engine.cancelComparison";
inline constexpr const char* kUseStrategy = "engine.useStrategy";
} // namespace action_id

/// Adds the commands of the comparison, without what they do; ComparisonPanel connects them.
void addComparisonActions(ActionRegistry& registry);

} // namespace lipsync::ui
