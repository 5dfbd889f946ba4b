// SPDX-License-Identifier: GPL-3.0-or-later
// Loops that the compiler turns into AVX2, which every processor has that OnednnNetwork covers.
#include "nn/onednn/map_rows.h"

#include <bit>

namespace lipsync::nn::onednn {

namespace {

float toFloat(float x)
{
    return x;
}

float toFloat(std::uint16_t bf16)
{
    return std::bit_cast<float>(std::uint32_t{bf16} << 16);
}

void store(float x, float& out)
{
    out = x;
}

/// As toBf16(), for numbers that are numbers.
void store(float x, std::uint16_t& out)
{
    const auto bits = std::bit_cast<std::uint32_t>(x);
    out = static_cast<std::uint16_t>((bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16);
}

template <typename Number, int Block> void enlarge(const EnlargedRow& row)
{
    const auto* above = static_cast<const Number*>(row.above);
    const auto* below = static_cast<const Number*>(row.below);
    const int count = row.halfColumns * Block;
    for (int i = 0; i < count; ++i) {
        const float from = toFloat(above[i]);
        row.half[i] = from + (toFloat(below[i]) - from) * row.fraction;
    }
    auto* out = static_cast<Number*>(row.out);
    for (int x = 0; x < row.columns; ++x, out += Block) {
        const auto& tap = row.across[x];
        const float *left = row.half + tap.left * Block, *right = row.half + tap.right * Block;
        for (int i = 0; i < Block; ++i)
            store(left[i] + (right[i] - left[i]) * tap.fraction, out[i]);
    }
}

template <typename Number> void enlarge(const EnlargedRow& row)
{
    constexpr int kWide = 16, kNarrow = 8;
    if (row.block == kWide)
        enlarge<Number, kWide>(row);
    else
        enlarge<Number, kNarrow>(row);
}

} // namespace

void enlargeRow(const EnlargedRow& row, bool bf16)
{
    if (bf16)
        enlarge<std::uint16_t>(row);
    else
        enlarge<float>(row);
}

} // namespace lipsync::nn::onednn
