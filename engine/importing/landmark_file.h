// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/crop_rectangle.h"
#include "base/error.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <opencv2/core/types.hpp>

namespace lipsync::importing {

/// Points of a face as SyncTalk_2D's detector gives them (specification sections 1.10 and 1.14).
inline constexpr std::size_t kLandmarkCount = 110;

/// Largest .lms file that is read, in bytes.
inline constexpr std::size_t kMaxLandmarkBytes = std::size_t{64} << 10;

/// Reads the text of a .lms file: 110 lines "x y" in pixels, as float32. InvalidInput, called `name`, when there are
/// more or fewer, or a number cannot be used.
Result<std::vector<cv::Point2f>> parseLandmarks(std::string_view text, const std::string& name);

/// The square that a face's 110 landmarks give (section 1.10): left edge at point 1, right edge at point 31, top at
/// point 52, all cut to whole pixels. It may lie outside of the frame.
avatar::CropRectangle cropOf(const std::vector<cv::Point2f>& landmarks);

/// Reads `folder`/FRAME.lms and gives its square.
Result<avatar::CropRectangle> readLandmarkCrop(const std::filesystem::path& folder, int frame);

} // namespace lipsync::importing
