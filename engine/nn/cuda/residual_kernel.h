// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A whole inverted residual in one pass over device memory: a block computes a tile of outputs, 16 columns wide, a warp
// one row of it. The expanded map exists in shared memory only, some channels of it at a time:
//   bring the tile's input with one pixel around it, once
//   for all hidden channels, kChunk at a time:
//     expand (tensor cores), ReLU, nothing outside of the map          | meanwhile the other weights come
//     3×3 depthwise and ReLU, in registers, as the projection wants it;
//     project (tensor cores), the sums staying in registers            | meanwhile the next expansion's weights come
//   write the sums, or make the picture's bytes of them

#include "nn/cuda/source.h"
#include "nn/cuda/warp_matrix.h"

namespace lipsync::nn::cuda {

/// The measures of such a kernel.
template <ResidualShape shape>
struct ResidualTile {
    static constexpr int kRows = shape.step == 1 ? 8 : 4, kColumns = kTile; ///< of outputs
    static constexpr int kThreads = kRows * kLanes;
    static constexpr int kOut = shape.outTiles * kTile, kChunk = shape.chunk;
    static constexpr int kInRows = (kRows - 1) * shape.step + 3, kInColumns = (kColumns - 1) * shape.step + 3;
    static constexpr int kInPixels = kInRows * kInColumns, kInTiles = (kInPixels + kTile - 1) / kTile;
    static constexpr int kHiddenLength = kChunk + kRowGap; ///< numbers from one row to the next
    static constexpr int kResultLength = kOut + 1; ///< floats; where it exits
    static constexpr int kTaps = 9;

    /// Where things lie in shared memory, in bytes.
    struct Places {
        int inputLength, input, hidden, expand, project, expandBias, depthwise, depthwiseBias, end;
    };
    LIPSYNC_ANYWHERE static constexpr Places placesFor(int in)
    {
        constexpr int kNumber = sizeof(std::uint16_t), kFloat = sizeof(float);
        constexpr int kHidden = kInTiles * kTile * kHiddenLength * kNumber;
        constexpr int kResult = shape.exits ? kRows * kColumns * kResultLength * kFloat : 0;
        Places places{};
        places.inputLength = in + kRowGap;
        places.hidden = places.input + kInTiles * kTile * places.inputLength * kNumber;
        places.expand = places.hidden + (kHidden > kResult ? kHidden : kResult);
        places.project = places.expand + kChunk * places.inputLength * kNumber;
        places.expandBias = places.project + kOut * kHiddenLength * kNumber;
        places.depthwise = places.expandBias + kChunk * kFloat;
        places.depthwiseBias = places.depthwise + kTaps * kChunk * kFloat;
        places.end = places.depthwiseBias + kChunk * kFloat;
        return places;
    }

    /// A block a tile and picture.
    static Grid gridOf(const ResidualCall& call)
    {
        const auto& target = call.target;
        return {partsOf(target.columns, kColumns), partsOf(target.rows, kRows), call.pictures, kThreads,
                placesFor(call.weights.in).end};
    }
};

template <NumberFormat format, ResidualShape shape>
class ResidualKernel {
    using Tile = ResidualTile<shape>;
    using N = Numbers<format>;
    static constexpr int kHalves = 2 * shape.outTiles; ///< eights of outputs
    using Sums = Lanes<SumsPart>[kHalves];
    struct WarpSums {
        Sums of;
    };

public:
    LIPSYNC_KERNEL ResidualKernel(const ResidualCall& call, const Block& block)
        : m_call(call)
        , m_block(block)
        , m_places(Tile::placesFor(call.weights.in))
        , m_firstRow(block.y * Tile::kRows)
        , m_firstColumn(block.x * Tile::kColumns)
    {
    }

    LIPSYNC_KERNEL void run()
    {
        m_block.phase([&](int thread) {
            bringInput(thread);
            bringExpansion(thread, 0);
        });
        Warps<WarpSums> sums{};
        for (int chunk = 0; chunk < m_call.weights.hidden; chunk += Tile::kChunk) {
            m_block.warpPhase([&](int warp) {
                eachLane([&](int lane) { bringProjection(warp * kLanes + lane, chunk); });
                expand(warp);
            });
            m_block.warpPhase([&](int warp) {
                if (chunk + Tile::kChunk < m_call.weights.hidden)
                    eachLane([&](int lane) { bringExpansion(warp * kLanes + lane, chunk + Tile::kChunk); });
                filterAndProject(warp, sums[warp].of);
            });
        }
        m_block.warpPhase([&](int warp) { finish(warp, sums[warp].of); });
        if constexpr (shape.exits)
            m_block.phase([&](int thread) { leave(thread); });
    }

private:
    LIPSYNC_KERNEL std::uint16_t* numbersAt(int place) const
    {
        return reinterpret_cast<std::uint16_t*>(m_block.shared + place);
    }
    LIPSYNC_KERNEL float* floatsAt(int place) const { return reinterpret_cast<float*>(m_block.shared + place); }

