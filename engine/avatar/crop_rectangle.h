// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <string>
#include <string_view>
#include <vector>

#include <opencv2/core/types.hpp>

namespace lipsync::avatar {

/// Part of a template frame that holds the face: x right, y down, half-open, in pixels of the frame. A square for most
/// networks.
struct CropRectangle {
    int x1 = 0;
    int y1 = 0;
    int x2 = 0;
    int y2 = 0;

    int width() const { return x2 - x1; }
    int height() const { return y2 - y1; }
    cv::Rect rect() const { return {x1, y1, width(), height()}; }

    bool operator==(const CropRectangle&) const = default;
};

/// Smallest side of a crop rectangle in pixels; below it there is no face to be seen.
inline constexpr int kMinCropSide = 16;

/// Largest crops.json that is read, in bytes.
inline constexpr std::size_t kMaxCropsBytes = std::size_t{16} << 20;

/// Reads crops.json: an array with one [x1, y1, x2, y2] of whole numbers for every template frame.
/// InvalidInput names the entry that cannot be used. Geometry is checked by checkCrop().
Result<std::vector<CropRectangle>> parseCrops(std::string_view json);

/// The text of crops.json, one rectangle a line.
std::string toJson(const std::vector<CropRectangle>& crops);

/// InvalidInput when rectangle `index` is not square though it must be (NetworkProfile::squareCrop), smaller than
/// kMinCropSide or reaches outside the frame.
Status checkCrop(const CropRectangle& crop, int index, int frameWidth, int frameHeight, bool mustBeSquare = true);

} // namespace lipsync::avatar
