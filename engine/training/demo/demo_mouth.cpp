// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/demo/demo_mouth.h"

#include "training/demo/demo_painter.h"

namespace lipsync::training {

namespace {

const cv::Vec3f kUpperLip{112, 104, 196};
const cv::Vec3f kLowerLip{122, 114, 212};
const cv::Vec3f kLipLight{188, 190, 248};
const cv::Vec3f kLipLine{66, 54, 138};
const cv::Vec3f kThroat{34, 22, 62};
const cv::Vec3f kInterior{48, 36, 94};
const cv::Vec3f kTongue{104, 92, 176};
const cv::Vec3f kTeeth{226, 236, 242};
const cv::Vec3f kTeethShade{176, 190, 206};
const cv::Vec3f kSkinShade{104, 140, 202};

/// The four edges of the lips in one column, from the top down, and what the shading needs.
struct Column {
    float upperOuter, upperInner, lowerInner, lowerOuter;
    float u; ///< -1..1 between the corners
    float sharpness; ///< turns a vertical distance into one across the edge
};

class Shape {
public:
    explicit Shape(const MouthPose& pose)
        : m_open(std::clamp(pose.open, 0.0f, 1.0f))
        , m_width(std::clamp(pose.width, 0.0f, 1.0f))
        , m_round(std::clamp(pose.round, 0.0f, 1.0f))
        , m_half(38.0f + 10.0f * m_width - 15.0f * m_round)
    {
    }

    float half() const { return m_half; }
    float open() const { return m_open; }

    float middle(float u) const
    {
        const float smile = 5.0f + 3.0f * m_width - 6.0f * m_round;
        return kMouthY + 2.0f - smile * u * u;
    }

    Column column(float dx) const
    {
        Column c = edges(dx);
        const Column beside = edges(dx + (dx < 0 ? 0.5f : -0.5f));
        const float steepest =
            std::max(std::abs(c.upperOuter - beside.upperOuter), std::abs(c.lowerOuter - beside.lowerOuter)) / 0.5f;
        c.sharpness = 1.0f / std::sqrt(1.0f + steepest * steepest);
        return c;
    }

private:
    Column edges(float dx) const
    {
        Column c{};
        c.u = std::clamp(dx / m_half, -1.0f, 1.0f);
        const float rim = 1.0f - c.u * c.u;
        const float v = std::clamp(dx / (0.93f * m_half), -1.0f, 1.0f);
        const float gap = kMouthOpening * m_open * std::pow(1.0f - v * v, 0.66f - 0.16f * m_round);
        const float full = 1.0f + 0.25f * m_round - 0.12f * m_width;
        const float bow = 2.2f * std::exp(-(c.u * c.u) / 0.018f) - 1.2f * std::exp(-(c.u * c.u) / 0.12f);
        const float line = middle(c.u);
        c.upperInner = line - 0.25f * gap;
        c.lowerInner = line + 0.75f * gap;
        c.upperOuter = c.upperInner - full * (9.0f * std::pow(rim, 0.5f)) + bow * std::sqrt(rim);
        c.lowerOuter = c.lowerInner + full * 12.0f * std::pow(rim, 0.55f);
        return c;
    }

