// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// How a face moved between two frames. Internal to the room.

#include "faces/face_landmarks.h"

#include <optional>

#include <opencv2/core/mat.hpp>

namespace lipsync::faces {

/// Where a face went.
struct FaceMotion {
    Similarity motion; ///< from the earlier frame to the later
    double agreement = 0.0; ///< part of the points that were found again and moved so, 0 … 1
};

/// Follows corners inside of the face by pyramidal Lucas-Kanade flow, forwards and back: a point counts when it returns
/// to where it was (Kalal et al. 2010), and when it moves as most others do. Nothing when fewer than 8 do.
/// Both pictures: grey bytes of the same size.
std::optional<FaceMotion> followFace(const cv::Mat& before, const cv::Mat& now, const Landmarks68& face);

} // namespace lipsync::faces
