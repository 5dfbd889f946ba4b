// SPDX-License-Identifier: GPL-3.0-or-later
#include "faces/head_pose.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/calib3d.hpp>

namespace lipsync::faces {

namespace {

constexpr double kDegrees = 180.0 / CV_PI;
constexpr double kBackwards = 90.0;

/// The points that the pose is read off, and where they are on a general head in millimetres: x to the right of the
/// picture, y down, z away from the viewer; the middle between the eyes is the origin.
struct HeadPoint {
    std::size_t landmark;
    cv::Point3d place;
};
const HeadPoint kHead[] = {{36, {-45, 0, 5}},  {45, {45, 0, 5}},   {39, {-17, 1, 0}},  {42, {17, 1, 0}},
                           {27, {0, -4, -12}}, {30, {0, 34, -32}}, {33, {0, 49, -16}}, {48, {-26, 77, -2}},
                           {54, {26, 77, -2}}, {8, {0, 122, 4}}};

} // namespace

HeadPose headPose(const Landmarks68& face, cv::Size frame)
{
    std::vector<cv::Point3d> places;
    std::vector<cv::Point2d> points;
    for (const auto& point : kHead) {
        places.push_back(point.place);
        points.emplace_back(face[point.landmark]);
    }
    const double focal = std::max({1, frame.width, frame.height}) * 1.2;
    const cv::Matx33d camera(focal, 0, frame.width / 2.0, 0, focal, frame.height / 2.0, 0, 0, 1);
    cv::Mat turn, shift;
    cv::Mat rotation;
    if (!cv::solvePnP(places, points, camera, cv::noArray(), turn, shift, false, cv::SOLVEPNP_SQPNP))
        return {};
    cv::Rodrigues(turn, rotation);
    const auto r = [&](int row, int column) { return rotation.at<double>(row, column); };
    // R = Rz(roll) · Ry · Rx: where the nose's axis (−z) points.
    HeadPose pose;
    pose.yaw = std::atan2(-r(0, 2), r(2, 2)) * kDegrees;
    pose.pitch = std::asin(std::clamp(-r(1, 2), -1.0, 1.0)) * kDegrees;
    pose.roll = std::atan2(r(1, 0), r(0, 0)) * kDegrees;
    if (std::abs(pose.yaw) > kBackwards) // the solution behind the camera's back
        return {};
    return pose;
}

} // namespace lipsync::faces
