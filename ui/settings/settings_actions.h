// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;

namespace action_id {
inline constexpr const char* kShowSettings = "edit.settings";
inline constexpr const char* kShowShortcuts = "edit.shortcuts";
} // namespace action_id

/// Adds the commands that open the settings; the window connects them to SettingsDialog.
void addSettingsActions(ActionRegistry& registry);

} // namespace lipsync::ui
