// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/direct/picture_rows.h"

#include "nn/direct/layers.h"

namespace lipsync::nn::direct {

namespace {

constexpr int kColours = 3;

/// Bytes as numbers of the network: b / 255 in float32.
template <typename Number> const std::array<Number, 256>& unitValues()
{
    static const auto table = [] {
        std::array<Number, 256> values;
        for (int i = 0; i < 256; ++i) {
            const float unit = static_cast<float>(i) / 255.0f;
            if constexpr (sizeof(Number) == sizeof(float))
                values[i] = unit;
            else
                values[i] = toBf16(unit);
        }
        return values;
    }();
    return table;
}

template <typename Number> void fillFrom(const std::uint8_t* in, int y, const NetworkProfile& profile, Number* out)
{
    const auto& unit = unitValues<Number>();
    const auto [maskX, maskY, maskWidth, maskHeight] = profile.mask;
    const bool rowMasked = y >= maskY && y < maskY + maskHeight;
    const int whole = profile.order == PictureOrder::ReferenceFirst ? 0 : kColours;
    const int hidden = kColours - whole;
    for (int x = 0; x < profile.pictureSize; ++x, in += kColours, out += kBlock) {
        const bool masked = rowMasked && x >= maskX && x < maskX + maskWidth;
        for (int c = 0; c < kColours; ++c) {
            out[whole + c] = unit[in[c]];
            out[hidden + c] = masked ? Number{} : unit[in[c]];
        }
    }
}

template <typename Number> void fillFrom(const float* planes, int y, int size, Number* out)
{
    for (int c = 0; c < 2 * kColours; ++c) {
        const float* in = planes + (static_cast<std::size_t>(c) * size + y) * size;
        for (int x = 0; x < size; ++x) {
            if constexpr (sizeof(Number) == sizeof(float))
                out[x * kBlock + c] = in[x];
            else
                out[x * kBlock + c] = toBf16(in[x]);
        }
    }
}

template <typename Number> void fill(const PictureInput& picture, int y, const NetworkProfile& profile, Number* out)
{
    if (picture.planes)
        fillFrom(picture.planes, y, profile.pictureSize, out);
    else
        fillFrom(picture.firstByte + static_cast<std::size_t>(y) * picture.rowBytes, y, profile, out);
}

} // namespace

void fillPictureRow(const PictureInput& picture, int y, const NetworkProfile& profile, float* out)
{
    fill(picture, y, profile, out);
}

void fillPictureRow(const PictureInput& picture, int y, const NetworkProfile& profile, std::uint16_t* out)
{
    fill(picture, y, profile, out);
}

} // namespace lipsync::nn::direct
