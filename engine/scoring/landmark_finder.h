// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "scoring/mouth_shape.h"

#include <functional>
#include <optional>

#include <opencv2/core/mat.hpp>

namespace lipsync::scoring {

/// The landmarks of the face in the next frame (BGR) of a sequence; nothing where it is not seen. One thread.
using LandmarkFinder = std::function<Result<std::optional<Landmarks>>(const cv::Mat& bgr)>;

/// Makes a finder for one sequence of frames; `face` says where the face is in the first one, where that is known.
using LandmarkFinders = std::function<Result<LandmarkFinder>(std::optional<cv::Rect> face)>;

/// A finder of `finders`; an empty one, which finds nothing, where there are none.
inline Result<LandmarkFinder> finderOf(const LandmarkFinders& finders, std::optional<cv::Rect> face)
{
    return finders ? finders(face) : Result<LandmarkFinder>(LandmarkFinder());
}

} // namespace lipsync::scoring
