// SPDX-License-Identifier: GPL-3.0-or-later
#include "faces/crop_rule.h"

#include "faces/landmark_smoothing.h"

#include <algorithm>
#include <cmath>

namespace lipsync::faces {

namespace {

constexpr double kBelowChin = 0.1; ///< of the side
constexpr double kPlaceFrames = 4.0; ///< standard deviations of the Gaussians
constexpr double kSideFrames = 25.0;
constexpr double kSteadyFace = 1.08; ///< ratio of largest to smallest side up to which one side does for a scene
constexpr double kHysteresis = 0.7; ///< pixels a number must be off before it moves on
constexpr double kPushed = 0.02; ///< of the side

/// Fills frames without a number in a straight line between those that have one; the ends with the nearest. At least
/// one has.
std::vector<double> bridged(const std::vector<std::optional<double>>& values)
{
    std::vector<std::size_t> known;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i])
            known.push_back(i);
    }
    std::vector<double> result(values.size(), *values[known.back()]);
    std::fill_n(result.begin(), known.front() + 1, *values[known.front()]);
    for (std::size_t n = 1; n < known.size(); ++n) {
        const std::size_t from = known[n - 1], to = known[n];
        for (std::size_t i = from; i < to; ++i) {
            const double share = static_cast<double>(i - from) / static_cast<double>(to - from);
            result[i] = *values[from] + share * (*values[to] - *values[from]);
        }
    }
    return result;
}

/// The nearest whole number, but the one before while that is hardly worse.
int steady(double value, std::optional<int> before)
{
    if (before && std::abs(value - *before) < kHysteresis)
        return *before;
    return static_cast<int>(std::lround(value));
}

/// One side for all when the face keeps its distance: large enough for nineteen of twenty frames.
std::vector<double> steadySides(std::vector<double> sides)
{
    auto sorted = sides;
    std::sort(sorted.begin(), sorted.end());
    const auto at = [&](double share) {
        return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
    };
    if (at(0.95) < kSteadyFace * at(0.05)) {
        std::fill(sides.begin(), sides.end(), std::round(at(0.75)));
        return sides;
    }
    return smoothed(sides, kSideFrames);
}

/// The scene's squares, from `begin` on.
class Scene {
public:
    Scene(std::span<const std::optional<Landmarks68>> frames, std::size_t begin)
        : m_begin(begin)
    {
        std::vector<std::optional<double>> centre, top, side;
        for (const auto& face : frames) {
            const auto square = face ? std::optional(faceSquare(*face)) : std::nullopt;
            centre.push_back(square ? std::optional(square->centreX) : std::nullopt);
            top.push_back(square ? std::optional(square->top) : std::nullopt);
            side.push_back(square ? std::optional(square->side) : std::nullopt);
        }
        m_hasFace = std::any_of(side.begin(), side.end(), [](const auto& value) { return value.has_value(); });
        if (!m_hasFace)
            return;
        m_centres = smoothed(bridged(centre), kPlaceFrames);
        m_tops = smoothed(bridged(top), kPlaceFrames);
        m_sides = steadySides(bridged(side));
    }

    bool hasFace() const { return m_hasFace; }

    void addTo(CropPlan& plan, cv::Size frame) const
    {
        std::optional<int> left, top, side;
        for (std::size_t i = 0; i < m_sides.size(); ++i) {
            side = std::min({steady(m_sides[i], side), frame.width, frame.height});
            left = steady(m_centres[i] - *side / 2.0, left);
            top = steady(m_tops[i], top);
            const cv::Rect square(std::clamp(*left, 0, frame.width - *side), std::clamp(*top, 0, frame.height - *side),
                                  *side, *side);
            const double pushed = std::max({std::abs(square.x - *left), std::abs(square.y - *top)});
            if (pushed > kPushed * *side || m_sides[i] > (1 + kPushed) * *side)
                plan.pushed.push_back(m_begin + i);
            plan.squares[m_begin + i] = square;
        }
    }

private:
    const std::size_t m_begin;
    bool m_hasFace = false;
    std::vector<double> m_centres, m_tops, m_sides;
};

} // namespace

FaceSquare faceSquare(const Landmarks68& face)
{
    const double left = (face[0].x + face[1].x) / 2.0, right = (face[15].x + face[16].x) / 2.0;
    const double top = face[28].y;
    double lowest = face[8].y;
    for (const std::size_t chin : {6, 7, 9, 10})
        lowest = std::max<double>(lowest, face[chin].y);
    const double needed = (lowest - top) / (1.0 - kBelowChin);
    return {(left + right) / 2.0, top, std::max({right - left, needed, 1.0})};
}

CropPlan planCrops(std::span<const std::optional<Landmarks68>> frames, const std::vector<bool>& startsScene,
                   cv::Size frame)
{
    CropPlan plan;
    plan.squares.resize(frames.size());
    std::vector<bool> isKnown(frames.size(), false);
    for (std::size_t begin = 0; begin < frames.size();) {
        std::size_t end = begin + 1;
        while (end < frames.size() && !startsScene[end])
            ++end;
        const Scene scene(frames.subspan(begin, end - begin), begin);
        if (scene.hasFace()) {
            scene.addTo(plan, frame);
            std::fill(isKnown.begin() + static_cast<std::ptrdiff_t>(begin),
                      isKnown.begin() + static_cast<std::ptrdiff_t>(end), true);
        }
        begin = end;
    }
    // Scenes without any face keep the square of the one before them, or else of the one after.
    const auto first = std::find(isKnown.begin(), isKnown.end(), true);
    if (first == isKnown.end())
        return {};
    cv::Rect square = plan.squares[static_cast<std::size_t>(first - isKnown.begin())];
    for (std::size_t i = 0; i < frames.size(); ++i) {
        if (isKnown[i])
            square = plan.squares[i];
        else
            plan.squares[i] = square;
    }
    return plan;
}

} // namespace lipsync::faces
