// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;

/// Ids of the studio's commands.
namespace action_id {
inline constexpr const char* kOpenAvatar = "file.openAvatar";
inline constexpr const char* kOpenVoice = "file.openVoice";
inline constexpr const char* kQuit = "file.quit";
inline constexpr const char* kPlay = "playback.toggle";
inline constexpr const char* kPreviousFrame = "playback.previousFrame";
inline constexpr const char* kNextFrame = "playback.nextFrame";
inline constexpr const char* kFirstFrame = "playback.firstFrame";
inline constexpr const char* kLastFrame = "playback.lastFrame";
inline constexpr const char* kDarkTheme = "view.darkTheme";
inline constexpr const char* kLightTheme = "view.lightTheme";
inline constexpr const char* kHighContrastTheme = "view.highContrastTheme";
inline constexpr const char* kLargerText = "view.largerText";
inline constexpr const char* kSmallerText = "view.smallerText";
inline constexpr const char* kNormalText = "view.normalText";
inline constexpr const char* kSwitchTheme = "view.switchTheme";
inline constexpr const char* kFullScreen = "view.fullScreen";
inline constexpr const char* kNextPanel = "view.nextPanel";
inline constexpr const char* kPreviousPanel = "view.previousPanel";
inline constexpr const char* kResetLayout = "view.resetLayout";
inline constexpr const char* kAbout = "help.about";
} // namespace action_id

/// Adds every command of the studio, without what it does.
void addStudioActions(ActionRegistry& registry);

} // namespace lipsync::ui
