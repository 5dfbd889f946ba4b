// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>

#include <opencv2/core/mat.hpp>

namespace lipsync::training {

/// Writes a picture for a person as PNG, replacing the file when whole. Resource when it cannot be written.
Status writePicture(const std::filesystem::path& file, const cv::Mat& bgr);

} // namespace lipsync::training
