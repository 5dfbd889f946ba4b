// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/crop_rectangle.h"
#include "base/error.h"
#include "importing/source.h"

#include <stop_token>
#include <string>
#include <vector>

#include <opencv2/core/types.hpp>

namespace lipsync::importing {

/// A stretch of a source's frames.
struct FrameRange {
    int first = 0;
    int last = 0; ///< included
    int count() const { return last - first + 1; }
};

/// The face's rectangle in every frame of the range: from its landmarks, else from the package's rectangles. Frames of
/// which both are there and differ get a warning. InvalidInput names the frames that have neither.
Result<std::vector<avatar::CropRectangle>> readCrops(const Source& source, FrameRange range,
                                                     std::vector<std::string>& warnings, const std::stop_token& stop);

/// Brings rectangles into a picture of `size`: one that reaches outside by at most a twentieth of its side is moved
/// in, with a warning that names the frames. InvalidInput names those that reach farther, are no squares (where they
/// have to be) or are too small, and says which stretch of frames is left.
Status fitCrops(std::vector<avatar::CropRectangle>& crops, FrameRange range, cv::Size size, bool mustBeSquare,
                std::vector<std::string>& warnings);

/// "3, 17–20 and 44", with "and 12 more" past eight stretches. `frames` ascends.
std::string listFrames(const std::vector<int>& frames);

} // namespace lipsync::importing
