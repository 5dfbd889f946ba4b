// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/demo/demo_painter.h"

namespace lipsync::training {

namespace {

constexpr int kShift = 4;

std::vector<cv::Point> fixedPoint(const Points& points, float scale)
{
    std::vector<cv::Point> fixed;
    fixed.reserve(points.size());
    for (const cv::Point2f& point : points)
        fixed.emplace_back(cvRound((point.x * scale - 0.5f) * (1 << kShift)),
                           cvRound((point.y * scale - 0.5f) * (1 << kShift)));
    return fixed;
}

cv::Mat asWeights(const cv::Mat& bytes)
{
    cv::Mat weights;
    bytes.convertTo(weights, CV_32F, 1.0 / 255.0);
    return weights;
}

} // namespace

Painter::Painter(int size)
    : m_size(size)
    , m_scale(2.0f * size / 512.0f)
    , m_canvas(2 * size, 2 * size, CV_32FC4, cv::Scalar::all(0))
{
}

Points Painter::smoothOutline(const Points& corners)
{
    constexpr int kSteps = 12;
    Points outline;
    const int count = static_cast<int>(corners.size());
    for (int i = 0; i < count; ++i) {
        const cv::Point2f a = corners[(i + count - 1) % count];
        const cv::Point2f b = corners[i];
        const cv::Point2f c = corners[(i + 1) % count];
        const cv::Point2f d = corners[(i + 2) % count];
        for (int step = 0; step < kSteps; ++step) {
            const float t = static_cast<float>(step) / kSteps;
            outline.push_back(0.5f *
                              (2.0f * b + (c - a) * t + (2.0f * a - 5.0f * b + 4.0f * c - d) * (t * t) +
                               (3.0f * b - a - 3.0f * c + d) * (t * t * t)));
        }
    }
    return outline;
}

cv::Mat Painter::polygon(const Points& outline) const
{
    cv::Mat bytes(m_canvas.size(), CV_8UC1, cv::Scalar(0));
    cv::fillPoly(bytes, std::vector{fixedPoint(outline, m_scale)}, cv::Scalar(255), cv::LINE_AA, kShift);
    return asWeights(bytes);
}

cv::Mat Painter::ellipse(cv::Point2f centre, float radiusX, float radiusY, float degrees) const
{
    Points outline;
    const float turn = degrees * static_cast<float>(CV_PI) / 180.0f;
    for (int i = 0; i < 96; ++i) {
        const float angle = i * 2.0f * static_cast<float>(CV_PI) / 96.0f;
        const float x = radiusX * std::cos(angle);
        const float y = radiusY * std::sin(angle);
        outline.emplace_back(centre.x + x * std::cos(turn) - y * std::sin(turn),
                             centre.y + x * std::sin(turn) + y * std::cos(turn));
    }
    return polygon(outline);
}

cv::Mat Painter::stroke(const Points& line, float thickness) const
{
    cv::Mat bytes(m_canvas.size(), CV_8UC1, cv::Scalar(0));
    cv::polylines(bytes, std::vector{fixedPoint(line, m_scale)}, false, cv::Scalar(255),
                  std::max(1, cvRound(thickness * m_scale)), cv::LINE_AA, kShift);
    return asWeights(bytes);
}

cv::Mat Painter::blurred(const cv::Mat& mask, float sigma) const
{
    const float pixels = sigma * m_scale;
    cv::Mat soft;
    if (pixels <= 6.0f) {
        cv::GaussianBlur(mask, soft, cv::Size(), pixels, 0, cv::BORDER_REPLICATE);
        return soft;
    }
    // A wide blur looks the same computed on a smaller picture, and costs far less.
    const double shrink = 3.0 / pixels;
    cv::Mat small;
    cv::resize(mask, small, cv::Size(), shrink, shrink, cv::INTER_AREA);
    cv::GaussianBlur(small, small, cv::Size(), 3.0, 0, cv::BORDER_REPLICATE);
    cv::resize(small, soft, mask.size(), 0, 0, cv::INTER_CUBIC);
    return soft;
}

cv::Mat Painter::relief(const cv::Mat& mask, float sigma) const
{
    // A wide relief looks the same computed on a smaller picture, and costs far less.
    const float pixels = sigma * m_scale;
    const float shrink = std::min(1.0f, 4.0f / pixels);
    cv::Mat height;
    cv::resize(mask, height, cv::Size(), shrink, shrink, cv::INTER_AREA);
    cv::GaussianBlur(height, height, cv::Size(), pixels * shrink, 0, cv::BORDER_REPLICATE);
    cv::Mat slopeX;
    cv::Mat slopeY;
    cv::Sobel(height, slopeX, CV_32F, 1, 0, 3, 0.125);
    cv::Sobel(height, slopeY, CV_32F, 0, 1, 3, 0.125);
    // A straight edge blurred by sigma has the slope 0.4 / sigma, which becomes 1.
    const cv::Mat small = (0.55 * slopeX + 0.83 * slopeY) * (2.5 * pixels * shrink);
    cv::Mat facing;
    cv::resize(small, facing, mask.size(), 0, 0, cv::INTER_CUBIC);
    return facing;
}

void Painter::paint(const cv::Mat& mask, const cv::Vec3f& colour, float opacity)
{
    shade(mask * opacity, [&](float, float, cv::Point) { return colour; });
}

cv::Mat Painter::finished() const
{
    cv::Mat small;
    cv::resize(m_canvas, small, cv::Size(m_size, m_size), 0, 0, cv::INTER_AREA);
    cv::Mat bytes;
    small.convertTo(bytes, CV_8UC4);
    return bytes;
}

} // namespace lipsync::training
