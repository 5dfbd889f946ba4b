// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <opencv2/core.hpp>

namespace lipsync::training {

/// The part of the demo character's picture that never moves: CV_8UC3, size × size.
cv::Mat paintBackgroundAndBody(int size);

/// The head without its mouth, eyes closed by `lids` 0..1: CV_8UC4 multiplied by alpha, size × size.
cv::Mat paintHead(int size, float lids);

} // namespace lipsync::training
