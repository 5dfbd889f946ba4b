// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Tensor cores: a warp multiplies 16 × 16 numbers with 16 × 8 numbers, sums in float32. On the host the two instructions
// do what the PTX ISA says of them (9.7: ldmatrix .m8n8.x4, mma .m16n8k16), lane by lane.

#include "nn/cuda/numbers.h"

namespace lipsync::nn::cuda {

inline constexpr int kTile = 16; ///< rows, columns and depth that are multiplied at once
/// Numbers between the rows of matrices in shared memory that keep eight rows in different banks.
inline constexpr int kRowGap = 8;

/// A lane's part of a 16 × 16 matrix of numbers: pairs of them.
struct MatrixPart {
    std::uint32_t pairs[4];
};

/// A lane's part of a 16 × 8 matrix of sums: rowOf(lane) columns columnOf(lane) and the next, then the same of the row
/// eight below.
struct SumsPart {
    float sums[4];
};

LIPSYNC_KERNEL int rowOf(int lane)
{
    return lane / 4;
}

LIPSYNC_KERNEL int columnOf(int lane)
{
    return 2 * (lane % 4);
}

/// Four matrices of 8 × 8 numbers from shared memory: `rowStarts(lane)` is where row lane % 8 of matrix lane / 8 begins.
template <typename RowStarts> LIPSYNC_KERNEL void loadMatrices(Lanes<MatrixPart>& parts, const RowStarts& rowStarts)
{
#ifdef __CUDACC__
    auto& pairs = parts[0].pairs;
    const auto address =
        static_cast<unsigned>(__cvta_generic_to_shared(rowStarts(static_cast<int>(threadIdx.x % kLanes))));
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(pairs[0]), "=r"(pairs[1]), "=r"(pairs[2]), "=r"(pairs[3])
                 : "r"(address)
                 : "memory");
#else
    for (int matrix = 0; matrix < 4; ++matrix) {
        for (int row = 0; row < 8; ++row) {
            const std::uint16_t* const numbers = rowStarts(8 * matrix + row);
            for (int i = 0; i < 4; ++i)
                parts[4 * row + i].pairs[matrix] = pairAt(numbers + 2 * i);
        }
    }
#endif
}

/// The left side of a product: rows `rowLength` numbers apart.
LIPSYNC_KERNEL void loadLeft(Lanes<MatrixPart>& parts, const std::uint16_t* numbers, int rowLength)
{
    loadMatrices(parts, [&](int lane) { return numbers + lane % 16 * rowLength + lane / 16 * 8; });
}

/// The right side of two products, 16 outputs by 16 inputs: a row has one output's weights.
LIPSYNC_KERNEL void loadRight(Lanes<MatrixPart>& parts, const std::uint16_t* numbers, int rowLength)
{
    loadMatrices(parts, [&](int lane) { return numbers + (lane % 8 + lane / 16 * 8) * rowLength + lane / 8 % 2 * 8; });
}

/// Adds left × right to the sums of eight outputs: `half` 0 the first eight ones of loadRight(), 1 the others.
template <NumberFormat format>
LIPSYNC_KERNEL void multiply(Lanes<SumsPart>& sums, const Lanes<MatrixPart>& left, const Lanes<MatrixPart>& right,
                             int half)
{
#ifdef __CUDACC__
    auto& s = sums[0].sums;
    const auto& l = left[0].pairs;
    const auto& r = right[0].pairs;
    if constexpr (format == NumberFormat::Bf16) {
        asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
                     "{%8, %9}, {%0, %1, %2, %3};"
                     : "+f"(s[0]), "+f"(s[1]), "+f"(s[2]), "+f"(s[3])
                     : "r"(l[0]), "r"(l[1]), "r"(l[2]), "r"(l[3]), "r"(r[2 * half]), "r"(r[2 * half + 1]));
    } else {
        asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
                     "{%8, %9}, {%0, %1, %2, %3};"
                     : "+f"(s[0]), "+f"(s[1]), "+f"(s[2]), "+f"(s[3])
                     : "r"(l[0]), "r"(l[1]), "r"(l[2]), "r"(l[3]), "r"(r[2 * half]), "r"(r[2 * half + 1]));
    }
#else
    using N = Numbers<format>;
    float a[16][16], b[16][8]; // by row and depth; by depth and output
    for (int lane = 0; lane < kLanes; ++lane) {
        const int group = lane >> 2, member = lane & 3;
        for (int i = 0; i < 4; ++i) {
            const int row = group + (i % 2 == 1 ? 8 : 0), depth = member * 2 + (i >= 2 ? 8 : 0);
            a[row][depth] = N::low(left[lane].pairs[i]);
            a[row][depth + 1] = N::high(left[lane].pairs[i]);
        }
        for (int i = 0; i < 2; ++i) {
            const int depth = member * 2 + 8 * i;
            b[depth][group] = N::low(right[lane].pairs[2 * half + i]);
            b[depth + 1][group] = N::high(right[lane].pairs[2 * half + i]);
        }
    }
    for (int row = 0; row < 16; ++row) {
        float products[8] = {};
        for (int depth = 0; depth < 16; ++depth) {
            for (int output = 0; output < 8; ++output)
                products[output] += a[row][depth] * b[depth][output];
        }
        for (int output = 0; output < 8; ++output)
            sums[4 * (row % 8) + output / 2].sums[(row >= 8 ? 2 : 0) + output % 2] += products[output];
    }
#endif
}

} // namespace lipsync::nn::cuda
