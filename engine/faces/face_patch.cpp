// SPDX-License-Identifier: GPL-3.0-or-later
#include "faces/face_patch.h"

#include <cmath>

#include <opencv2/imgproc.hpp>

namespace lipsync::faces {

namespace {

// The patch shows the mean face from −0.75 to 0.75 across and from −0.35 to 1.15 down, in distances of the eyes.
constexpr double kLeft = -0.75, kTop = -0.35, kExtent = 1.5;
constexpr double kPlain = 1.0; ///< standard deviation in grey levels below which there is nothing to compare

} // namespace

cv::Mat alignedPatch(const cv::Mat& grey, const Landmarks68& face)
{
    const auto toFrame = fitSimilarity(stillPoints(meanFace()), stillPoints(face));
    const double step = kExtent / kPatchSide; // of the mean face a pixel
    // Pixel (u, v) of the patch shows the mean face's (left + (u + ½)·step, top + (v + ½)·step).
    const double x0 = kLeft + step / 2, y0 = kTop + step / 2;
    const cv::Matx23d map(toFrame.a * step, -toFrame.b * step, toFrame.a * x0 - toFrame.b * y0 + toFrame.shift.x,
                          toFrame.b * step, toFrame.a * step, toFrame.b * x0 + toFrame.a * y0 + toFrame.shift.y);
    cv::Mat patch;
    cv::warpAffine(grey, patch, map, {kPatchSide, kPatchSide}, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                   cv::BORDER_REPLICATE);
    return patch;
}

double likeness(const cv::Mat& a, const cv::Mat& b)
{
    if (a.empty() || b.empty())
        return 0.0;
    cv::Scalar meanA, deviationA, meanB, deviationB;
    cv::meanStdDev(a, meanA, deviationA);
    cv::meanStdDev(b, meanB, deviationB);
    if (deviationA[0] < kPlain || deviationB[0] < kPlain)
        return 0.0;
    cv::Mat left, right;
    a.convertTo(left, CV_32F, 1.0, -meanA[0]);
    b.convertTo(right, CV_32F, 1.0, -meanB[0]);
    return left.dot(right) / (static_cast<double>(a.total()) * deviationA[0] * deviationB[0]);
}

} // namespace lipsync::faces