    LIPSYNC_KERNEL void bringInput(int thread) const
    {
        const int eights = m_call.weights.in / 8;
        for (int i = thread; i < Tile::kInPixels * eights; i += Tile::kThreads) {
            const int pixel = i / eights, channel = i % eights * 8;
            const int row = m_firstRow * shape.step - 1 + pixel / Tile::kInColumns;
            const int column = m_firstColumn * shape.step - 1 + pixel % Tile::kInColumns;
            bring<format>(m_call.source, m_call.requests, m_block.z, row, column, channel,
                          numbersAt(m_places.input) + pixel * m_places.inputLength + channel);
        }
    }

    /// `rows` of a matrix in device memory, `length` numbers each of which lie `deviceLength` apart.
    LIPSYNC_KERNEL static void bringMatrix(int thread, const std::uint16_t* device, int deviceLength, int rows,
                                           int length, std::uint16_t* shared)
    {
        const int eights = length / 8;
        for (int i = thread; i < rows * eights; i += Tile::kThreads) {
            const int row = i / eights, at = i % eights * 8;
            bringSixteen(shared + row * (length + kRowGap) + at,
                         device + static_cast<std::size_t>(row) * deviceLength + at);
        }
    }

    LIPSYNC_KERNEL void bringFloats(int thread, const float* device, int place) const
    {
        for (int i = thread; i < Tile::kChunk / 4; i += Tile::kThreads)
            bringSixteen(floatsAt(place) + 4 * i, device + 4 * i);
    }

    LIPSYNC_KERNEL void bringExpansion(int thread, int chunk) const
    {
        const auto& weights = m_call.weights;
        bringMatrix(thread, weights.expand + static_cast<std::size_t>(chunk) * weights.in, weights.in, Tile::kChunk,
                    weights.in, numbersAt(m_places.expand));
        bringFloats(thread, weights.expandBias + chunk, m_places.expandBias);
    }

    LIPSYNC_KERNEL void bringProjection(int thread, int chunk) const
    {
        const auto& weights = m_call.weights;
        bringMatrix(thread, weights.project + chunk, weights.hidden, Tile::kOut, Tile::kChunk,
                    numbersAt(m_places.project));
        for (int tap = 0; tap < Tile::kTaps; ++tap)
            bringFloats(thread, weights.depthwise + tap * weights.hidden + chunk,
                        m_places.depthwise + tap * Tile::kChunk * static_cast<int>(sizeof(float)));
        bringFloats(thread, weights.depthwiseBias + chunk, m_places.depthwiseBias);
    }

    /// Sixteen pixels of the input by sixteen hidden channels at a time.
    LIPSYNC_KERNEL void expand(int warp) const
    {
        constexpr int kSixteens = Tile::kChunk / kTile;
        for (int item = warp; item < Tile::kInTiles * kSixteens; item += Tile::kRows) {
            const int firstPixel = item / kSixteens * kTile, channel = item % kSixteens * kTile;
            const auto* input = numbersAt(m_places.input) + firstPixel * m_places.inputLength;
            const auto* weights = numbersAt(m_places.expand) + channel * m_places.inputLength;
            Lanes<SumsPart> sums[2] = {};
            for (int depth = 0; depth < m_call.weights.in; depth += kTile) {
                Lanes<MatrixPart> left, right;
                loadLeft(left, input + depth, m_places.inputLength);
                loadRight(right, weights + depth, m_places.inputLength);
                multiply<format>(sums[0], left, right, 0);
                multiply<format>(sums[1], left, right, 1);
            }
            LIPSYNC_UNROLL
            for (int half = 0; half < 2; ++half)
                keepHidden(sums[half], firstPixel, channel + 8 * half);
        }
    }

    LIPSYNC_KERNEL void keepHidden(const Lanes<SumsPart>& sums, int firstPixel, int firstChannel) const
    {
        eachLane([&](int lane) {
            const int channel = firstChannel + columnOf(lane);
            const auto bias = twoAt(floatsAt(m_places.expandBias) + channel);
            const auto& s = sums[lane].sums;
            LIPSYNC_UNROLL
            for (int half = 0; half < 2; ++half) {
                const int pixel = firstPixel + rowOf(lane) + 8 * half;
                const int row = m_firstRow * shape.step - 1 + pixel / Tile::kInColumns;
                const int column = m_firstColumn * shape.step - 1 + pixel % Tile::kInColumns;
                const bool isInside =
                    row >= 0 && row < m_call.source.rows && column >= 0 && column < m_call.source.columns;
                setPair(numbersAt(m_places.hidden) + pixel * Tile::kHiddenLength + channel,
                        isInside ? N::pack(rectified(s[2 * half] + bias.x), rectified(s[2 * half + 1] + bias.y))
                                 : 0u);
            }
        });
    }

    LIPSYNC_KERNEL void filterAndProject(int warp, Sums& sums) const
    {
        LIPSYNC_UNROLL
        for (int depth = 0; depth < Tile::kChunk; depth += kTile) {
            Lanes<MatrixPart> left, right;
            eachLane([&](int lane) { filter(warp, lane, depth, left[lane]); });
            LIPSYNC_UNROLL
            for (int tile = 0; tile < shape.outTiles; ++tile) {
                loadRight(right, numbersAt(m_places.project) + tile * kTile * Tile::kHiddenLength + depth,
                          Tile::kHiddenLength);
                multiply<format>(sums[2 * tile], left, right, 0);
                multiply<format>(sums[2 * tile + 1], left, right, 1);
            }
        }
    }

