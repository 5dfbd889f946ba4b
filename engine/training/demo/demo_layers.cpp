// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/demo/demo_layers.h"

#include "training/demo/demo_painter.h"

namespace lipsync::training {

namespace {

const cv::Vec3f kSkin{158, 192, 240};
const cv::Vec3f kSkinLight{196, 222, 253};
const cv::Vec3f kSkinShade{104, 140, 204};
const cv::Vec3f kSkinDeep{84, 112, 180};
const cv::Vec3f kBlush{128, 140, 240};
const cv::Vec3f kHair{36, 50, 84};
const cv::Vec3f kHairLight{76, 112, 168};
const cv::Vec3f kHairDeep{20, 26, 46};
const cv::Vec3f kSweater{148, 128, 40};
const cv::Vec3f kSweaterLight{188, 172, 84};
const cv::Vec3f kSweaterDeep{98, 78, 18};
const cv::Vec3f kLash{30, 30, 48};

Points mirrored(Points half)
{
    Points whole = half;
    for (auto point = half.rbegin(); point != half.rend(); ++point)
        if (point->x != 256.0f)
            whole.emplace_back(512.0f - point->x, point->y);
    return whole;
}

/// Skin seen under light from the upper left: `light` -1..1 is the relief's facing.
cv::Vec3f litSkin(float light)
{
    return light > 0.0f ? mix(kSkin, kSkinLight, std::min(light, 1.0f) * 0.75f)
                        : mix(kSkin, kSkinShade, std::min(-light, 1.0f) * 0.95f);
}

void paintEar(Painter& painter, float x, float side)
{
    const cv::Mat ear = painter.ellipse({x, 226.0f}, 18.0f, 29.0f, side * 10.0f);
    const cv::Mat light = painter.relief(ear, 7.0f);
    painter.shade(ear, [&](float, float, cv::Point p) { return litSkin(light.at<float>(p) - 0.1f); });
    const cv::Mat hollow = painter.blurred(painter.ellipse({x - side * 2.0f, 226.0f}, 8.5f, 17.0f, side * 12.0f), 2.4f);
    painter.paint(hollow, kSkinDeep, 0.55f);
}

void paintFace(Painter& painter)
{
    const Points outline = Painter::smoothOutline(mirrored(
        {{256, 92}, {206, 100}, {166, 140}, {155, 196}, {158, 250}, {169, 304}, {196, 349}, {226, 374}, {256, 380}}));
    const cv::Mat face = painter.polygon(outline);
    const cv::Mat broad = painter.relief(face, 42.0f);
    const cv::Mat narrow = painter.relief(face, 11.0f);
    painter.shade(face, [&](float x, float y, cv::Point p) {
        const float light = 0.85f * broad.at<float>(p) + 0.35f * narrow.at<float>(p);
        cv::Vec3f skin = litSkin(light);
        skin = mix(skin, kSkinLight, 0.30f * hill(x, y, 234, 240, 58, 52));
        skin = mix(skin, kBlush, 0.3f * (hill(x, y, 190, 262, 21, 16) + hill(x, y, 322, 262, 21, 16)));
        skin = mix(skin, kSkinLight, 0.55f * hill(x, y, 190, 240, 15, 8) + 0.3f * hill(x, y, 318, 240, 13, 7));
        skin = mix(skin, kSkinLight, 0.45f * hill(x, y, 250, 362, 15, 6));
        skin = mix(skin, kSkinShade, 0.30f * hill(x, y, 256, 290, 5, 8));
        return skin;
    });
}

void paintNose(Painter& painter)
{
    const cv::Mat under = painter.blurred(painter.ellipse({259, 268}, 17, 9), 4.5f);
    painter.paint(under, kSkinShade, 0.75f);
    const cv::Mat bridge = painter.blurred(painter.ellipse({269, 232}, 5, 26, 4), 5.0f);
    painter.paint(bridge, kSkinShade, 0.55f);
    const cv::Mat tip = painter.ellipse({256, 257}, 17, 13.5f);
    const cv::Mat light = painter.relief(tip, 8.0f);
    painter.shade(painter.blurred(tip, 2.5f),
                  [&](float, float, cv::Point p) { return mix(litSkin(light.at<float>(p)), kBlush, 0.16f); });
    const cv::Mat ridge = painter.blurred(painter.ellipse({252, 226}, 4, 28), 4.5f);
    painter.paint(ridge, kSkinLight, 0.55f);
    for (const float side : {-1.0f, 1.0f}) {
        const cv::Mat nostril =
            painter.blurred(painter.ellipse({256 + side * 8.0f, 266}, 3.8f, 2.0f, side * -18), 1.1f);
        painter.paint(nostril, kSkinDeep * 0.75f, 0.8f);
    }
    painter.paint(painter.blurred(painter.ellipse({250, 251}, 4.6f, 3.2f, -20), 1.6f), {244, 250, 255}, 0.75f);
}

void paintEye(Painter& painter, float x, float side, float lids)
{
    constexpr float kEyeY = 186.0f;
    constexpr float kHalf = 25.0f;
    Points upper;
    Points lower;
    Points crease;
    for (int i = 0; i <= 32; ++i) {
        const float u = -1.0f + i / 16.0f;
        const float rim = 1.0f - u * u;
        const float tilt = -1.6f * u * side;
        const float bottom = kEyeY + tilt + 15.0f * std::pow(rim, 0.75f) - 1.0f;
        const float top = kEyeY + tilt - 17.5f * std::pow(rim, 0.66f);
        upper.emplace_back(x + kHalf * u, top + (bottom - 2.0f - top) * lids);
        lower.emplace_back(x + kHalf * u, bottom);
        crease.emplace_back(x + 1.05f * kHalf * u, top - 5.5f + 3.0f * lids);
    }
    Points opening = upper;
    opening.insert(opening.end(), lower.rbegin(), lower.rend());

    painter.paint(painter.blurred(painter.ellipse({x, kEyeY - 4}, 29, 24), 7.0f), kSkinShade, 0.42f);
    if (lids > 0.0f) {
        const cv::Mat lid = painter.blurred(painter.ellipse({x, kEyeY - 3}, 25, 20), 1.5f);
        painter.paint(lid, mix(kSkin, kSkinShade, 0.25f), lids);
    }
    const cv::Mat white = painter.polygon(opening);
    const cv::Mat softTop = painter.blurred(painter.stroke(upper, 7.0f), 3.0f);
    painter.shade(white, [&](float, float, cv::Point p) {
        return mix({250, 249, 247}, {186, 182, 190}, std::min(1.0f, 0.9f * softTop.at<float>(p)));
    });
    const cv::Point2f gaze(x - side * 1.0f, kEyeY - 2.0f);
    const cv::Mat iris = painter.ellipse(gaze, 14.5f, 15.0f).mul(white);
    painter.shade(iris, [&](float px, float py, cv::Point p) {
        const float radius = std::hypot(px - gaze.x, py - gaze.y) / 15.0f;
        cv::Vec3f colour = mix({70, 122, 110}, {40, 66, 58}, smoothStep(0.55f, 1.0f, radius));
        colour = mix(colour, {120, 190, 170}, 0.8f * hill(px, py, gaze.x + 2, gaze.y + 7, 7, 4.5f));
        return mix(colour, {26, 34, 36}, std::min(1.0f, 0.75f * softTop.at<float>(p)));
    });
    painter.paint(painter.ellipse(gaze, 7.0f, 7.4f).mul(white), {22, 20, 24});
    painter.paint(painter.blurred(painter.ellipse({gaze.x - 4.8f, gaze.y - 5.5f}, 3.6f, 3.8f), 0.5f).mul(white),
                  {255, 255, 255}, 0.97f);
    painter.paint(painter.blurred(painter.ellipse({gaze.x + 5.0f, gaze.y + 5.5f}, 2.0f, 2.0f), 0.6f).mul(white),
                  {255, 255, 255}, 0.55f);
    painter.paint(painter.blurred(painter.stroke(lower, 1.2f), 0.7f), kSkinDeep, 0.55f);
    painter.paint(painter.blurred(painter.stroke(crease, 1.3f), 0.8f), kSkinDeep, 0.6f * (1.0f - 0.4f * lids));
    painter.paint(painter.blurred(painter.stroke(upper, 3.2f), 0.3f), kLash);
    const cv::Point2f corner = side > 0 ? upper.back() : upper.front();
    const cv::Point2f inner = side > 0 ? upper[28] : upper[4];
    painter.paint(
        painter.blurred(painter.stroke({inner, corner, corner + cv::Point2f(side * 5.0f, -4.0f)}, 2.2f), 0.3f), kLash);
}

void paintBrow(Painter& painter, float x, float side)
{
    Points top;
    Points bottom;
    for (int i = 0; i <= 24; ++i) {
        const float u = -1.0f + i / 12.0f; // -1 at the nose
        const float thick =
            4.6f * std::pow(std::max(0.0f, 1.0f - 0.5f * (u + 1.0f)), 0.55f) * smoothStep(-1.08f, -0.8f, u) + 0.5f;
        const float y = 150.0f - 7.0f * (1.0f - (u - 0.1f) * (u - 0.1f));
        top.emplace_back(x + side * 27.0f * u, y - thick);
        bottom.emplace_back(x + side * 27.0f * u, y + thick * 0.7f);
    }
    top.insert(top.end(), bottom.rbegin(), bottom.rend());
    painter.paint(painter.blurred(painter.polygon(top), 0.9f), mix(kHair, kHairDeep, 0.2f), 0.92f);
}

/// A bent line from `from` to `to`, drawn towards `control` (quadratic Bézier).
Points curve(cv::Point2f from, cv::Point2f control, cv::Point2f to)
{
    Points line;
    for (int i = 0; i <= 24; ++i) {
        const float t = i / 24.0f;
        line.push_back(from * ((1 - t) * (1 - t)) + control * (2 * t * (1 - t)) + to * (t * t));
    }
    return line;
}

void paintHair(Painter& painter)
{
    const Points outline = Painter::smoothOutline(
        {{149, 202}, {138, 160}, {142, 112}, {166, 68},  {212, 37},  {268, 28},  {322, 42},  {358, 78},
         {373, 124}, {373, 168}, {363, 202}, {356, 188}, {351, 160}, {338, 134}, {314, 113}, {290, 122},
         {262, 133}, {232, 138}, {204, 140}, {182, 150}, {166, 170}, {158, 190}});
    const cv::Mat hair = painter.polygon(outline);
    const cv::Mat cast = painter.blurred(hair, 7.0f);
    const cv::Mat broad = painter.relief(hair, 26.0f);
    const cv::Mat narrow = painter.relief(hair, 6.0f);
    painter.shade(hair, [&](float x, float y, cv::Point p) {
        const float light = 0.8f * broad.at<float>(p) + 0.35f * narrow.at<float>(p);
        cv::Vec3f colour = light > 0 ? mix(kHair, kHairLight, std::min(1.0f, 0.6f * light))
                                     : mix(kHair, kHairDeep, std::min(1.0f, -light));
        // A broad gleam that follows the crown.
        const float radius = std::hypot((x - 256.0f) / 108.0f, (y - 164.0f) / 116.0f);
        const float angle = std::atan2(y - 164.0f, x - 256.0f);
        const float strands =
            0.5f + 0.28f * std::sin(angle * 23.0f + radius * 5.0f) + 0.22f * std::sin(angle * 51.0f - radius * 9.0f);
        const float gleam = std::exp(-(radius - 0.83f) * (radius - 0.83f) / 0.009f) * smoothStep(170.0f, 110.0f, y) *
            smoothStep(330.0f, 250.0f, x);
        colour = mix(colour, kHairLight * 1.12f, gleam * (0.35f + 0.4f * strands));
        return mix(colour, kHairDeep, 0.16f * (1.0f - strands));
    });
    for (const Points& line : {curve({314, 113}, {240, 60}, {160, 150}), curve({312, 116}, {250, 96}, {184, 140}),
                               curve({318, 110}, {300, 62}, {236, 46}), curve({318, 112}, {352, 112}, {362, 170})})
        painter.paint(painter.blurred(painter.stroke(line, 2.6f), 2.0f), kHairDeep, 0.42f);
    for (const Points& line : {curve({306, 108}, {240, 74}, {168, 136}), curve({296, 84}, {230, 52}, {160, 112}),
                               curve({322, 100}, {354, 96}, {366, 150})})
        painter.paint(painter.blurred(painter.stroke(line, 4.0f), 3.2f), kHairLight, 0.34f);
}

void paintHairShadow(Painter& painter)
{
    const Points fringe = Painter::smoothOutline({{160, 198},
                                                  {150, 150},
                                                  {200, 96},
                                                  {256, 84},
                                                  {320, 96},
                                                  {362, 150},
                                                  {354, 196},
                                                  {345, 164},
                                                  {332, 142},
                                                  {312, 124},
                                                  {290, 133},
                                                  {262, 144},
                                                  {232, 150},
                                                  {204, 152},
                                                  {186, 161},
                                                  {172, 180}});
    painter.paint(painter.blurred(painter.polygon(fringe), 6.0f), kSkinDeep, 0.62f);
}

} // namespace

cv::Mat paintBackgroundAndBody(int size)
{
    Painter painter(size);
    const cv::Mat everywhere = painter.polygon({{-9, -9}, {521, -9}, {521, 521}, {-9, 521}});
    painter.shade(everywhere, [](float x, float y, cv::Point) {
        cv::Vec3f colour = mix({226, 214, 198}, {190, 168, 150}, smoothStep(0, 560, y));
        colour = mix(colour, {246, 241, 234}, 0.85f * hill(x, y, 200, 190, 150, 150));
        return mix(colour, {160, 170, 205}, 0.25f * hill(x, y, 470, 470, 130, 130));
    });
    const Points neckOutline =
        Painter::smoothOutline(mirrored({{256, 320}, {208, 322}, {211, 390}, {204, 424}, {190, 452}, {256, 480}}));
    const cv::Mat neck = painter.polygon(neckOutline);
    const Points sweaterOutline = Painter::smoothOutline(mirrored(
        {{256, 458}, {222, 446}, {196, 418}, {150, 432}, {96, 452}, {54, 490}, {36, 540}, {100, 580}, {256, 580}}));
    const cv::Mat sweater = painter.polygon(sweaterOutline);
    painter.paint(painter.blurred(sweater, 14.0f), {120, 100, 92}, 0.28f);
    const cv::Mat neckLight = painter.relief(neck, 16.0f);
    painter.shade(neck, [&](float x, float y, cv::Point p) {
        const cv::Vec3f skin = litSkin(0.9f * neckLight.at<float>(p) - 0.05f);
        const float shadow = smoothStep(446.0f, 384.0f, y + 0.10f * (x - 256.0f));
        return mix(skin, kSkinDeep, 0.8f * shadow);
    });
    const cv::Mat broad = painter.relief(sweater, 26.0f);
    const cv::Mat narrow = painter.relief(sweater, 5.0f);
    painter.shade(sweater, [&](float, float y, cv::Point p) {
        const float light = 0.9f * broad.at<float>(p) + 0.4f * narrow.at<float>(p) - 0.25f * smoothStep(430, 540, y);
        return light > 0 ? mix(kSweater, kSweaterLight, std::min(1.0f, light))
                         : mix(kSweater, kSweaterDeep, std::min(1.0f, -light));
    });
    const Points collar{{192, 421}, {202, 437}, {222, 453}, {256, 464}, {290, 453}, {310, 437}, {320, 421}};
    painter.paint(painter.blurred(painter.stroke(collar, 15.0f), 3.0f), kSweaterDeep, 0.6f);
    painter.paint(painter.blurred(painter.stroke(collar, 10.0f), 0.8f), mix(kSweater, kSweaterLight, 0.45f));
    painter.paint(painter.blurred(painter.stroke(collar, 3.0f), 1.6f), kSweaterLight, 0.8f);
    cv::Mat opaque;
    cv::cvtColor(painter.finished(), opaque, cv::COLOR_BGRA2BGR);
    return opaque;
}

cv::Mat paintHead(int size, float lids)
{
    Painter painter(size);
    paintEar(painter, 152.0f, -1.0f);
    paintEar(painter, 360.0f, 1.0f);
    paintFace(painter);
    paintHairShadow(painter);
    paintNose(painter);
    paintEye(painter, 208.0f, -1.0f, lids);
    paintEye(painter, 304.0f, 1.0f, lids);
    paintBrow(painter, 206.0f, -1.0f);
    paintBrow(painter, 306.0f, 1.0f);
    paintHair(painter);
    return painter.finished();
}

} // namespace lipsync::training
