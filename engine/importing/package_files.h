// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/crop_rectangle.h"
#include "base/error.h"
#include "nn/network_profile.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lipsync::importing {

/// Largest package_info.json and file of rectangles that are read, in bytes.
inline constexpr std::size_t kMaxInfoBytes = std::size_t{4} << 20;
inline constexpr std::size_t kMaxRectanglesBytes = std::size_t{64} << 20;

/// What a package_info.json says, in either generation (specification section 2.1).
struct PackageInfo {
    std::string name; ///< of the data set; may be empty
    std::optional<int> frameCount; ///< frames that were prepared
    std::optional<double> frameRate; ///< of the full frames
    std::string videoFile; ///< of the full frames, a plain file name; may be empty
    std::optional<nn::AudioMode> mode; ///< what its network listens to
};

/// Reads the text of a package_info.json, called `name` in errors. Keys that are absent stay empty; what is there and
/// cannot be used is InvalidInput.
Result<PackageInfo> parsePackageInfo(std::string_view json, const std::string& name);

/// Crop rectangles by frame number.
using FrameRectangles = std::map<int, avatar::CropRectangle>;

/// Reads crop_rects.json, an array of [x1, y1, x2, y2], or cache/crop_rectangles.json, an object {"0": {"rect":
/// [x1, y1, x2, y2], …}, …}; told by the content. InvalidInput, called `name`, names the entry that cannot be used.
Result<FrameRectangles> parseRectangles(std::string_view json, const std::string& name);

/// Reads face_bounds/FRAME.npy: xmin, ymin, xmax, ymax and the width, in new files the height too.
Result<avatar::CropRectangle> readFaceBounds(const std::filesystem::path& folder, int frame);

} // namespace lipsync::importing
