// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;

namespace action_id {
inline constexpr const char* kUseAvatar = "library.useAvatar";
inline constexpr const char* kCheckAvatar = "library.checkAvatar";
inline constexpr const char* kShowAvatarFolder = "library.showAvatarFolder";
inline constexpr const char* kRemoveAvatar = "library.removeAvatar";
inline constexpr const char* kUseVoice = "library.useVoice";
inline constexpr const char* kShowVoiceFolder = "library.showVoiceFolder";
inline constexpr const char* kRemoveVoice = "library.removeVoice";
} // namespace action_id

/// Adds the commands of the library, without what they do; LibraryListsPanel connects them.
void addLibraryActions(ActionRegistry& registry);

} // namespace lipsync::ui
