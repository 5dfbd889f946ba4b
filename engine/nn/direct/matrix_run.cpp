// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/direct/matrix_run.h"

#include <algorithm>
#include <cstring>

namespace lipsync::nn::direct {

void MatrixRun::pointwise(const Pointwise& layer, Range blocks, const Pixels& in, Gemm rest) const
{
    const auto* residual = static_cast<const std::byte*>(rest.residual);
    auto* out = static_cast<std::byte*>(rest.out);
    const std::size_t outNumber = rest.floatOut ? sizeof(float) : m_number;
    rest.pixels = in.count;
    rest.inputBlockStride = in.blockStride;
    for (int b = blocks.begin; b < blocks.end; b += m_kernels.groupBlocks) {
        const auto at = static_cast<std::size_t>(b) * kBlock;
        rest.blocks = std::min(m_kernels.groupBlocks, blocks.end - b);
        rest.inputs[0] = {in.data, layer.weightsFrom(0, b, m_kernels.bf16), layer.inputs[0], in.stride};
        rest.bias = layer.biasFrom(b);
        rest.residual = residual ? residual + at * m_number : nullptr;
        rest.out = out + at * outNumber;
        m_kernels.gemm(rest);
    }
}

void MatrixRun::shared(const Pointwise& layer, const Pixels& in, const Gemm& rest) const
{
    // Each thread multiplies all pixels with some of the columns, so that it reads some of the weights only.
    const int group = m_kernels.groupBlocks, threads = m_team.threads();
    const int groups = (layer.blocks + group - 1) / group;
    const int parts = groups % threads == 0 ? 1 : (2 * threads + groups - 1) / groups;
    together(groups * parts, 1, [&](int task) {
        const int block = task / parts * group, slice = task % parts;
        const int begin = in.count * slice / parts, end = in.count * (slice + 1) / parts;
        Gemm g = rest;
        const auto offset = [&](int stride) { return static_cast<std::size_t>(begin) * stride * m_number; };
        g.out = static_cast<std::byte*>(rest.out) + offset(g.outStride);
        if (rest.residual)
            g.residual = static_cast<const std::byte*>(rest.residual) + offset(g.residualStride);
        pointwise(layer, {block, std::min(block + group, layer.blocks)},
                  {in.data + offset(in.stride), end - begin, in.stride, in.blockStride}, g);
    });
}

/// What the taps of some rows of the output see, pixel after pixel. Rows are counted through all pictures.
void MatrixRun::gather(const TapConvolution& layer, const Map& in, Range rows, std::byte* to) const
{
    const auto channelBytes = static_cast<std::size_t>(layer.in.channels) * m_number;
    const auto rowBytes = layer.side * channelBytes; // of a pixel's taps
    for (int y = rows.begin; y < rows.end; ++y) {
        const auto picture = static_cast<std::size_t>(y / layer.out.rows) * layer.in.rows;
        const int above = y % layer.out.rows * layer.step[0] - layer.border;
        for (int x = 0; x < layer.out.columns; ++x) {
            // The columns of a pixel's taps lie side by side; those in [first, last) are inside.
            const int left = x * layer.step[1] - layer.border;
            const int first = std::clamp(-left, 0, layer.side);
            const int last = std::clamp(layer.in.columns - left, 0, layer.side);
            for (int t = 0; t < layer.side; ++t, to += rowBytes) {
                const int row = above + t;
                if (row < 0 || row >= layer.in.rows || first >= last) {
                    std::memset(to, 0, rowBytes);
                    continue;
                }
                const auto pixel = (picture + row) * layer.in.columns + (left + first);
                std::memset(to, 0, first * channelBytes);
                std::memcpy(to + first * channelBytes, in.data + pixel * channelBytes, (last - first) * channelBytes);
                std::memset(to + last * channelBytes, 0, (layer.side - last) * channelBytes);
            }
        }
    }
}

void MatrixRun::taps(const TapConvolution& layer, const Map& in, const Map& out, std::byte* to, int pictures) const
{
    const int columns = layer.out.columns, pixels = pictures * layer.out.rows * columns;
    const auto rows = part(pictures * layer.out.rows);
    const int numbers = layer.matrix.inputs[0]; // of a gathered pixel
    Gemm g;
    g.relu = true;
    g.outStride = layer.out.channels;
    g.out = out.data;
    if (layer.addsInput) {
        g.residual = in.data;
        g.residualStride = in.size.channels;
    }
    auto* const mine = to + static_cast<std::size_t>(rows.begin) * columns * numbers * m_number;
    if (pixels < kManyPixels * m_team.threads()) {
        gather(layer, in, rows, mine);
        m_team.meet();
        shared(layer.matrix, {to, pixels, numbers}, g);
        return m_team.meet();
    }
    // Each thread has rows of its own, and gathers few at a time, which stay in its cache until they are multiplied.
    const int step = std::max(1, kPixelsAtOnce / columns);
    for (int y = rows.begin; y < rows.end; y += step) {
        const Range few{y, std::min(y + step, rows.end)};
        gather(layer, in, few, mine);
        Gemm some = g;
        const auto offset = [&](int stride) { return static_cast<std::size_t>(y) * columns * stride * m_number; };
        some.out = out.data + offset(g.outStride);
        if (layer.addsInput)
            some.residual = in.data + offset(g.residualStride);
        pointwise(layer.matrix, {0, layer.matrix.blocks}, {mine, (few.end - few.begin) * columns, numbers}, some);
    }
    m_team.meet();
}

void MatrixRun::fromPlanes(const float* planes, int channels, const Map& out, int pictures) const
{
    const int pixels = out.size.rows * out.size.columns;
    const auto mine = part(pictures * pixels);
    for (int c = 0; c < channels; ++c) {
        for (int p = mine.begin; p < mine.end; ++p) {
            const float value = planes[static_cast<std::size_t>(p / pixels * channels + c) * pixels + p % pixels];
            const auto at = static_cast<std::size_t>(p) * out.size.channels + c;
            if (m_kernels.bf16)
                reinterpret_cast<std::uint16_t*>(out.data)[at] = toBf16(value);
            else
                reinterpret_cast<float*>(out.data)[at] = value;
        }
    }
    m_team.meet();
}

} // namespace lipsync::nn::direct
