// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The kernels in terms of a vector of 16 floats. Included by one file for each instruction set, after it has defined
// V, its functions, Element and kGroupBlocks and kTilePixels in its own namespace. No other headers here: what they
// define would be compiled for that instruction set too.

/// Adds the products of `channels` numbers of each pixel; leaves `weights` behind those that were used.
template <int Pixels, int Blocks>
inline void addProducts(V (&sums)[Pixels][Blocks], const Element::Number* values, std::ptrdiff_t stride,
                        const Element::Number*& weights, int channels)
{
    for (int k = 0; k < channels; k += Element::kTogether) {
        Element::Factor factors[Blocks];
#pragma GCC unroll 32
        for (int b = 0; b < Blocks; ++b)
            factors[b] = Element::factor(weights + b * kBlock * Element::kTogether);
        weights += Blocks * kBlock * Element::kTogether;
#pragma GCC unroll 32
        for (int p = 0; p < Pixels; ++p) {
            const auto value = Element::value(values + p * stride + k);
#pragma GCC unroll 32
            for (int b = 0; b < Blocks; ++b)
                sums[p][b] = Element::multiplyAdd(sums[p][b], value, factors[b]);
        }
    }
}

/// `Pixels` × `Blocks` sums in registers. `ByBlocks`: its only input lies block after block, see Gemm.
template <int Pixels, int Blocks, bool ByBlocks> void gemmTile(const Gemm& g, int first)
{
    // Copies: as far as the compiler knows, what is stored below may change the original.
    const std::ptrdiff_t outStride = g.outStride, outBlockStride = g.outBlockStride, residualStride = g.residualStride;
    const bool floatOut = g.floatOut, nonNegative = g.relu;
    const void* const allResiduals = g.residual;
    void* const out = g.out;
    V sums[Pixels][Blocks];
    if (g.halfRow) {
#pragma GCC unroll 32
        for (int p = 0; p < Pixels; ++p) {
            const auto& tap = g.taps[first + p];
            const V fraction = broadcast(tap.fraction);
            const float* left = g.halfRow + static_cast<std::ptrdiff_t>(tap.left) * g.halfStride;
            const float* right = g.halfRow + static_cast<std::ptrdiff_t>(tap.right) * g.halfStride;
#pragma GCC unroll 32
            for (int b = 0; b < Blocks; ++b) {
                const V from = load(left + b * kBlock);
                sums[p][b] = multiplyAdd(fraction, subtract(load(right + b * kBlock), from), from);
            }
        }
    } else {
#pragma GCC unroll 32
        for (int b = 0; b < Blocks; ++b) {
            const V bias = load(g.bias + b * kBlock);
#pragma GCC unroll 32
            for (int p = 0; p < Pixels; ++p)
                sums[p][b] = bias;
        }
    }
    if constexpr (ByBlocks) {
        const auto& input = g.inputs[0];
        const std::ptrdiff_t blockStride = g.inputBlockStride;
        const auto* values = static_cast<const Element::Number*>(input.values) + first * kBlock;
        const auto* weights = static_cast<const Element::Number*>(input.weights);
        int left = input.channels;
        for (; left >= kBlock; left -= kBlock, values += blockStride)
            addProducts(sums, values, kBlock, weights, kBlock);
        if (left > 0)
            addProducts(sums, values, kBlock, weights, left);
    } else {
        for (int i = 0; i < g.inputCount; ++i) {
            const auto& input = g.inputs[i];
            const std::ptrdiff_t stride = input.stride;
            const auto* weights = static_cast<const Element::Number*>(input.weights);
            addProducts(sums, static_cast<const Element::Number*>(input.values) + first * stride, stride, weights,
                        input.channels);
        }
    }
#pragma GCC unroll 32
    for (int p = 0; p < Pixels; ++p) {
        const auto pixel = static_cast<std::ptrdiff_t>(first + p);
        if (allResiduals) {
            const auto* residual = static_cast<const Element::Number*>(allResiduals) + pixel * residualStride;
#pragma GCC unroll 32
            for (int b = 0; b < Blocks; ++b)
                sums[p][b] = add(sums[p][b], Element::widen(residual + b * kBlock));
        }
        if (nonNegative) {
#pragma GCC unroll 32
            for (int b = 0; b < Blocks; ++b)
                sums[p][b] = relu(sums[p][b]);
        }
        if (floatOut) {
#pragma GCC unroll 32
            for (int b = 0; b < Blocks; ++b)
                store(static_cast<float*>(out) + pixel * outStride + b * outBlockStride, sums[p][b]);
        } else {
#pragma GCC unroll 32
            for (int b = 0; b < Blocks; ++b)
                Element::narrow(static_cast<Element::Number*>(out) + pixel * outStride + b * outBlockStride,
                                sums[p][b]);
        }
    }
}

