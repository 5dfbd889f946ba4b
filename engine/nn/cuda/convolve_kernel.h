// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A convolution as a product of matrices: a block computes 64 pixels of the batch, counted through all of its pictures,
// by 64 outputs, kDepth channels of a tap at a time; while it multiplies, the next ones come.

#include "nn/cuda/source.h"
#include "nn/cuda/warp_matrix.h"

namespace lipsync::nn::cuda {

/// The measures of that kernel.
struct ConvolveTile {
    static constexpr int kWarps = 8, kThreads = kWarps * kLanes;
    static constexpr int kPixels = 64, kOutputs = 64, kDepth = 64;
    static constexpr int kRows = kPixels / kTile, kColumns = kWarps / kRows; ///< in which warps share the work
    static constexpr int kTilesEach = kOutputs / kTile / kColumns;
    static constexpr int kLength = kDepth + kRowGap; ///< numbers from one row to the next

    // Shared memory, in bytes: two stages of input and weights.
    static constexpr int kInput = kPixels * kLength * 2, kWeights = kOutputs * kLength * 2;
    static constexpr int kStage = kInput + kWeights;
    static constexpr int kEnd = 2 * kStage;

    static Grid gridOf(const ConvolveCall& call)
    {
        const auto& target = call.target;
        return {partsOf(call.pictures * target.rows * target.columns, kPixels), partsOf(target.channels, kOutputs), 1,
                kThreads, kEnd};
    }
};

template <NumberFormat format> class ConvolveKernel {
    using Tile = ConvolveTile;
    using N = Numbers<format>;
    struct WarpSums {
        Lanes<SumsPart> of[Tile::kTilesEach][2];
    };
    /// A pixel of the target.
    struct Place {
        int picture, row, column;
    };

public:
    LIPSYNC_KERNEL ConvolveKernel(const ConvolveCall& call, const Block& block)
        : m_call(call)
        , m_block(block)
        , m_firstPixel(block.x * Tile::kPixels)
        , m_firstOutput(block.y * Tile::kOutputs)
    {
    }

    LIPSYNC_KERNEL void run()
    {
        const int stagesOfTap = (m_call.source.channels + Tile::kDepth - 1) / Tile::kDepth;
        const int stages = m_call.side * m_call.side * stagesOfTap;
        m_block.phase([&](int thread) { bringStage(thread, 0, stagesOfTap); });
        Warps<WarpSums> sums{};
        for (int stage = 0; stage < stages; ++stage) {
            m_block.warpPhase([&](int warp) {
                if (stage + 1 < stages)
                    eachLane([&](int lane) { bringStage(warp * kLanes + lane, stage + 1, stagesOfTap); });
                multiplyStage(warp, stage, depthFrom(stage % stagesOfTap * Tile::kDepth), sums[warp]);
            });
        }
        m_block.warpPhase([&](int warp) { finish(warp, sums[warp]); });
    }

private:
    LIPSYNC_KERNEL std::uint16_t* inputOf(int stage) const
    {
        return reinterpret_cast<std::uint16_t*>(m_block.shared + stage % 2 * Tile::kStage);
    }
    LIPSYNC_KERNEL std::uint16_t* weightsOf(int stage) const
    {
        return reinterpret_cast<std::uint16_t*>(m_block.shared + stage % 2 * Tile::kStage + Tile::kInput);
    }
    LIPSYNC_KERNEL int depthFrom(int channel) const
    {
        const int left = m_call.source.channels - channel;
        return left < Tile::kDepth ? left : Tile::kDepth;
    }
    LIPSYNC_KERNEL Place placeOf(int pixel) const
    {
        const auto& target = m_call.target;
        return {pixel / target.columns / target.rows, pixel / target.columns % target.rows, pixel % target.columns};
    }
    LIPSYNC_KERNEL int pixels() const { return m_call.pictures * m_call.target.rows * m_call.target.columns; }

    LIPSYNC_KERNEL void bringStage(int thread, int stage, int stagesOfTap) const
    {
        const int tap = stage / stagesOfTap, channel = stage % stagesOfTap * Tile::kDepth;
        const int eights = depthFrom(channel) / 8;
        for (int i = thread; i < Tile::kPixels * eights; i += Tile::kThreads) {
            const int at = i % eights * 8;
            auto* to = inputOf(stage) + i / eights * Tile::kLength + at;
            const auto place = placeOf(m_firstPixel + i / eights);
            if (place.picture < m_call.pictures) {
                const int row = place.row * m_call.stepDown + tap / m_call.side - m_call.border;
                const int column = place.column * m_call.stepAcross + tap % m_call.side - m_call.border;
                bring<format>(m_call.source, m_call.requests, place.picture, row, column, channel + at, to);
            }
        }
        const auto rowLength = static_cast<std::size_t>(m_call.side) * m_call.side * m_call.source.channels;
        for (int i = thread; i < Tile::kOutputs * eights; i += Tile::kThreads) {
            const int output = m_firstOutput + i / eights, at = i % eights * 8;
            if (output < m_call.target.channels)
                bringSixteen(weightsOf(stage) + i / eights * Tile::kLength + at,
                             m_call.weights + output * rowLength + tap * m_call.source.channels + channel + at);
        }
    }

    LIPSYNC_KERNEL void multiplyStage(int warp, int stage, int depths, WarpSums& sums) const
    {
        const auto* input = inputOf(stage) + warp % Tile::kRows * kTile * Tile::kLength;
        const auto* weights = weightsOf(stage) + warp / Tile::kRows * Tile::kTilesEach * kTile * Tile::kLength;
        for (int depth = 0; depth < depths; depth += kTile) {
            Lanes<MatrixPart> left, right;
            loadLeft(left, input + depth, Tile::kLength);
            LIPSYNC_UNROLL
            for (int i = 0; i < Tile::kTilesEach; ++i) {
                loadRight(right, weights + i * kTile * Tile::kLength + depth, Tile::kLength);
                multiply<format>(sums.of[i][0], left, right, 0);
                multiply<format>(sums.of[i][1], left, right, 1);
            }
        }
    }

    LIPSYNC_KERNEL void finish(int warp, const WarpSums& sums) const
    {
        const int firstOutput = m_firstOutput + warp / Tile::kRows * Tile::kTilesEach * kTile;
        eachLane([&](int lane) {
            LIPSYNC_UNROLL
            for (int half = 0; half < 2; ++half) {
                const int pixel = m_firstPixel + warp % Tile::kRows * kTile + rowOf(lane) + 8 * half;
                if (pixel >= pixels())
                    continue;
                const auto place = placeOf(pixel);
                LIPSYNC_UNROLL
                for (int i = 0; i < 2 * Tile::kTilesEach; ++i) {
                    const int output = firstOutput + 8 * i + columnOf(lane);
                    const float* s = sums.of[i / 2][i % 2][lane].sums + 2 * half;
                    if (output < m_call.target.channels)
                        put(place, output, s[0], s[1]);
                }
            }
        });
    }

    LIPSYNC_KERNEL void put(const Place& place, int output, float first, float second) const
    {
        const auto bias = twoAt(m_call.bias + output);
        first += bias.x;
        second += bias.y;
        const auto at = pixelOf(m_call.target, place.row, place.column) + output;
        if (m_call.addsInput) {
            const auto pair =
                pairFrom<format>(m_call.added, m_call.requests, place.picture, place.row, place.column, output);
            first += N::low(pair);
            second += N::high(pair);
        }
        if (m_call.isRectified) {
            first = rectified(first);
            second = rectified(second);
        }
        setPair(mapOf(m_call.target, m_call.requests, place.picture) + at, N::pack(first, second));
    }

    const ConvolveCall& m_call;
    const Block& m_block;
    const int m_firstPixel, m_firstOutput;
};

} // namespace lipsync::nn::cuda
