// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/crop_rectangle.h"
#include "base/error.h"
#include "base/npy.h"
#include "faces/face_landmarks.h"

#include <array>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <opencv2/core/types.hpp>

namespace lipsync::importing {

/// The face in every frame of a clip.
struct ClipFaces {
    cv::Size picture;
    std::vector<faces::Landmarks68> landmarks; ///< one a frame, unsmoothed; where it was not seen, those before it
    std::vector<int> unseen; ///< the frames in which it was not
    std::vector<bool> startsScene; ///< one a frame
};

/// Follows the largest face through a clip. A face that is hidden for a few frames is carried over them; InvalidInput
/// names the frames where it is lost for longer.
Result<ClipFaces> findFaces(const std::filesystem::path& video, const std::function<void(double)>& progress,
                            const std::stop_token& stop);

/// Boxes as Wav2Lip would have them: from ear to ear and from the middle of the forehead to the chin, which is what
/// its detector frames, with pads (top, bottom, left, right), smoothed (specification section 3.5).
std::vector<avatar::CropRectangle> wav2LipBoxes(const ClipFaces& faces, const std::array<int, 4>& pads);

/// Squares by SyncTalk_2D's rule in these landmarks, smoothed over time, inside of the picture.
std::vector<avatar::CropRectangle> syncTalkSquares(const ClipFaces& faces);

/// landmarks.npy of an avatar: frames × 68 × 2.
NpyArray landmarkTable(const ClipFaces& faces);

} // namespace lipsync::importing
