// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;

namespace action_id {
inline constexpr const char* kShowWelcome = "help.welcome";
inline constexpr const char* kSaveDiagnostics = "help.saveDiagnostics";
} // namespace action_id

/// Adds the commands of the help menu beside kAbout; HelpCommands connects them all.
void addHelpActions(ActionRegistry& registry);

} // namespace lipsync::ui
