// SPDX-License-Identifier: GPL-3.0-or-later
#include "faces/face_landmarks.h"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>

namespace lipsync::faces {

cv::Point2f Similarity::operator()(const cv::Point2f& point) const
{
    return {static_cast<float>(a * point.x - b * point.y + shift.x),
            static_cast<float>(b * point.x + a * point.y + shift.y)};
}

double Similarity::scale() const
{
    return std::hypot(a, b);
}

Similarity Similarity::inverse() const
{
    const double squared = a * a + b * b;
    Similarity back{a / squared, -b / squared, {}};
    back.shift = {-(back.a * shift.x - back.b * shift.y), -(back.b * shift.x + back.a * shift.y)};
    return back;
}

Similarity fitSimilarity(std::span<const cv::Point2f> from, std::span<const cv::Point2f> to)
{
    const auto count = static_cast<double>(from.size());
    cv::Point2d fromCentre, toCentre;
    for (std::size_t i = 0; i < from.size(); ++i) {
        fromCentre += cv::Point2d(from[i]) / count;
        toCentre += cv::Point2d(to[i]) / count;
    }
    double along = 0.0, across = 0.0, spread = 0.0;
    for (std::size_t i = 0; i < from.size(); ++i) {
        const auto p = cv::Point2d(from[i]) - fromCentre, q = cv::Point2d(to[i]) - toCentre;
        along += p.dot(q);
        across += p.x * q.y - p.y * q.x;
        spread += p.dot(p);
    }
    if (!(spread > 0.0))
        return {};
    Similarity found{along / spread, across / spread, {}};
    found.shift = {toCentre.x - (found.a * fromCentre.x - found.b * fromCentre.y),
                   toCentre.y - (found.b * fromCentre.x + found.a * fromCentre.y)};
    return found;
}

double shapeError(const Landmarks68& face)
{
    // Least squares x ≈ M·(mean, 1), by the normal equations of three unknowns a coordinate.
    cv::Matx33d products = cv::Matx33d::zeros();
    cv::Matx32d sums = cv::Matx32d::zeros();
    for (std::size_t i = 0; i < kLandmarkCount; ++i) {
        const cv::Vec3d row(meanFace()[i].x, meanFace()[i].y, 1.0);
        products += row * row.t();
        sums += row * cv::Matx12d(face[i].x, face[i].y);
    }
    const cv::Matx32d map = products.solve(sums, cv::DECOMP_CHOLESKY);
    double squares = 0.0;
    for (std::size_t i = 0; i < kLandmarkCount; ++i) {
        const cv::Matx12d there = cv::Matx13d(meanFace()[i].x, meanFace()[i].y, 1.0) * map;
        squares += std::pow(there(0) - face[i].x, 2) + std::pow(there(1) - face[i].y, 2);
    }
    const double size = faceSize(face);
    return size > 0.0 ? std::sqrt(squares / kLandmarkCount) / size : 1.0;
}

double faceSize(const Landmarks68& face)
{
    // Spread, and not the scale of a fitted similarity: a turned head is narrower but as tall.
    const auto spread = [](std::span<const cv::Point2f> points) {
        cv::Point2d centre;
        for (const auto& point : points)
            centre += cv::Point2d(point) / static_cast<double>(points.size());
        double squares = 0.0;
        for (const auto& point : points)
            squares += (cv::Point2d(point) - centre).dot(cv::Point2d(point) - centre);
        return std::sqrt(squares);
    };
    return spread(stillPoints(face)) / spread(stillPoints(meanFace()));
}

cv::Rect2f boundingBox(std::span<const cv::Point2f> points)
{
    if (points.empty())
        return {};
    cv::Point2f least = points.front(), most = points.front();
    for (const auto& point : points) {
        least = {std::min(least.x, point.x), std::min(least.y, point.y)};
        most = {std::max(most.x, point.x), std::max(most.y, point.y)};
    }
    return {least, most};
}

double overlap(const cv::Rect2f& a, const cv::Rect2f& b)
{
    const double shared = (a & b).area();
    const double both = a.area() + b.area() - shared;
    return both > 0.0 ? shared / both : 0.0;
}

} // namespace lipsync::faces
