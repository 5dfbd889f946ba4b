// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;

namespace action_id {
inline constexpr const char* kNewProject = "project.new";
inline constexpr const char* kOpenProject = "project.open";
inline constexpr const char* kSaveProject = "project.save";
inline constexpr const char* kSaveProjectAs = "project.saveAs";
inline constexpr const char* kClearRecentProjects = "project.clearRecent";
inline constexpr const char* kUndo = "edit.undo";
inline constexpr const char* kRedo = "edit.redo";
} // namespace action_id

/// Adds the commands of the project to the menus File and Edit, without what they do; ProjectCommands connects them.
void addProjectActions(ActionRegistry& registry);

} // namespace lipsync::ui
