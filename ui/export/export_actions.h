// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;

namespace action_id {
inline constexpr const char* kExportNow = "export.now";
inline constexpr const char* kAddExport = "export.add";
inline constexpr const char* kStartQueue = "export.startQueue";
inline constexpr const char* kPauseQueue = "export.pauseQueue";
inline constexpr const char* kPauseAfterExport = "export.pauseAfterCurrent";
inline constexpr const char* kCancelJob = "export.cancelJob";
inline constexpr const char* kRetryJob = "export.retryJob";
inline constexpr const char* kDuplicateJob = "export.duplicateJob";
inline constexpr const char* kMoveJobUp = "export.moveJobUp";
inline constexpr const char* kMoveJobDown = "export.moveJobDown";
inline constexpr const char* kOpenJobFolder = "export.openJobFolder";
inline constexpr const char* kRemoveJob = "export.removeJob";
inline constexpr const char* kClearEndedJobs = "export.clearEnded";
} // namespace action_id

/// Adds the commands of the export queue, without what they do; ExportQueuePanel connects them.
void addExportActions(ActionRegistry& registry);

} // namespace lipsync::ui
