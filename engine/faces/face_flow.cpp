// SPDX-License-Identifier: GPL-3.0-or-later
#include "faces/face_flow.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/calib3d.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

namespace lipsync::faces {

namespace {

constexpr double kComfortableSize = 70.0; ///< of the face in pixels: larger ones are looked at reduced
constexpr int kMostCorners = 90;
constexpr double kCornerQuality = 0.01;
constexpr double kCornerDistance = 3.0;
constexpr float kReturnError = 0.7F; ///< pixels of the reduced picture
constexpr double kMotionError = 1.5; ///< likewise
constexpr std::size_t kFewestPoints = 8;
constexpr float kRoom = 0.6F; ///< around the face, as a part of its box, for it to move into

cv::Rect surroundings(const Landmarks68& face, const cv::Size& size)
{
    const auto box = boundingBox(face);
    const cv::Rect2f wide(box.x - kRoom * box.width, box.y - kRoom * box.height, box.width * (1 + 2 * kRoom),
                          box.height * (1 + 2 * kRoom));
    return cv::Rect(wide) & cv::Rect({}, size);
}

cv::Mat reduced(const cv::Mat& picture, double scale)
{
    if (scale >= 1.0)
        return picture;
    cv::Mat small;
    cv::resize(picture, small, {}, scale, scale, cv::INTER_AREA);
    return small;
}

/// Corners inside of the convex hull of the points.
std::vector<cv::Point2f> cornersOf(const cv::Mat& picture, const std::vector<cv::Point2f>& face)
{
    std::vector<cv::Point> outline(face.begin(), face.end()), hull;
    cv::convexHull(outline, hull);
    cv::Mat inside = cv::Mat::zeros(picture.size(), CV_8U);
    cv::fillConvexPoly(inside, hull, 255);
    std::vector<cv::Point2f> corners;
    cv::goodFeaturesToTrack(picture, corners, kMostCorners, kCornerQuality, kCornerDistance, inside);
    return corners;
}

} // namespace

std::optional<FaceMotion> followFace(const cv::Mat& before, const cv::Mat& now, const Landmarks68& face)
{
    const auto region = surroundings(face, before.size());
    const double size = faceSize(face);
    if (region.width < 16 || region.height < 16 || !(size > 1.0))
        return {};
    const double scale = std::min(1.0, kComfortableSize / size);
    const cv::Mat first = reduced(before(region), scale), second = reduced(now(region), scale);
    std::vector<cv::Point2f> points;
    for (const auto& point : face)
        points.emplace_back((point - cv::Point2f(region.tl())) * scale);
    const auto corners = cornersOf(first, points);
    if (corners.size() < kFewestPoints)
        return {};

    std::vector<cv::Point2f> there, back;
    std::vector<unsigned char> found, returned;
    std::vector<float> ignored;
    const cv::Size window(15, 15);
    cv::calcOpticalFlowPyrLK(first, second, corners, there, found, ignored, window, 3);
    cv::calcOpticalFlowPyrLK(second, first, there, back, returned, ignored, window, 3);
    std::vector<cv::Point2f> from, to;
    for (std::size_t i = 0; i < corners.size(); ++i) {
        const auto error = back[i] - corners[i];
        if (found[i] != 0 && returned[i] != 0 && std::hypot(error.x, error.y) < kReturnError) {
            from.push_back(corners[i]);
            to.push_back(there[i]);
        }
    }
    if (from.size() < kFewestPoints)
        return {};
    std::vector<unsigned char> agree;
    const cv::Mat affine = cv::estimateAffinePartial2D(from, to, agree, cv::RANSAC, kMotionError);
    if (affine.empty())
        return {};
    const auto agreeing = std::count(agree.begin(), agree.end(), 1);
    if (static_cast<std::size_t>(agreeing) < kFewestPoints)
        return {};
    // From the reduced region's coordinates to the frame's: x = region + p / scale.
    FaceMotion moved;
    moved.motion.a = affine.at<double>(0, 0);
    moved.motion.b = affine.at<double>(1, 0);
    const cv::Point2d corner(region.tl());
    const cv::Point2d turned(moved.motion.a * corner.x - moved.motion.b * corner.y,
                             moved.motion.b * corner.x + moved.motion.a * corner.y);
    moved.motion.shift = cv::Point2d(affine.at<double>(0, 2), affine.at<double>(1, 2)) / scale + corner - turned;
    moved.agreement = static_cast<double>(agreeing) / static_cast<double>(corners.size());
    return moved;
}

} // namespace lipsync::faces
