// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include <opencv2/core/types.hpp>

namespace lipsync::faces {

inline constexpr std::size_t kLandmarkCount = 68;

/// The 68 points of a face in the order of iBUG 300-W, as dlib finds them, in pixels; left and right are those of the
/// picture. 0–16 jaw (8 chin), 17–21 and 22–26 brows, 27–30 bridge and tip of the nose, 31–35 nostrils,
/// 36–41 and 42–47 eyes, 48–59 outer and 60–67 inner lips.
using Landmarks68 = std::array<cv::Point2f, kLandmarkCount>;

inline constexpr std::size_t kFirstMouthLandmark = 48;

/// Brows, nose and eyes: the points that do not move when the mouth does.
inline std::span<const cv::Point2f> stillPoints(const Landmarks68& face)
{
    return std::span(face).subspan(17, 31);
}

/// Turn, stretch and shift of a picture: x' = a·x − b·y + shift.x, y' = b·x + a·y + shift.y.
struct Similarity {
    double a = 1.0; ///< scale · cos(angle)
    double b = 0.0; ///< scale · sin(angle)
    cv::Point2d shift;

    cv::Point2f operator()(const cv::Point2f& point) const;
    double scale() const;
    Similarity inverse() const;
};

/// The similarity that lays `from` upon `to` with the smallest sum of squared distances (Umeyama 1991). Both of equal
/// length; the identity when `from` is a single place.
Similarity fitSimilarity(std::span<const cv::Point2f> from, std::span<const cv::Point2f> to);

/// An upright face that looks at the viewer, in units of the distance between the outer corners of its eyes, which is 1;
/// the middle between them is the origin.
const Landmarks68& meanFace();

/// How far points are from any face, however turned: RMS distance to the mean face laid upon them by an affine map, in
/// units of the face's size. 0.03 to 0.1 for faces.
double shapeError(const Landmarks68& face);

/// Size of a face in pixels that does not depend on its mouth and hardly on its turn: how far brows, eyes and nose
/// spread against those of the mean face. The distance of the eyes' outer corners when it looks at the viewer.
double faceSize(const Landmarks68& face);

/// The smallest upright rectangle around the points.
cv::Rect2f boundingBox(std::span<const cv::Point2f> points);

/// Shared area of two rectangles as a part of what both cover, 0 … 1.
double overlap(const cv::Rect2f& a, const cv::Rect2f& b);

} // namespace lipsync::faces
