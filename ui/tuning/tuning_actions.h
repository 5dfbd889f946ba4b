// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;

namespace action_id {
inline constexpr const char* kAutoTune = "engine.autoTune";
inline constexpr const char* kMeasureMap = "engine.measureMap";
inline constexpr const char* kCancelTuning = "engine.cancelTuning";
inline constexpr const char* kApplyTuned = "engine.applyTuned";
} // namespace action_id

/// Adds the commands of the tuning map, without what they do; TuningPanel connects them.
void addTuningActions(ActionRegistry& registry);

} // namespace lipsync::ui
