// SPDX-License-Identifier: GPL-3.0-or-later
#include "scoring/mouth_shape.h"

#include <algorithm>
#include <cmath>

namespace lipsync::scoring {

namespace {

constexpr std::size_t kLeftEye = 36, kRightEye = 45; ///< outer corners
constexpr std::array<std::array<std::size_t, 2>, 3> kInnerLips{{{61, 67}, {62, 66}, {63, 65}}};
constexpr double kAroundMouth = 0.25; ///< of the mouth's own extent, on each side of it

/// White noise of variance v has second differences a − 2b + c of variance 6v.
constexpr double kSecondDifferenceGain = 6.0;

double distance(const cv::Point2f& a, const cv::Point2f& b)
{
    return std::hypot(static_cast<double>(a.x) - b.x, static_cast<double>(a.y) - b.y);
}

std::span<const cv::Point2f> mouthOf(const Landmarks& face)
{
    return std::span(face).subspan(kFirstMouthPoint, kMouthPoints);
}

cv::Rect2f boxOf(std::span<const cv::Point2f> points)
{
    auto least = points.front(), most = least;
    for (const auto& point : points) {
        least = {std::min(least.x, point.x), std::min(least.y, point.y)};
        most = {std::max(most.x, point.x), std::max(most.y, point.y)};
    }
    return {least, most};
}

cv::Point2d centreOf(std::span<const cv::Point2f> points)
{
    cv::Point2d sum;
    for (const auto& point : points)
        sum += cv::Point2d(point);
    return sum / static_cast<double>(points.size());
}

} // namespace

double faceSize(const Landmarks& face)
{
    return distance(face[kLeftEye], face[kRightEye]);
}

double mouthOpening(const Landmarks& face)
{
    double gap = 0;
    for (const auto& [upper, lower] : kInnerLips)
        gap += distance(face[upper], face[lower]);
    const double size = faceSize(face);
    return size > 0 ? gap / kInnerLips.size() / size : 0;
}

double mouthDistance(const Landmarks& a, const Landmarks& b)
{
    const auto mouthA = mouthOf(a), mouthB = mouthOf(b);
    const auto shift = centreOf(mouthA) - centreOf(mouthB);
    double sum = 0;
    for (std::size_t i = 0; i < kMouthPoints; ++i) {
        const auto away = cv::Point2d(mouthA[i]) - cv::Point2d(mouthB[i]) - shift;
        sum += std::hypot(away.x, away.y);
    }
    return sum / static_cast<double>(kMouthPoints);
}

cv::Rect2f landmarkBox(const Landmarks& face)
{
    return boxOf(face);
}

cv::Rect mouthBox(const Landmarks& face, const cv::Rect& bounds)
{
    const auto mouth = boxOf(mouthOf(face));
    const double right = mouth.width * kAroundMouth, below = mouth.height * kAroundMouth;
    const cv::Rect box(
        cv::Point(static_cast<int>(std::floor(mouth.x - right)), static_cast<int>(std::floor(mouth.y - below))),
        cv::Point(static_cast<int>(std::ceil(mouth.br().x + right)),
                  static_cast<int>(std::ceil(mouth.br().y + below))));
    return box & bounds;
}

void PointJitter::add(std::optional<std::span<const cv::Point2f>> points)
{
    if (!points) {
        m_before.clear();
        m_last.clear();
        return;
    }
    if (m_before.size() == points->size() && m_last.size() == points->size()) {
        for (std::size_t i = 0; i < points->size(); ++i) {
            const auto bend = cv::Point2d(m_before[i]) - 2 * cv::Point2d(m_last[i]) + cv::Point2d((*points)[i]);
            m_squares += bend.x * bend.x + bend.y * bend.y;
            m_numbers += 2;
        }
    }
    m_before = std::move(m_last);
    m_last.assign(points->begin(), points->end());
}

std::optional<double> PointJitter::value() const
{
    if (m_numbers == 0)
        return {};
    return std::sqrt(m_squares / m_numbers / kSecondDifferenceGain);
}

} // namespace lipsync::scoring
