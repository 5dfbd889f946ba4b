// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/avatar_shelf.h"
#include "serving/fault.h"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lipsync::serving {

/// Quality of JPEG pictures where nothing else is asked for.
inline constexpr int kJpegQuality = 95;

/// A JPEG of rows of B,G,R bytes without padding.
Answer<std::string> jpegOf(std::span<const std::uint8_t> bgr, int width, int height, int quality = kJpegQuality);

/// Where a network's picture belongs in the full frame: x1, y1, x2, y2. The crop rectangle without the border of the
/// network's profile, so not on whole pixels where the crop was resized.
std::array<float, 4> mouthBounds(const ServedAvatar& avatar, int templateFrame);

/// Pictures of a template frame by the names that packages of the seed system give their videos.
const std::vector<std::string>& videoNames();
/// One of them as a JPEG. BadRequest for another name or frame.
Answer<std::string> videoFrameJpeg(const ServedAvatar& avatar, std::string_view video, std::int64_t templateFrame);

} // namespace lipsync::serving
