// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What a face looks like, to be compared. Internal to the engine.

#include "faces/face_landmarks.h"

#include <opencv2/core/mat.hpp>

namespace lipsync::faces {

inline constexpr int kPatchSide = 48; ///< pixels

/// The face laid upon the mean face: kPatchSide² grey bytes, eyes level, from above the brows to the chin. What lies
/// outside of the frame repeats its border.
cv::Mat alignedPatch(const cv::Mat& grey, const Landmarks68& face);

/// Correlation of two patches, −1 … 1, whatever their brightness and contrast; 0 where one of them is plain.
double likeness(const cv::Mat& a, const cv::Mat& b);

} // namespace lipsync::faces
