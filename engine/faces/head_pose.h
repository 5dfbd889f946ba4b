// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "faces/face_landmarks.h"

namespace lipsync::faces {

/// Where a head looks, in degrees; all 0 for one that looks into the camera. A rough estimate: a general head is fitted
/// to the points, seen by a camera whose field of view is unknown.
struct HeadPose {
    double yaw = 0.0; ///< to the right of the picture
    double pitch = 0.0; ///< downwards
    double roll = 0.0; ///< clockwise tilt
};

/// Eyes, nose, mouth corners and chin against a general head by perspective-n-point (OpenCV).
HeadPose headPose(const Landmarks68& face, cv::Size frame);

} // namespace lipsync::faces
