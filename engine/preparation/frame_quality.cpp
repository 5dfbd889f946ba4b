// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/frame_quality.h"

#include "faces/face_patch.h"

#include <algorithm>

#include <opencv2/imgproc.hpp>

namespace lipsync::preparation {

namespace {

constexpr int kComparedSide = 96; ///< pixels at which sharpness is comparable between near and far faces
constexpr int kBlack = 4, kWhite = 251;

} // namespace

FrameQuality measureFrame(const cv::Mat& picture, const faces::Landmarks68& face)
{
    FrameQuality quality;
    quality.width = face[15].x - face[1].x;
    const auto box = faces::boundingBox(face);
    const cv::Rect region = cv::Rect(box) & cv::Rect({}, picture.size());
    if (region.width < 8 || region.height < 8)
        return quality;
    cv::Mat grey;
    cv::cvtColor(picture(region), grey, cv::COLOR_BGR2GRAY);

    cv::Scalar mean, deviation;
    cv::meanStdDev(grey, mean, deviation);
    quality.brightness = mean[0];
    quality.contrast = deviation[0];
    const int extreme = cv::countNonZero(grey <= kBlack) + cv::countNonZero(grey >= kWhite);
    quality.clipped = static_cast<double>(extreme) / static_cast<double>(grey.total());

    cv::Mat compared, edges;
    cv::resize(grey, compared, {kComparedSide, kComparedSide}, 0, 0, cv::INTER_AREA);
    cv::Laplacian(compared, edges, CV_16S);
    cv::meanStdDev(edges, mean, deviation);
    quality.sharpness = deviation[0] * deviation[0];

    faces::Landmarks68 inRegion = face;
    for (auto& point : inRegion)
        point -= cv::Point2f(region.tl());
    quality.patch = faces::alignedPatch(grey, inRegion);
    return quality;
}

} // namespace lipsync::preparation
