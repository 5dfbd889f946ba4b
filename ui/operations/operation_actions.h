// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;

namespace action_id {
inline constexpr const char* kImportAvatar = "avatar.import";
inline constexpr const char* kPrepareAvatar = "avatar.prepare";
inline constexpr const char* kTrainAvatar = "avatar.train";
} // namespace action_id

/// Adds the commands that make avatars, without what they do; OperationDialogs connects them.
void addOperationActions(ActionRegistry& registry);

} // namespace lipsync::ui