template <int Blocks, bool ByBlocks> void gemmPixels(const Gemm& g)
{
    constexpr int kPixels = kTilePixels / Blocks;
    int first = 0;
    for (; first + kPixels <= g.pixels; first += kPixels)
        gemmTile<kPixels, Blocks, ByBlocks>(g, first);
    for (; first + 4 <= g.pixels; first += 4)
        gemmTile<4, Blocks, ByBlocks>(g, first);
    for (; first + 2 <= g.pixels; first += 2)
        gemmTile<2, Blocks, ByBlocks>(g, first);
    if (first < g.pixels)
        gemmTile<1, Blocks, ByBlocks>(g, first);
}

template <int Blocks> void gemmBlocks(const Gemm& g)
{
    if (g.inputBlockStride != 0)
        gemmPixels<Blocks, true>(g);
    else
        gemmPixels<Blocks, false>(g);
}

void gemm(const Gemm& g)
{
    if constexpr (kGroupBlocks >= 4) {
        if (g.blocks == 4)
            return gemmBlocks<4>(g);
        if (g.blocks == 3)
            return gemmBlocks<3>(g);
        if (g.blocks == 2)
            return gemmBlocks<2>(g);
    }
    gemmBlocks<1>(g);
}

/// The weights of a block, which stay in registers where there are enough of them.
struct DepthwiseBlock {
    V weights[9];
    V bias;
    const Element::Number* rows[3];
    Element::Number* out;
};

/// `Columns` neighbouring outputs of one block, whose inputs stay in registers.
template <int Step, int Columns> inline void depthwiseTile(const DepthwiseBlock& block, std::ptrdiff_t first)
{
    constexpr int kInputs = (Columns - 1) * Step + 3;
    V sums[Columns];
#pragma GCC unroll 32
    for (int x = 0; x < Columns; ++x)
        sums[x] = block.bias;
#pragma GCC unroll 32
    for (int r = 0; r < 3; ++r) {
        const auto* row = block.rows[r] + first * Step * kBlock;
        V inputs[kInputs];
#pragma GCC unroll 32
        for (int x = 0; x < kInputs; ++x)
            inputs[x] = Element::widen(row + x * kBlock);
#pragma GCC unroll 32
        for (int t = 0; t < 3; ++t) {
#pragma GCC unroll 32
            for (int x = 0; x < Columns; ++x)
                sums[x] = multiplyAdd(inputs[x * Step + t], block.weights[r * 3 + t], sums[x]);
        }
    }
#pragma GCC unroll 32
    for (int x = 0; x < Columns; ++x)
        Element::narrow(block.out + (first + x) * kBlock, relu(sums[x]));
}

template <int Step> void depthwiseRow(const Depthwise& d)
{
    constexpr int kColumns = kDepthwiseColumns / Step;
    for (int b = 0; b < d.blocks; ++b) {
        DepthwiseBlock block;
#pragma GCC unroll 32
        for (int t = 0; t < 9; ++t)
            block.weights[t] = load(d.weights + t * static_cast<std::ptrdiff_t>(d.weightStride) + b * kBlock);
        block.bias = load(d.bias + b * kBlock);
#pragma GCC unroll 32
        for (int r = 0; r < 3; ++r)
            block.rows[r] =
                static_cast<const Element::Number*>(d.rows[r]) + b * static_cast<std::ptrdiff_t>(d.inBlockStride);
        block.out = static_cast<Element::Number*>(d.out) + b * static_cast<std::ptrdiff_t>(d.outBlockStride);
        int first = 0;
        for (; first + kColumns <= d.columns; first += kColumns)
            depthwiseTile<Step, kColumns>(block, first);
        for (; first < d.columns; ++first)
            depthwiseTile<Step, 1>(block, first);
    }
}

void depthwise(const Depthwise& d)
{
    if (d.step == 1)
        depthwiseRow<1>(d);
    else
        depthwiseRow<2>(d);
}

void lerp(const float* a, const float* b, float fraction, float* out, std::size_t count)
{
    const V f = broadcast(fraction);
    for (std::size_t i = 0; i < count; i += kBlock) {
        const V from = load(a + i);
        store(out + i, multiplyAdd(f, subtract(load(b + i), from), from));
    }
}

bool picture(const float* logits, int pixels, float* values, std::uint8_t* bytes)
{
    constexpr int kColours = 3;
    for (int p = 0; p < pixels; ++p)
        store(values + p * kColours, load(logits + p * kBlock)); // the next pixel covers what is not a colour
    bool good = true;
    for (int i = 0; i < pixels * kColours; i += kBlock) {
        const V colours = sigmoid(load(values + i));
        store(values + i, colours);
        good &= storeBytes(bytes + i, colours);
    }
    return good;
}
