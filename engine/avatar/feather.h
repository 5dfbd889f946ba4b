// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The soft, colour-true paste of Compositor. Internal to the room.

#include "nn/network_spec.h"

#include <array>
#include <cstdint>

#include <opencv2/core/mat.hpp>

namespace lipsync::avatar {

/// By how much the network's colours differ from the template's near the mask's border: B,G,R at the mask's four
/// corners (upper left, upper right, lower left, lower right) in eighths of a level, within ±12 levels.
using ColourOffsets = std::array<std::array<int, 3>, 4>;

/// Blends redrawn mouths into a frame: inside the mouth mask only, from nothing at its border to full within
/// a sixteenth of the picture's side (10 of 160, 20 of 320 pixels), in 16-bit integers. Immutable; any thread.
class Feather {
public:
    explicit Feather(const nn::GeneratorSpec& network);

    /// `square` is the resized crop with the network's picture inside, `crop` the untouched one. Compares them in the
    /// feather, where both show the same skin; pixels that differ much (a moved jaw) count little.
    ColourOffsets measureColours(const cv::Mat& square, const cv::Mat& crop) const;

    /// `resized`: the square at the rectangle's size. `target`: that rectangle of the frame, holding the template's
    /// pixels. target += alpha · (resized − offsets − target); pixels outside of the mask are not touched.
    void blend(const cv::Mat& resized, const ColourOffsets& offsets, cv::Mat& target) const;

private:
    int m_cropSize;
    int m_width; ///< of the feather, in pixels of the crop
    cv::Rect m_mask; ///< in pixels of the crop
};

} // namespace lipsync::avatar