    /// The depthwise convolution of the two pixels and the four channels that a lane has of a left side.
    LIPSYNC_KERNEL void filter(int row, int lane, int depth, MatrixPart& filtered) const
    {
        LIPSYNC_UNROLL
        for (int channels = 0; channels < 2; ++channels) {
            const int channel = depth + columnOf(lane) + 8 * channels;
            const auto bias = twoAt(floatsAt(m_places.depthwiseBias) + channel);
            float sums[2][2] = {{bias.x, bias.y}, {bias.x, bias.y}};
            const auto* hidden = numbersAt(m_places.hidden) + channel +
                (row * Tile::kInColumns + rowOf(lane)) * shape.step * Tile::kHiddenLength;
            LIPSYNC_UNROLL
            for (int tap = 0; tap < Tile::kTaps; ++tap) {
                const auto weights = twoAt(floatsAt(m_places.depthwise) + tap * Tile::kChunk + channel);
                LIPSYNC_UNROLL
                for (int half = 0; half < 2; ++half) {
                    const int pixel = tap / 3 * Tile::kInColumns + tap % 3 + 8 * half * shape.step;
                    const auto pair = pairAt(hidden + pixel * Tile::kHiddenLength);
                    sums[half][0] += weights.x * N::low(pair);
                    sums[half][1] += weights.y * N::high(pair);
                }
            }
            LIPSYNC_UNROLL
            for (int half = 0; half < 2; ++half)
                filtered.pairs[2 * channels + half] = N::pack(rectified(sums[half][0]), rectified(sums[half][1]));
        }
    }

    /// Adds bias and input; writes what is inside of the map.
    LIPSYNC_KERNEL void finish(int warp, const Sums& sums) const
    {
        eachLane([&](int lane) {
            LIPSYNC_UNROLL
            for (int eight = 0; eight < kHalves; ++eight) {
                const int channel = 8 * eight + columnOf(lane);
                LIPSYNC_UNROLL
                for (int half = 0; half < 2; ++half) {
                    const float* s = sums[eight][lane].sums + 2 * half;
                    put(warp, rowOf(lane) + 8 * half, channel, s[0], s[1]);
                }
            }
        });
    }

    LIPSYNC_KERNEL void put(int row, int column, int channel, float first, float second) const
    {
        const auto bias = twoAt(m_call.weights.projectBias + channel);
        first += bias.x;
        second += bias.y;
        const int channels = m_call.weights.out;
        if (m_call.addsInput && channel < channels) {
            const int pixel = (row + 1) * Tile::kInColumns + column + 1;
            const auto pair = pairAt(numbersAt(m_places.input) + pixel * m_places.inputLength + channel);
            first += N::low(pair);
            second += N::high(pair);
        }
        if constexpr (shape.exits) {
            float* result =
                floatsAt(m_places.hidden) + (row * Tile::kColumns + column) * Tile::kResultLength + channel;
            result[0] = first;
            result[1] = second;
        } else {
            const auto& target = m_call.target;
            const int toRow = m_firstRow + row, toColumn = m_firstColumn + column;
            if (channel < channels && toRow < target.rows && toColumn < target.columns)
                setPair(mapOf(target, m_call.requests, m_block.z) + pixelOf(target, toRow, toColumn) + channel,
                        N::pack(first, second));
        }
    }

    /// A pixel's three bytes: the network's value times 255, truncated (specification section 1.12).
    LIPSYNC_KERNEL void leave(int thread) const
    {
        const int row = m_firstRow + thread / Tile::kColumns, column = m_firstColumn + thread % Tile::kColumns;
        if (thread >= Tile::kRows * Tile::kColumns || row >= m_call.source.rows || column >= m_call.source.columns)
            return;
        constexpr float kWhite = 255;
        const float* result = floatsAt(m_places.hidden) + thread * Tile::kResultLength;
        auto* bytes = m_call.requests[m_block.z].output +
            3 * (static_cast<std::size_t>(row) * m_call.source.columns + column);
        const int channels = m_call.weights.out;
        LIPSYNC_UNROLL
        for (int colour = 0; colour < 3; ++colour) {
            float sum = m_call.exit.bias[colour];
            for (int channel = 0; channel < channels; ++channel)
                sum += m_call.exit.weights[colour * channels + channel] * result[channel];
            if (sum != sum) {
                m_call.exit.faults[m_block.z] = 1;
                return;
            }
            bytes[colour] = static_cast<std::uint8_t>(kWhite / (1.0f + exponential(-sum)));
        }
    }

    const ResidualCall& m_call;
    const Block& m_block;
    const typename Tile::Places m_places;
    const int m_firstRow, m_firstColumn; ///< of the tile
};

} // namespace lipsync::nn::cuda