    float m_open, m_width, m_round, m_half;
};

float coverage(float distance)
{
    return std::clamp(distance + 0.5f, 0.0f, 1.0f);
}

cv::Vec3f interior(const Column& c, float y, float open, float pixel)
{
    const float gap = std::max(c.lowerInner - c.upperInner, 0.01f);
    const float depth = (y - c.upperInner) / gap;
    cv::Vec3f colour = mix(kThroat, kInterior, smoothStep(0.25f, 1.0f, depth));

    const float tongueTop = c.lowerInner - gap * 0.30f * smoothStep(0.35f, 1.0f, open) * (1.0f - 0.55f * c.u * c.u);
    const float tongue = coverage((y - tongueTop) * pixel) * smoothStep(0.95f, 0.55f, std::abs(c.u));
    colour = mix(colour, mix(kTongue, kInterior, smoothStep(tongueTop, c.lowerInner + 4.0f, y) * 0.5f), tongue);

    const float length = std::min(8.5f, 0.24f * gap) * (1.0f - 0.25f * c.u * c.u);
    const float teeth = coverage((c.upperInner + length - y) * pixel) * smoothStep(0.98f, 0.8f, std::abs(c.u));
    const float shadow =
        std::max(smoothStep(4.0f, 0.0f, y - c.upperInner) * 0.8f, smoothStep(0.45f, 0.95f, std::abs(c.u)));
    return mix(colour, mix(kTeeth, kTeethShade, shadow), teeth);
}

cv::Vec3f upperLip(const Column& c, float y)
{
    const float height = std::max(c.upperInner - c.upperOuter, 0.01f);
    const float t = (y - c.upperOuter) / height;
    cv::Vec3f colour = mix(kUpperLip * 1.06f, kUpperLip * 0.84f, smoothStep(0.1f, 1.0f, t));
    return mix(colour, kLipLight, 0.22f * std::exp(-(t - 0.25f) * (t - 0.25f) / 0.03f) * (1.0f - c.u * c.u));
}

cv::Vec3f lowerLip(const Column& c, float y)
{
    const float height = std::max(c.lowerOuter - c.lowerInner, 0.01f);
    const float t = (y - c.lowerInner) / height;
    cv::Vec3f colour = mix(kLowerLip * 0.9f, kLowerLip, smoothStep(0.0f, 0.35f, t));
    colour = mix(colour, kLowerLip * 0.82f, smoothStep(0.55f, 1.0f, t));
    const float gleam = hill(c.u, t, -0.12f, 0.36f, 0.34f, 0.16f);
    return mix(colour, kLipLight, 0.62f * gleam);
}

} // namespace

void drawMouth(cv::Mat& head, cv::Point origin, float scale, const MouthPose& pose)
{
    const Shape shape(pose);
    for (int column = 0; column < head.cols; ++column) {
        const float dx = (origin.x + column + 0.5f) / scale - kMouthX;
        if (std::abs(dx) > shape.half() + 6.0f)
            continue;
        const Column c = shape.column(dx);
        const float pixel = scale * c.sharpness;
        const float ends = coverage((shape.half() - std::abs(dx)) * scale);
        const float closed = smoothStep(3.0f, 0.8f, c.lowerInner - c.upperInner);
        for (int row = 0; row < head.rows; ++row) {
            const float y = (origin.y + row + 0.5f) / scale;
            if (y < c.upperOuter - 3.0f || y > c.lowerOuter + 20.0f)
                continue;
            cv::Vec4b& out = head.at<cv::Vec4b>(row, column);
            cv::Vec3f colour(out[0], out[1], out[2]);
            const float below = y - c.lowerOuter;
            colour = mix(colour, kSkinShade,
                         0.55f * ends * std::exp(-0.5f * (below - 3.0f) * (below - 3.0f) / 30.0f) * (1.0f - c.u * c.u) *
                             coverage(below + 1.0f));
            const float corner = hill(std::abs(dx), y, shape.half(), shape.middle(1.0f), 2.0f, 1.6f);
            colour = mix(colour, kLipLine, 0.4f * corner);
            const float lips = ends * coverage((y - c.upperOuter) * pixel) * coverage((c.lowerOuter - y) * pixel);
            const bool above = y < 0.5f * (c.upperInner + c.lowerInner);
            cv::Vec3f flesh = above ? upperLip(c, y) : lowerLip(c, y);
            const float inside = coverage((y - c.upperInner) * pixel) * coverage((c.lowerInner - y) * pixel);
            const float lineDistance = y - 0.5f * (c.upperInner + c.lowerInner);
            flesh = mix(flesh, kLipLine, 0.9f * closed * std::exp(-0.5f * lineDistance * lineDistance / 0.8f));
            flesh = mix(flesh, interior(c, y, shape.open(), pixel), inside * (1.0f - closed));
            colour = mix(colour, flesh, lips);
            for (int channel = 0; channel < 3; ++channel)
                out[channel] = cv::saturate_cast<uchar>(colour[channel]);
        }
    }
}

} // namespace lipsync::training
