// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/mouth_shape.h"

#include <algorithm>

#include <opencv2/core.hpp>

namespace lipsync::training {

namespace {

constexpr int kFirstLip = 48, kLeftCorner = 48, kRightCorner = 54;
constexpr std::pair<int, int> kInnerLips[] = {{61, 67}, {62, 66}, {63, 65}}; ///< upper, lower
/// Limits between closed, ajar, open and wide, and between pursed, usual and spread.
constexpr float kOpenings[] = {0.08f, 0.25f, 0.5f};
constexpr float kWidths[] = {0.93f, 1.07f};

float distance(cv::Point2f a, cv::Point2f b)
{
    return static_cast<float>(cv::norm(a - b));
}

float cornerDistance(std::span<const cv::Point2f> face)
{
    return distance(face[kLeftCorner], face[kRightCorner]);
}

} // namespace

std::vector<MouthShape> measureMouths(std::span<const cv::Point2f> landmarks)
{
    const auto frames = landmarks.size() / kLandmarks;
    std::vector<float> widths(frames);
    for (std::size_t i = 0; i < frames; ++i)
        widths[i] = cornerDistance(landmarks.subspan(i * kLandmarks, kLandmarks));
    auto sorted = widths;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(frames / 2), sorted.end());
    const float usual = frames == 0 ? 1.0f : std::max(1.0f, sorted[frames / 2]);

    std::vector<MouthShape> shapes(frames);
    for (std::size_t i = 0; i < frames; ++i) {
        const auto face = landmarks.subspan(i * kLandmarks, kLandmarks);
        float opening = 0;
        for (const auto& [upper, lower] : kInnerLips)
            opening += std::max(0.0f, face[lower].y - face[upper].y) / 3.0f;
        shapes[i] = {2 * opening / usual, widths[i] / usual};
    }
    return shapes;
}

cv::Rect2f mouthBox(std::span<const cv::Point2f> face)
{
    auto least = face[kFirstLip], most = face[kFirstLip];
    for (const auto& point : face.subspan(kFirstLip)) {
        least = {std::min(least.x, point.x), std::min(least.y, point.y)};
        most = {std::max(most.x, point.x), std::max(most.y, point.y)};
    }
    const float aside = (most.x - least.x) / 6, above = (most.y - least.y) / 3;
    return {least.x - aside, least.y - above, most.x - least.x + 2 * aside, most.y - least.y + 2 * above};
}

int mouthKind(const MouthShape& shape)
{
    const auto place = [](std::span<const float> limits, float value) {
        return static_cast<int>(std::upper_bound(limits.begin(), limits.end(), value) - limits.begin());
    };
    return place(kOpenings, shape.openness) * 3 + place(kWidths, shape.width);
}

} // namespace lipsync::training
