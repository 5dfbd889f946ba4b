// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// How a kernel reads its input: eight channels of a pixel at a time, into shared memory.

#include "nn/cuda/calls.h"
#include "nn/cuda/numbers.h"

namespace lipsync::nn::cuda {

LIPSYNC_KERNEL std::uint16_t* mapOf(const MapView& map, const PictureRequest* requests, int picture)
{
    if (!map.numbers)
        return requests[picture].half + map.offset;
    return map.numbers + static_cast<std::size_t>(picture) * map.rows * map.columns * map.channels;
}

LIPSYNC_KERNEL std::size_t pixelOf(const MapView& map, int row, int column)
{
    return (static_cast<std::size_t>(row) * map.columns + column) * map.channels;
}

/// The two of `in` rows or columns between which a place of the enlarged map lies, and how far from the first.
struct Between {
    int first, second;
    float part;
};

LIPSYNC_KERNEL Between betweenOf(int place, int in, int out)
{
    const float at =
        out > 1 ? static_cast<float>(in - 1) / static_cast<float>(out - 1) * static_cast<float>(place) : 0.0f;
    const int first = static_cast<int>(at) < in - 1 ? static_cast<int>(at) : in - 1;
    return {first, first + 1 < in ? first + 1 : first, at - static_cast<float>(first)};
}

template <NumberFormat format>
LIPSYNC_KERNEL Sixteen enlargedAt(const Source& source, const std::uint16_t* map, int row, int column)
{
    const auto& first = source.first;
    const Between down = betweenOf(row, first.rows, source.rows);
    const Between across = betweenOf(column, first.columns, source.columns);
    float values[8], corner[8];
    const auto add = [&](int atRow, int atColumn, float weight, bool isFirst) {
        unpack<format>(eightAt(map + pixelOf(first, atRow, atColumn)), corner);
        LIPSYNC_UNROLL
        for (int i = 0; i < 8; ++i)
            values[i] = isFirst ? weight * corner[i] : values[i] + weight * corner[i];
    };
    add(down.first, across.first, (1 - down.part) * (1 - across.part), true);
    add(down.first, across.second, (1 - down.part) * across.part, false);
    add(down.second, across.first, down.part * (1 - across.part), false);
    add(down.second, across.second, down.part * across.part, false);
    return packEight<format>(values);
}

/// Only the first eight of a picture's channels are any.
template <NumberFormat format>
LIPSYNC_KERNEL Sixteen pictureAt(const Source& source, const std::uint8_t* picture, int row, int column)
{
    constexpr float kWhite = 255;
    const auto* bytes = picture + static_cast<std::size_t>(row) * source.pictureRowBytes + 3 * column;
    const bool isMasked =
        row >= source.maskTop && row < source.maskBottom && column >= source.maskLeft && column < source.maskRight;
    float values[8] = {};
    LIPSYNC_UNROLL
    for (int colour = 0; colour < 3; ++colour) {
        const float value = static_cast<float>(bytes[colour]) / kWhite;
        const float masked = isMasked ? 0.0f : value;
        values[colour] = source.maskedFirst ? masked : value;
        values[3 + colour] = source.maskedFirst ? value : masked;
    }
    return packEight<format>(values);
}

template <NumberFormat format>
LIPSYNC_KERNEL Sixteen windowAt(const Source& source, int picture, int row, int column, int channel)
{
    const auto plane = static_cast<std::size_t>(source.rows) * source.columns;
    const auto* at = source.window + static_cast<std::size_t>(picture) * source.windowPlanes * plane +
        static_cast<std::size_t>(row) * source.columns + column;
    float values[8];
    LIPSYNC_UNROLL
    for (int i = 0; i < 8; ++i)
        values[i] = channel + i < source.windowPlanes ? at[(channel + i) * plane] : 0.0f;
    return packEight<format>(values);
}

/// Two channels of a pixel of a map or a window.
template <NumberFormat format>
LIPSYNC_KERNEL std::uint32_t pairFrom(const Source& source, const PictureRequest* requests, int picture, int row,
                                      int column, int channel)
{
    if (source.kind == SourceKind::Window)
        return windowAt<format>(source, picture, row, column, channel).x;
    return pairAt(mapOf(source.first, requests, picture) + pixelOf(source.first, row, column) + channel);
}

/// Brings channels `channel` to `channel` + 7 of a pixel into shared memory; zeros where there is no pixel.
template <NumberFormat format>
LIPSYNC_KERNEL void bring(const Source& source, const PictureRequest* requests, int picture, int row, int column,
                          int channel, std::uint16_t* shared)
{
    if (row < 0 || row >= source.rows || column < 0 || column >= source.columns) {
        setEight(shared, {0, 0, 0, 0});
        return;
    }
    if (source.kind == SourceKind::Picture) {
        setEight(shared,
                 channel == 0 ? pictureAt<format>(source, requests[picture].picture, row, column)
                              : Sixteen{0, 0, 0, 0});
        return;
    }
    if (source.kind == SourceKind::Window) {
        setEight(shared, windowAt<format>(source, picture, row, column, channel));
        return;
    }
    const bool isSecond = channel >= source.first.channels;
    if (source.kind == SourceKind::Enlarged && !isSecond) {
        const auto* map = mapOf(source.first, requests, picture) + channel;
        setEight(shared, enlargedAt<format>(source, map, row, column));
        return;
    }
    const auto& map = isSecond ? source.second : source.first;
    bringSixteen(shared,
                 mapOf(map, requests, picture) + pixelOf(map, row, column) + channel -
                     (isSecond ? source.first.channels : 0));
}

} // namespace lipsync::nn::cuda
