// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/crop_rectangle.h"

#include <array>
#include <vector>

#include <opencv2/core/types.hpp>

namespace lipsync::importing {

/// Where the face is in a clip of `frames` frames: the operator's box in all of them, as Wav2Lip's --box has it.
std::vector<avatar::CropRectangle> fixedFace(cv::Rect face, int frames);

/// Wav2Lip's smoothing: each box becomes the mean of itself and the four that follow, in place, so that boxes smoothed
/// before feed those after them; the last five share theirs (specification section 3.5).
void smoothBoxes(std::vector<avatar::CropRectangle>& boxes);

/// The box of a face with Wav2Lip's pads (top, bottom, left, right), cut to the picture.
avatar::CropRectangle paddedBox(cv::Rect face, const std::array<int, 4>& pads, cv::Size picture);

} // namespace lipsync::importing
