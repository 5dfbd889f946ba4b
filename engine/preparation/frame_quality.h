// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "faces/face_landmarks.h"

#include <opencv2/core/mat.hpp>

namespace lipsync::preparation {

/// How well a face is to be seen in a frame.
struct FrameQuality {
    double width = 0.0; ///< of the face from ear to ear, pixels of the frame
    double sharpness = 0.0; ///< variance of the Laplacian of the face at 96 pixels: what a close-up would have too
    double brightness = 0.0; ///< mean of its grey levels, 0 … 255
    double contrast = 0.0; ///< their standard deviation
    double clipped = 0.0; ///< part of it that is black (≤ 4) or white (≥ 251)
    cv::Mat patch; ///< the face, aligned: 48 × 48 grey bytes (faces::alignedPatch)
    double mouthLikeness = 1.0; ///< of the mouth to the clip's usual mouth, −1 … 1; filled in by compareMouths()
};

/// Measures the face with these landmarks in a BGR picture.
FrameQuality measureFrame(const cv::Mat& picture, const faces::Landmarks68& face);

} // namespace lipsync::preparation
