// SPDX-License-Identifier: GPL-3.0-or-later
#include "scoring/sync_face.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lipsync::scoring {

namespace {

constexpr std::size_t kSmoothedFrames = 13;
constexpr double kMargin = 0.4; ///< of half the face's side, on each side of it; twice as much below
constexpr double kBeyond = 110; ///< grey where the square leaves the frame

template <typename Value> double medianOf(const std::deque<cv::Rect2d>& faces, Value value)
{
    std::vector<double> values;
    for (const auto& face : faces)
        values.push_back(value(face));
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

} // namespace

cv::Mat SyncFace::cut(const cv::Mat& bgr, const cv::Rect2d& face)
{
    m_faces.push_back(face);
    if (m_faces.size() > kSmoothedFrames)
        m_faces.pop_front();
    return cutAgain(bgr);
}

cv::Mat SyncFace::cutAgain(const cv::Mat& bgr) const
{
    const double half = medianOf(m_faces, [](const auto& face) { return std::max(face.width, face.height) / 2; });
    const double x = medianOf(m_faces, [](const auto& face) { return face.x + face.width / 2; });
    const double y = medianOf(m_faces, [](const auto& face) { return face.y + face.height / 2; });
    const int side = std::max(1, static_cast<int>(std::lround(half * (2 + 2 * kMargin))));
    const cv::Rect square(static_cast<int>(std::floor(x - half * (1 + kMargin))),
                          static_cast<int>(std::floor(y - half)), side, side);
    const auto inside = square & cv::Rect({}, bgr.size());
    cv::Mat picture(square.size(), CV_8UC3, cv::Scalar::all(kBeyond));
    if (!inside.empty())
        bgr(inside).copyTo(picture(inside - square.tl()));
    return picture;
}

} // namespace lipsync::scoring
