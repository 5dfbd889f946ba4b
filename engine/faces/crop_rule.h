// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "faces/face_landmarks.h"

#include <optional>
#include <span>
#include <vector>

namespace lipsync::faces {

/// The square of a face that SyncTalk_2D's networks see, in pixels of the frame.
struct FaceSquare {
    double centreX = 0.0;
    double top = 0.0;
    double side = 0.0;
};

/// SyncTalk_2D's rule (section 1.10) in this point scheme. It takes x1 and x2 from points 1 and 31 of a jaw of 33
/// points, which lie between 0 and 1 and between 15 and 16 of our 17; y1 from point 52, the second of four on the
/// bridge of the nose, our 28; side = x2 − x1, and y2 = y1 + side. Where the chin would not lie inside with a tenth of
/// the side to spare (a turned or a long face), the side is as long as that needs.
FaceSquare faceSquare(const Landmarks68& face);

/// The crop squares of a clip.
struct CropPlan {
    std::vector<cv::Rect> squares; ///< one a frame, inside of the frame
    std::vector<std::size_t> pushed; ///< frames whose square would have left the frame by more than a fiftieth
};

/// Squares that follow the head, not every breath: place and side of faceSquare() smoothed over time as much before as
/// after (0.16 s and 1 s at 25 frames/s), the side the same through a scene unless the face comes nearer, whole
/// pixels with a hysteresis. Frames without a face are bridged in a straight line within their scene. Empty when
/// no frame has a face.
CropPlan planCrops(std::span<const std::optional<Landmarks68>> frames, const std::vector<bool>& startsScene,
                   cv::Size frame);

} // namespace lipsync::faces
