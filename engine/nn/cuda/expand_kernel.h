// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The first two thirds of an inverted residual with many channels, whose maps are small: a block expands a square of the
// map to 64 hidden channels, kDepth input channels at a time, and filters them. What it makes is read soon and small
// enough to stay in the device's cache.

#include "nn/cuda/source.h"
#include "nn/cuda/warp_matrix.h"

namespace lipsync::nn::cuda {

/// The measures of that kernel. With the pixels around it a square is 144 or 121 pixels, nine or eight times 16.
template <int step> struct ExpandTile {
    static constexpr int kSide = step == 1 ? 10 : 5; ///< of the square of outputs
    static constexpr int kWarps = 8, kThreads = kWarps * kLanes;
    static constexpr int kChannels = 64, kDepth = 64;
    static constexpr int kInSide = (kSide - 1) * step + 3, kInPixels = kInSide * kInSide;
    static constexpr int kInTiles = (kInPixels + kTile - 1) / kTile;
    static constexpr int kColumns = kChannels / kTile, kRows = kWarps / kColumns; ///< in which warps share the work
    static constexpr int kTilesEach = (kInTiles + kRows - 1) / kRows;
    static constexpr int kLength = kDepth + kRowGap; ///< numbers from one row to the next, also of hidden ones
    static constexpr int kTaps = 9;

    // Where things lie in shared memory, in bytes: two stages of input and weights, the first of which later has the
    // hidden channels; then float32 weights.
    static constexpr int kInput = kInTiles * kTile * kLength * 2, kWeights = kChannels * kLength * 2;
    static constexpr int kStage = kInput + kWeights;
    static constexpr int kFloats = 2 * kStage;
    static constexpr int kEnd = kFloats + (kTaps + 2) * kChannels * 4;

    LIPSYNC_KERNEL static int squaresAcross(const ExpandCall& call) { return partsOf(call.target.columns, kSide); }
    /// A block for some hidden channels of a square and picture.
    static Grid gridOf(const ExpandCall& call)
    {
        return {call.weights.hidden / kChannels, partsOf(call.target.columns, kSide) * partsOf(call.target.rows, kSide),
                call.pictures, kThreads, kEnd};
    }
};
static_assert(ExpandTile<1>::kChannels == ExpandTile<1>::kDepth); // the hidden channels take the input's place

template <NumberFormat format, int step> class ExpandKernel {
    using Tile = ExpandTile<step>;
    using N = Numbers<format>;
    struct WarpSums {
        Lanes<SumsPart> of[Tile::kTilesEach][2];
    };

public:
    LIPSYNC_KERNEL ExpandKernel(const ExpandCall& call, const Block& block)
        : m_call(call)
        , m_block(block)
        , m_firstChannel(block.x * Tile::kChannels)
        , m_firstRow(block.y / Tile::squaresAcross(call) * Tile::kSide)
        , m_firstColumn(block.y % Tile::squaresAcross(call) * Tile::kSide)
    {
    }

    LIPSYNC_KERNEL void run()
    {
        m_block.phase([&](int thread) {
            bringFloats(thread);
            bringStage(thread, 0, 0);
        });
        Warps<WarpSums> sums{};
        int stage = 0;
        for (int depth = 0; depth < m_call.weights.in; depth += Tile::kDepth, stage = 1 - stage) {
            m_block.warpPhase([&](int warp) {
                if (depth + Tile::kDepth < m_call.weights.in)
                    eachLane([&](int lane) { bringStage(warp * kLanes + lane, depth + Tile::kDepth, 1 - stage); });
                expand(warp, depthFrom(depth), stage, sums[warp]);
            });
        }
        m_block.warpPhase([&](int warp) { keepHidden(warp, sums[warp]); });
        m_block.phase([&](int thread) {
            for (int i = thread; i < Tile::kSide * Tile::kSide * Tile::kChannels / 8; i += Tile::kThreads)
                filter(i / (Tile::kChannels / 8), i % (Tile::kChannels / 8) * 8);
        });
    }

private:
    LIPSYNC_KERNEL std::uint16_t* inputOf(int stage) const
    {
        return reinterpret_cast<std::uint16_t*>(m_block.shared + stage * Tile::kStage);
    }
    LIPSYNC_KERNEL std::uint16_t* weightsOf(int stage) const
    {
        return reinterpret_cast<std::uint16_t*>(m_block.shared + stage * Tile::kStage + Tile::kInput);
    }
    /// Row 0: bias of the expansion, 1: of the filter, from 2 on: its taps.
    LIPSYNC_KERNEL float* floatsOf(int row) const
    {
        return reinterpret_cast<float*>(m_block.shared + Tile::kFloats) + row * Tile::kChannels;
    }
    LIPSYNC_KERNEL int rowAt(int pixel) const { return m_firstRow * step - 1 + pixel / Tile::kInSide; }
    LIPSYNC_KERNEL int columnAt(int pixel) const { return m_firstColumn * step - 1 + pixel % Tile::kInSide; }
    /// Input channels of the stage that begins there.
    LIPSYNC_KERNEL int depthFrom(int depth) const
    {
        const int left = m_call.weights.in - depth;
        return left < Tile::kDepth ? left : Tile::kDepth;
    }

    LIPSYNC_KERNEL void bringFloats(int thread) const
    {
        constexpr int kFours = Tile::kChannels / 4;
        const auto& weights = m_call.weights;
        for (int i = thread; i < (Tile::kTaps + 2) * kFours; i += Tile::kThreads) {
            const int row = i / kFours, at = i % kFours * 4;
            const float* device = row == 0 ? weights.expandBias
                : row == 1                 ? weights.depthwiseBias
                                           : weights.depthwise + (row - 2) * weights.hidden;
            bringSixteen(floatsOf(row) + at, device + m_firstChannel + at);
        }
    }

    LIPSYNC_KERNEL void bringStage(int thread, int depth, int stage) const
    {
        const int eights = depthFrom(depth) / 8;
        for (int i = thread; i < Tile::kInPixels * eights; i += Tile::kThreads) {
            const int pixel = i / eights, at = i % eights * 8;
            bring<format>(m_call.source, m_call.requests, m_block.z, rowAt(pixel), columnAt(pixel), depth + at,
                          inputOf(stage) + pixel * Tile::kLength + at);
        }
        for (int i = thread; i < Tile::kChannels * eights; i += Tile::kThreads) {
            const int row = i / eights, at = i % eights * 8;
            const auto* device =
                m_call.weights.expand + static_cast<std::size_t>(m_firstChannel + row) * m_call.weights.in + depth + at;
            bringSixteen(weightsOf(stage) + row * Tile::kLength + at, device);
        }
    }

    LIPSYNC_KERNEL void expand(int warp, int depths, int stage, WarpSums& sums) const
    {
        const auto* input = inputOf(stage);
        const auto* weights = weightsOf(stage) + warp % Tile::kColumns * kTile * Tile::kLength;
        for (int depth = 0; depth < depths; depth += kTile) {
            Lanes<MatrixPart> left, right;
            loadRight(right, weights + depth, Tile::kLength);
            LIPSYNC_UNROLL
            for (int i = 0; i < Tile::kTilesEach; ++i) {
                const int tile = warp / Tile::kColumns + i * Tile::kRows;
                if (tile < Tile::kInTiles) {
                    loadLeft(left, input + tile * kTile * Tile::kLength + depth, Tile::kLength);
                    multiply<format>(sums.of[i][0], left, right, 0);
                    multiply<format>(sums.of[i][1], left, right, 1);
                }
            }
        }
    }

    LIPSYNC_KERNEL void keepHidden(int warp, const WarpSums& sums) const
    {
        LIPSYNC_UNROLL
        for (int i = 0; i < Tile::kTilesEach; ++i) {
            const int tile = warp / Tile::kColumns + i * Tile::kRows;
            LIPSYNC_UNROLL
            for (int eight = 0; eight < 2; ++eight) {
                if (tile < Tile::kInTiles)
                    keepHidden(sums.of[i][eight], tile * kTile, warp % Tile::kColumns * kTile + 8 * eight);
            }
        }
    }

    LIPSYNC_KERNEL void keepHidden(const Lanes<SumsPart>& sums, int firstPixel, int firstChannel) const
    {
        eachLane([&](int lane) {
            const int channel = firstChannel + columnOf(lane);
            const auto bias = twoAt(floatsOf(0) + channel);
            LIPSYNC_UNROLL
            for (int half = 0; half < 2; ++half) {
                const int pixel = firstPixel + rowOf(lane) + 8 * half;
                const int row = rowAt(pixel), column = columnAt(pixel);
                const bool isInside =
                    row >= 0 && row < m_call.source.rows && column >= 0 && column < m_call.source.columns;
                const float* s = sums[lane].sums + 2 * half;
                setPair(inputOf(0) + pixel * Tile::kLength + channel,
                        isInside ? N::pack(rectified(s[0] + bias.x), rectified(s[1] + bias.y)) : 0u);
            }
        });
    }

    /// The depthwise convolution of eight channels of an output pixel of the square.
    LIPSYNC_KERNEL void filter(int pixel, int channel) const
    {
        const int row = pixel / Tile::kSide, column = pixel % Tile::kSide;
        const int toRow = m_firstRow + row, toColumn = m_firstColumn + column;
        const auto& target = m_call.target;
        if (toRow >= target.rows || toColumn >= target.columns)
            return;
        float sums[8], hidden[8];
        LIPSYNC_UNROLL
        for (int i = 0; i < 8; ++i)
            sums[i] = floatsOf(1)[channel + i];
        LIPSYNC_UNROLL
        for (int tap = 0; tap < Tile::kTaps; ++tap) {
            const int from = (row * step + tap / 3) * Tile::kInSide + column * step + tap % 3;
            unpack<format>(eightAt(inputOf(0) + from * Tile::kLength + channel), hidden);
            LIPSYNC_UNROLL
            for (int i = 0; i < 8; ++i)
                sums[i] += floatsOf(2 + tap)[channel + i] * hidden[i];
        }
        LIPSYNC_UNROLL
        for (int i = 0; i < 8; ++i)
            sums[i] = rectified(sums[i]);
        setEight(mapOf(target, m_call.requests, m_block.z) + pixelOf(target, toRow, toColumn) + m_firstChannel +
                     channel,
                 packEight<format>(sums));
    }

    const ExpandCall& m_call;
    const Block& m_block;
    const int m_firstChannel; ///< of the hidden ones
    const int m_firstRow, m_firstColumn; ///< of the square of outputs
};

} // namespace lipsync::nn::cuda
