// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "training/demo/demo_pose.h"

#include <opencv2/core.hpp>

namespace lipsync::training {

/// Where the mouth lies in the 512-pixel drawing, and how far its parts move.
inline constexpr float kMouthX = 256.0f;
inline constexpr float kMouthY = 312.0f;
inline constexpr float kMouthOpening = 50.0f; ///< lips' distance at open = 1

/// Draws lips, teeth, tongue and the shade below the lips over `head` (CV_8UC4, alpha 255 there), a picture of the
/// drawing's rectangle that begins at `origin` (pixels), `scale` pixels per drawing unit.
void drawMouth(cv::Mat& head, cv::Point origin, float scale, const MouthPose& pose);

} // namespace lipsync::training
