// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;

namespace action_id {
inline constexpr const char* kLive = "live.toggle";
inline constexpr const char* kInterruptLive = "live.interrupt";
} // namespace action_id

/// Adds the commands of live speech, without what they do; LivePanel connects them.
void addLiveActions(ActionRegistry& registry);

} // namespace lipsync::ui
