// SPDX-License-Identifier: GPL-3.0-or-later
#include "avatar/feather.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace lipsync::avatar {

namespace {

constexpr int kFeatherParts = 16; ///< the feather is this part of the picture's side
constexpr int kFullAlpha = 128; ///< alpha · (a difference of bytes) then fits 16 bits
constexpr int kAlphaShift = 7;
constexpr int kOffsetScale = 8; ///< colour offsets count eighths of a level
constexpr int kMaxOffset = 12; ///< levels
constexpr int kRowScale = 64; ///< steps between the offsets above and below the mask; ±12 · 8 · 64 fits 16 bits
constexpr int kOffsetShift = 9; ///< log2(kOffsetScale · kRowScale)
constexpr int kAgreement = 32; ///< pixels that differ by this many levels say nothing about colour

/// A row or column of target pixels under the mask.
struct Axis {
    int first = 0; ///< first pixel that changes
    std::vector<std::int16_t> alpha; ///< 0 … kFullAlpha by pixel from `first`
    std::vector<float> along; ///< position between the mask's borders, 0 … 1
};

/// Samples the mask's span [begin, begin + length) of a crop at `pixels` pixel centres.
Axis sampleAxis(int pixels, int cropSize, int begin, int length, int featherWidth)
{
    Axis axis;
    for (int i = 0; i < pixels; ++i) {
        const float position =
            (static_cast<float>(i) + 0.5f) * static_cast<float>(cropSize) / static_cast<float>(pixels);
        const float inside = position - static_cast<float>(begin);
        const float depth = std::min(inside, static_cast<float>(length) - inside) / static_cast<float>(featherWidth);
        const float ramp = std::clamp(depth, 0.0f, 1.0f);
        const auto alpha = std::lround(static_cast<float>(kFullAlpha) * ramp * ramp * (3.0f - 2.0f * ramp));
        if (alpha == 0)
            continue;
        if (axis.alpha.empty())
            axis.first = i;
        axis.alpha.push_back(static_cast<std::int16_t>(alpha));
        axis.along.push_back(inside / static_cast<float>(length));
    }
    return axis;
}

/// Offsets of a row of interleaved pixels between its left and right ends.
std::vector<std::int16_t> offsetRow(const Axis& columns, const std::array<int, 3>& left,
                                    const std::array<int, 3>& right)
{
    std::vector<std::int16_t> row;
    row.reserve(columns.along.size() * 3);
    for (const float along : columns.along) {
        for (std::size_t channel = 0; channel < 3; ++channel) {
            const auto from = static_cast<float>(left[channel]);
            row.push_back(
                static_cast<std::int16_t>(std::lround(from + (static_cast<float>(right[channel]) - from) * along)));
        }
    }
    return row;
}

/// Blends `count` bytes. Every step fits 16 bits, so that the compiler works on eight or sixteen bytes at once.
void blendRow(const std::uint8_t* __restrict drawn, const std::int16_t* __restrict above,
              const std::int16_t* __restrict below, const std::int16_t* __restrict columnAlpha, std::int16_t rowAlpha,
              std::int16_t towardsBelow, std::size_t count, std::uint8_t* __restrict target)
{
    const auto towardsAbove = static_cast<std::int16_t>(kRowScale - towardsBelow);
    for (std::size_t i = 0; i < count; ++i) {
        const auto scaled = static_cast<std::int16_t>(above[i] * towardsAbove + below[i] * towardsBelow);
        const auto offset = static_cast<std::int16_t>((scaled + (1 << (kOffsetShift - 1))) >> kOffsetShift);
        auto mouth = static_cast<std::int16_t>(drawn[i] - offset);
        mouth = std::clamp<std::int16_t>(mouth, 0, 255);
        const auto alpha = static_cast<std::int16_t>((columnAlpha[i] * rowAlpha) >> kAlphaShift);
        const auto change = static_cast<std::int16_t>((mouth - target[i]) * alpha);
        target[i] =
            static_cast<std::uint8_t>(target[i] + static_cast<std::int16_t>((change + kFullAlpha / 2) >> kAlphaShift));
    }
}

/// Weighted sum of differences in one quarter of the feather.
struct Agreement {
    std::array<int, 3> weight{};
    std::array<int, 3> weightedDifference{};
    int pixels = 0;
};

std::array<int, 3> offsetOf(const Agreement& quarter)
{
    std::array<int, 3> offset{};
    for (std::size_t channel = 0; channel < 3; ++channel) {
        // Where fewer than a quarter of the pixels agree, the offset fades to nothing instead of following noise.
        const int weight = std::max({1, quarter.weight[channel], quarter.pixels * kAgreement / 4});
        offset[channel] = std::clamp(kOffsetScale * quarter.weightedDifference[channel] / weight,
                                     -kOffsetScale * kMaxOffset, kOffsetScale * kMaxOffset);
    }
    return offset;
}

} // namespace

