// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include <opencv2/core/types.hpp>

namespace lipsync::training {

inline constexpr int kLandmarks = 68; ///< points of a face, in the order of iBUG 68

/// How a mouth stands, measured from landmarks, against the clip's usual mouth.
struct MouthShape {
    float openness = 0; ///< distance of the inner lips, 1 being half the usual mouth's width
    float width = 0; ///< between its corners, 1 being the usual width
};

/// Shapes of all frames; `landmarks` are frames × 68 points.
std::vector<MouthShape> measureMouths(std::span<const cv::Point2f> landmarks);

/// Box around a face's lips with some skin: a sixth of their width at the sides, a third of their height above and below, since
/// landmarks are not exact and lips drag the skin along.
cv::Rect2f mouthBox(std::span<const cv::Point2f> face);

/// The kinds of mouth shape: four opennesses, three widths.
inline constexpr int kMouthKinds = 12;
int mouthKind(const MouthShape& shape);

} // namespace lipsync::training
