// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ActionRegistry;

/// Ids of what is done with the preview beside playing it.
namespace action_id {
inline constexpr const char* kLoop = "playback.loop";
inline constexpr const char* kBeginLoop = "playback.beginLoop";
inline constexpr const char* kEndLoop = "playback.endLoop";
inline constexpr const char* kPictureEarlier = "playback.pictureEarlier";
inline constexpr const char* kPictureLater = "playback.pictureLater";
inline constexpr const char* kNoNudge = "playback.noNudge";
inline constexpr const char* kMute = "playback.mute";
inline constexpr const char* kLouder = "playback.louder";
inline constexpr const char* kQuieter = "playback.quieter";
inline constexpr const char* kSaveFrame = "playback.saveFrame";
inline constexpr const char* kWipe = "view.wipe";
inline constexpr const char* kWipeLeft = "view.wipeLeft";
inline constexpr const char* kWipeRight = "view.wipeRight";
inline constexpr const char* kFitPicture = "view.fitPicture";
inline constexpr const char* kActualSize = "view.actualSize";
inline constexpr const char* kZoomIn = "view.zoomIn";
inline constexpr const char* kZoomOut = "view.zoomOut";
inline constexpr const char* kOverlay = "view.overlay";
inline constexpr const char* kFullScreenPreview = "view.fullScreenPreview";
} // namespace action_id

/// Adds the commands, without what they do: PreviewCommands does it.
void addPreviewActions(ActionRegistry& registry);

} // namespace lipsync::ui
