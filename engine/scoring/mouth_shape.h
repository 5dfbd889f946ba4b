// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <opencv2/core/types.hpp>

namespace lipsync::scoring {

/// The 68 points of a face in the order of iBUG 300-W, as dlib finds them, in pixels. 48–67 are the mouth.
using Landmarks = std::array<cv::Point2f, 68>;

inline constexpr std::size_t kFirstMouthPoint = 48, kMouthPoints = 20;

/// Distance of the outer corners of the eyes (points 36 and 45) in pixels: the measure of a face's size.
double faceSize(const Landmarks& face);

/// Mean gap between the inner lips (points 61–67, 62–66, 63–65) as a part of faceSize(); 0 is closed.
double mouthOpening(const Landmarks& face);

/// LMD: mean distance of the mouth's points, in pixels, after their centres were laid upon each other.
/// Source: lipsync-models specification, section 6.2.
double mouthDistance(const Landmarks& a, const Landmarks& b);

/// The smallest upright rectangle around all points.
cv::Rect2f landmarkBox(const Landmarks& face);

/// The mouth's points with a quarter of their extent around them, inside of `bounds`; empty when outside of it.
cv::Rect mouthBox(const Landmarks& face, const cv::Rect& bounds);

/// How much points tremble from frame to frame: the standard deviation, per coordinate, of the white noise whose
/// second differences are as large. A steady movement counts nothing, a hasty one a little. Pixels.
class PointJitter {
public:
    /// The same points of the next frame; nothing when they were not found.
    void add(std::optional<std::span<const cv::Point2f>> points);
    /// Nothing before three frames in a row.
    std::optional<double> value() const;

private:
    std::vector<cv::Point2f> m_before, m_last;
    double m_squares = 0, m_numbers = 0;
};

} // namespace lipsync::scoring
