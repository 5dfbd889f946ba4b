// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A whole inverted residual in one pass over device memory: a block computes a tile of outputs, 16 columns wide, a warp
// one or two rows of it. The expanded map exists in shared memory only, some channels of it at a time:
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
template <ResidualShape shape> struct ResidualTile {
    static constexpr int kRows = shape.step == 1 ? 8 : 4, kColumns = kTile; ///< of outputs
    /// Rows of a warp: two share what they read, unless their sums are too many for its registers.
    static constexpr int kRowsEach = shape.step == 1 && shape.outTiles <= 2 ? 2 : 1;
    static constexpr int kWarps = kRows / kRowsEach, kThreads = kWarps * kLanes;
    static constexpr int kOut = shape.outTiles * kTile, kChunk = shape.chunk;
    static constexpr int kInRows = (kRows - 1) * shape.step + 3, kInColumns = (kColumns - 1) * shape.step + 3;
    static constexpr int kInPixels = kInRows * kInColumns, kInTiles = (kInPixels + kTile - 1) / kTile;
    static constexpr int kHiddenLength = kChunk + kRowGap; ///< numbers from one row to the next
    static constexpr int kResultLength = kOut + 1; ///< floats; where it exits
    static constexpr int kTaps = 9;
    /// The expansion: warps that share sixteen channels, and how many times sixteen pixels one of them has at once.
    static constexpr int kSixteens = kChunk / kTile, kSharing = kWarps / kSixteens;
    static constexpr int kTilesEach = partsOf(kInTiles, kSharing);
    static constexpr int kTogether = partsOf(kTilesEach, partsOf(kTilesEach, 5));

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

template <NumberFormat format, ResidualShape shape> class ResidualKernel {
    using Tile = ResidualTile<shape>;
    using N = Numbers<format>;
    static constexpr int kHalves = 2 * shape.outTiles; ///< eights of outputs
    struct WarpSums {
        Lanes<SumsPart> of[Tile::kRowsEach][kHalves];
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
                filterAndProject(warp, sums[warp]);
            });
        }
        m_block.warpPhase([&](int warp) { finish(warp, sums[warp]); });
        if constexpr (shape.exits) {
            m_block.phase([&](int thread) {
                for (int pixel = thread; pixel < Tile::kRows * Tile::kColumns; pixel += Tile::kThreads)
                    leave(pixel);
            });
        }
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

    /// Sixteen hidden channels of kTogether times sixteen pixels of the input at a time.
    LIPSYNC_KERNEL void expand(int warp) const
    {
        constexpr int kAtOnce = Tile::kSharing * Tile::kTogether;
        const int channel = warp % Tile::kSixteens * kTile;
        const auto* input = numbersAt(m_places.input);
        const auto* weights = numbersAt(m_places.expand) + channel * m_places.inputLength;
        for (int first = warp / Tile::kSixteens * Tile::kTogether; first < Tile::kInTiles; first += kAtOnce) {
            Lanes<SumsPart> sums[Tile::kTogether][2] = {};
            for (int depth = 0; depth < m_call.weights.in; depth += kTile) {
                Lanes<MatrixPart> left, right;
                loadRight(right, weights + depth, m_places.inputLength);
                LIPSYNC_UNROLL
                for (int i = 0; i < Tile::kTogether; ++i) {
                    if (first + i < Tile::kInTiles) {
                        loadLeft(left, input + (first + i) * kTile * m_places.inputLength + depth,
                                 m_places.inputLength);
                        multiply<format>(sums[i][0], left, right, 0);
                        multiply<format>(sums[i][1], left, right, 1);
                    }
                }
            }
            LIPSYNC_UNROLL
            for (int i = 0; i < 2 * Tile::kTogether; ++i) {
                if (first + i / 2 < Tile::kInTiles)
                    keepHidden(sums[i / 2][i % 2], (first + i / 2) * kTile, channel + i % 2 * 8);
            }
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
                        isInside ? N::pack(rectified(s[2 * half] + bias.x), rectified(s[2 * half + 1] + bias.y)) : 0u);
            }
        });
    }

    LIPSYNC_KERNEL void filterAndProject(int warp, WarpSums& sums) const
    {
        LIPSYNC_UNROLL
        for (int depth = 0; depth < Tile::kChunk; depth += kTile) {
            Lanes<MatrixPart> left[Tile::kRowsEach], right;
            eachLane([&](int lane) {
                filter(warp, lane, depth, 0, left);
                filter(warp, lane, depth, 1, left);
            });
            LIPSYNC_UNROLL
            for (int tile = 0; tile < shape.outTiles; ++tile) {
                loadRight(right, numbersAt(m_places.project) + tile * kTile * Tile::kHiddenLength + depth,
                          Tile::kHiddenLength);
                LIPSYNC_UNROLL
                for (int row = 0; row < Tile::kRowsEach; ++row) {
                    multiply<format>(sums.of[row][2 * tile], left[row], right, 0);
                    multiply<format>(sums.of[row][2 * tile + 1], left[row], right, 1);
                }
            }
        }
    }

    /// The depthwise convolution as a lane has it of left sides, one a row: of two pixels, eight columns apart, two
    /// channels; `eight`: of which of the sixteen channels from `depth` on.
    LIPSYNC_KERNEL void filter(int warp, int lane, int depth, int eight,
                               Lanes<MatrixPart> (&left)[Tile::kRowsEach]) const
    {
        constexpr int kHiddenRows = (Tile::kRowsEach - 1) * shape.step + 3;
        const int channel = depth + columnOf(lane) + 8 * eight;
        const auto bias = twoAt(floatsAt(m_places.depthwiseBias) + channel);
        TwoFloats weights[Tile::kTaps];
        LIPSYNC_UNROLL
        for (int tap = 0; tap < Tile::kTaps; ++tap)
            weights[tap] = twoAt(floatsAt(m_places.depthwise) + tap * Tile::kChunk + channel);
        const int firstPixel = (warp * Tile::kRowsEach * Tile::kInColumns + rowOf(lane)) * shape.step;
        const auto* hidden = numbersAt(m_places.hidden) + firstPixel * Tile::kHiddenLength + channel;
        LIPSYNC_UNROLL
        for (int half = 0; half < 2; ++half) {
            TwoFloats sums[Tile::kRowsEach];
            LIPSYNC_UNROLL
            for (auto& sum : sums)
                sum = bias;
            LIPSYNC_UNROLL
            for (int at = 0; at < 3 * kHiddenRows; ++at) {
                const int pixel = at / 3 * Tile::kInColumns + at % 3 + 8 * half * shape.step;
                const auto pair = pairAt(hidden + pixel * Tile::kHiddenLength);
                LIPSYNC_UNROLL
                for (int row = 0; row < Tile::kRowsEach; ++row) {
                    const int tap = at - 3 * row * shape.step;
                    if (tap >= 0 && tap < Tile::kTaps) {
                        sums[row].x += weights[tap].x * N::low(pair);
                        sums[row].y += weights[tap].y * N::high(pair);
                    }
                }
            }
            LIPSYNC_UNROLL
            for (int row = 0; row < Tile::kRowsEach; ++row)
                left[row][lane].pairs[2 * eight + half] = N::pack(rectified(sums[row].x), rectified(sums[row].y));
        }
    }

    /// Adds bias and input; writes what is inside of the map.
    LIPSYNC_KERNEL void finish(int warp, const WarpSums& sums) const
    {
        eachLane([&](int lane) {
            LIPSYNC_UNROLL
            for (int i = 0; i < Tile::kRowsEach * kHalves; ++i) {
                const int row = i / kHalves, eight = i % kHalves;
                const auto& s = sums.of[row][eight][lane].sums;
                const int toRow = warp * Tile::kRowsEach + row, channel = 8 * eight + columnOf(lane);
                put(toRow, rowOf(lane), channel, s[0], s[1]);
                put(toRow, rowOf(lane) + 8, channel, s[2], s[3]);
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
            float* result = floatsAt(m_places.hidden) + (row * Tile::kColumns + column) * Tile::kResultLength + channel;
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
    LIPSYNC_KERNEL void leave(int pixel) const
    {
        const int row = m_firstRow + pixel / Tile::kColumns, column = m_firstColumn + pixel % Tile::kColumns;
        if (row >= m_call.source.rows || column >= m_call.source.columns)
            return;
        constexpr float kWhite = 255;
        const float* result = floatsAt(m_places.hidden) + pixel * Tile::kResultLength;
        auto* bytes =
            m_call.requests[m_block.z].output + 3 * (static_cast<std::size_t>(row) * m_call.source.columns + column);
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