Feather::Feather(const nn::GeneratorSpec& network)
    : m_cropSize(network.cropSize())
    , m_width(network.pictureSize() / kFeatherParts)
{
    const auto profile = network.profile();
    const auto [x, y, width, height] = profile.mask;
    m_mask = cv::Rect(x + profile.cropBorder, y + profile.cropBorder, width, height);
}

ColourOffsets Feather::measureColours(const cv::Mat& square, const cv::Mat& crop) const
{
    std::array<Agreement, 4> quarters{};
    const auto compare = [&](Agreement& quarter, const std::uint8_t* drawn, const std::uint8_t* original) {
        for (std::size_t channel = 0; channel < 3; ++channel) {
            const int difference = drawn[channel] - original[channel];
            const int weight = std::max(0, kAgreement - std::abs(difference));
            quarter.weight[channel] += weight;
            quarter.weightedDifference[channel] += weight * difference;
        }
        ++quarter.pixels;
    };
    const int middleX = m_mask.x + m_mask.width / 2;
    for (int y = m_mask.y; y < m_mask.y + m_mask.height; ++y) {
        const bool isLower = y >= m_mask.y + m_mask.height / 2;
        auto& left = quarters[isLower ? 2 : 0];
        auto& right = quarters[isLower ? 3 : 1];
        const auto* drawn = square.ptr<std::uint8_t>(y);
        const auto* original = crop.ptr<std::uint8_t>(y);
        const int depth = std::min(y - m_mask.y, m_mask.y + m_mask.height - 1 - y);
        // Rows in the middle cross the feather at their two ends only.
        const int reach = depth < m_width ? m_mask.width / 2 : m_width;
        for (int x = m_mask.x; x < m_mask.x + reach; ++x)
            compare(left, drawn + 3 * x, original + 3 * x);
        for (int x = std::max(middleX, m_mask.x + m_mask.width - reach); x < m_mask.x + m_mask.width; ++x)
            compare(right, drawn + 3 * x, original + 3 * x);
    }
    ColourOffsets offsets;
    std::transform(quarters.begin(), quarters.end(), offsets.begin(), offsetOf);
    return offsets;
}

void Feather::blend(const cv::Mat& resized, const ColourOffsets& offsets, cv::Mat& target) const
{
    const auto columns = sampleAxis(target.cols, m_cropSize, m_mask.x, m_mask.width, m_width);
    const auto rows = sampleAxis(target.rows, m_cropSize, m_mask.y, m_mask.height, m_width);
    const auto above = offsetRow(columns, offsets[0], offsets[1]);
    const auto below = offsetRow(columns, offsets[2], offsets[3]);
    std::vector<std::int16_t> columnAlpha;
    columnAlpha.reserve(columns.alpha.size() * 3);
    for (const auto alpha : columns.alpha)
        columnAlpha.insert(columnAlpha.end(), 3, alpha);

    for (std::size_t i = 0; i < rows.alpha.size(); ++i) {
        const int y = rows.first + static_cast<int>(i);
        const auto towardsBelow = static_cast<std::int16_t>(std::lround(kRowScale * rows.along[i]));
        blendRow(resized.ptr<std::uint8_t>(y) + 3 * columns.first, above.data(), below.data(), columnAlpha.data(),
                 rows.alpha[i], towardsBelow, columnAlpha.size(), target.ptr<std::uint8_t>(y) + 3 * columns.first);
    }
}

} // namespace lipsync::avatar
