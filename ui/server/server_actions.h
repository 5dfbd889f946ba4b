// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;

namespace action_id {
inline constexpr const char* kServe = "server.toggle";
inline constexpr const char* kShowServer = "server.show";
inline constexpr const char* kCopyEndpoint = "server.copyEndpoint";
inline constexpr const char* kCopyMetricsUrl = "server.copyMetricsUrl";
inline constexpr const char* kNewToken = "server.newToken";
inline constexpr const char* kCopyToken = "server.copyToken";
} // namespace action_id

/// Adds the commands of the server, without what they do; ServerPanel connects them, and the window kShowServer.
void addServerActions(ActionRegistry& registry);

} // namespace lipsync::ui
