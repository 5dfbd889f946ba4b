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
    const auto tasks = part(groups * parts);
    for (int task = tasks.begin; task < tasks.end; ++task) {
        const int block = task / parts * group, slice = task % parts;
        const int begin = in.count * slice / parts, end = in.count * (slice + 1) / parts;
        Gemm g = rest;
        const auto offset = [&](int stride) { return static_cast<std::size_t>(begin) * stride * m_number; };
        g.out = static_cast<std::byte*>(rest.out) + offset(g.outStride);
        if (rest.residual)
            g.residual = static_cast<const std::byte*>(rest.residual) + offset(g.residualStride);
        pointwise(layer, {block, std::min(block + group, layer.blocks)},
                  {in.data + offset(in.stride), end - begin, in.stride, in.blockStride}, g);
    }
}

void MatrixRun::taps(const TapConvolution& layer, const Map& in, const Map& out, std::byte* to) const
{
    const int taps = layer.side * layer.side;
    const Pixels gathered{to, layer.out.rows * layer.out.columns, layer.matrix.inputs[0]};
    const auto channelBytes = static_cast<std::size_t>(layer.in.channels) * m_number;
    const auto rows = part(layer.out.rows);
    to += static_cast<std::size_t>(rows.begin) * layer.out.columns * taps * channelBytes;
    for (int y = rows.begin; y < rows.end; ++y) {
        for (int x = 0; x < layer.out.columns; ++x) {
            // The columns of a pixel's taps lie side by side: [first, last) of them are inside.
            const int left = x * layer.step[1] - layer.border;
            const int first = std::clamp(-left, 0, layer.side), last = std::clamp(layer.in.columns - left, 0, layer.side);
            for (int t = 0; t < layer.side; ++t, to += layer.side * channelBytes) {
                const int row = y * layer.step[0] + t - layer.border;
                if (row < 0 || row >= layer.in.rows) {
                    std::memset(to, 0, layer.side * channelBytes);
                    continue;
                }
                const auto pixel = static_cast<std::size_t>(row) * layer.in.columns + (left + first);
                std::memset(to, 0, first * channelBytes);
                std::memcpy(to + first * channelBytes, in.data + pixel * channelBytes, (last - first) * channelBytes);
                std::memset(to + last * channelBytes, 0, (layer.side - last) * channelBytes);
            }
        }
    }
    m_team.meet();
    Gemm g;
    g.relu = true;
    g.outStride = layer.out.channels;
    g.out = out.data;
    if (layer.addsInput) {
        g.residual = in.data;
        g.residualStride = in.size.channels;
    }
    shared(layer.matrix, gathered, g);
    m_team.meet();
}

void MatrixRun::fromPlanes(const float* planes, int channels, const Map& out) const
{
    const int pixels = out.size.rows * out.size.columns;
    const auto mine = part(pixels);
    for (int c = 0; c < channels; ++c) {
        const float* plane = planes + static_cast<std::size_t>(c) * pixels;
        for (int p = mine.begin; p < mine.end; ++p) {
            const auto at = static_cast<std::size_t>(p) * out.size.channels + c;
            if (m_kernels.bf16)
                reinterpret_cast<std::uint16_t*>(out.data)[at] = toBf16(plane[p]);
            else
                reinterpret_cast<float*>(out.data)[at] = plane[p];
        }
    }
    m_team.meet();
}

} // namespace lipsync::nn::direct
