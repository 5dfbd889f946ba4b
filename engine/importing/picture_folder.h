// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>

#include <opencv2/core/mat.hpp>

namespace lipsync::importing {

/// Largest picture file that is read, in bytes.
inline constexpr std::size_t kMaxPictureBytes = std::size_t{64} << 20;

/// How many pictures 0.jpg, 1.jpg, … the folder has before the first one is missing.
int countPictures(const std::filesystem::path& folder);

/// Reads FRAME.jpg as height × width BGR bytes (CV_8UC3). InvalidInput when it is missing, damaged or larger than
/// avatar::kMaxFrameSide.
Result<cv::Mat> readPicture(const std::filesystem::path& folder, int frame);

/// Width and height that a JPEG's frame header names (ITU-T T.81, B.2.2); nothing when it has none.
std::optional<cv::Size> jpegSize(std::span<const char> bytes);

} // namespace lipsync::importing
