// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The face in every frame of a clip. Internal to the room.

#include "base/error.h"
#include "faces/face_tracker.h"
#include "faces/head_pose.h"
#include "preparation/frame_quality.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace lipsync::preparation {

/// What is known of one frame.
struct ClipFrame {
    faces::FaceObservation face;
    faces::HeadPose pose; ///< of a found face
    FrameQuality quality; ///< of a found face
};

/// Reads the whole clip once and follows the face through it. Frames before the face was first found, or found again,
/// are looked at once more backwards from there, as far as it can be followed (at most two seconds).
/// Decoding runs on a thread of its own. `progress`: frames so far.
Result<std::vector<ClipFrame>> findFaces(const std::filesystem::path& clip, const faces::FaceTrackerOptions& options,
                                         const std::function<void(std::int64_t)>& progress,
                                         const std::stop_token& stop);

} // namespace lipsync::preparation
