// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace lipsync::training {

using Points = std::vector<cv::Point2f>;

/// 0 below `from`, 1 above `to`, smooth between.
inline float smoothStep(float from, float to, float x)
{
    const float t = std::clamp((x - from) / (to - from), 0.0f, 1.0f);
    return t * t * (3.0f - 2.0f * t);
}

/// `a` at 0, `b` at 1.
inline cv::Vec3f mix(const cv::Vec3f& a, const cv::Vec3f& b, float t)
{
    return a + (b - a) * t;
}

/// A round hill of height 1 at (cx, cy) with spreads sx and sy.
inline float hill(float x, float y, float cx, float cy, float sx, float sy)
{
    const float dx = (x - cx) / sx;
    const float dy = (y - cy) / sy;
    return std::exp(-0.5f * (dx * dx + dy * dy));
}

/// Paints the character's still layers at twice the final size: coordinates are those of a 512-pixel drawing,
/// colours BGR 0..255, masks CV_32FC1 0..1 of the canvas's size. One thread at a time.
class Painter {
public:
    explicit Painter(int size);

    /// A closed smooth curve through the points (Catmull-Rom).
    static Points smoothOutline(const Points& corners);

    cv::Mat polygon(const Points& outline) const;
    cv::Mat ellipse(cv::Point2f centre, float radiusX, float radiusY, float degrees = 0.0f) const;
    cv::Mat stroke(const Points& line, float thickness) const;
    cv::Mat blurred(const cv::Mat& mask, float sigma) const;
    /// How much a surface swelling up inside the mask faces the light at the upper left: -1..1.
    cv::Mat relief(const cv::Mat& mask, float sigma) const;

    /// Lays one colour over the canvas through the mask.
    void paint(const cv::Mat& mask, const cv::Vec3f& colour, float opacity = 1.0f);
    /// Lays colour(x, y, pixel) over the canvas through the mask; `pixel` addresses masks of the canvas's size.
    template <typename Colour> void shade(const cv::Mat& mask, Colour colour)
    {
        for (int row = 0; row < m_canvas.rows; ++row) {
            const float* weight = mask.ptr<float>(row);
            cv::Vec4f* out = m_canvas.ptr<cv::Vec4f>(row);
            for (int column = 0; column < m_canvas.cols; ++column) {
                if (weight[column] <= 0.0f)
                    continue;
                const cv::Vec3f c = colour((column + 0.5f) / m_scale, (row + 0.5f) / m_scale, cv::Point(column, row));
                put(out[column], c, weight[column]);
            }
        }
    }

    /// The canvas at final size: CV_8UC4, BGR multiplied by alpha, then alpha.
    cv::Mat finished() const;

private:
    static void put(cv::Vec4f& under, const cv::Vec3f& colour, float alpha)
    {
        for (int channel = 0; channel < 3; ++channel)
            under[channel] = under[channel] * (1.0f - alpha) + colour[channel] * alpha;
        under[3] = under[3] * (1.0f - alpha) + 255.0f * alpha;
    }

    int m_size;
    float m_scale; ///< canvas pixels per drawing unit
    cv::Mat m_canvas;
};

} // namespace lipsync::training
