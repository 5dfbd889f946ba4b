// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The kernels in terms of a vector of 16 floats. Included by one file for each instruction set, after it has defined
// V, its functions, Element and kGroupBlocks and kTilePixels in its own namespace. No other headers here: what they
// define would be compiled for that instruction set too.

/// `Pixels` × `Blocks` sums in registers.
template <int Pixels, int Blocks> void gemmTile(const Gemm& g, int first)
{
    // Copies: as far as the compiler knows, what is stored below may change the original.
    const std::ptrdiff_t outStride = g.outStride, residualStride = g.residualStride;
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
    for (int i = 0; i < g.inputCount; ++i) {
        const auto& input = g.inputs[i];
        const auto stride = static_cast<std::ptrdiff_t>(input.stride);
        const auto* values = static_cast<const Element::Number*>(input.values) + first * stride;
        const auto* weights = static_cast<const Element::Number*>(input.weights);
        for (int k = 0; k < input.channels; k += Element::kTogether) {
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
                store(static_cast<float*>(out) + pixel * outStride + b * kBlock, sums[p][b]);
        } else {
#pragma GCC unroll 32
            for (int b = 0; b < Blocks; ++b)
                Element::narrow(static_cast<Element::Number*>(out) + pixel * outStride + b * kBlock, sums[p][b]);
        }
    }
}

template <int Blocks> void gemmBlocks(const Gemm& g)
{
    constexpr int kPixels = kTilePixels / Blocks;
    int first = 0;
    for (; first + kPixels <= g.pixels; first += kPixels)
        gemmTile<kPixels, Blocks>(g, first);
    for (; first + 4 <= g.pixels; first += 4)
        gemmTile<4, Blocks>(g, first);
    for (; first + 2 <= g.pixels; first += 2)
        gemmTile<2, Blocks>(g, first);
    if (first < g.pixels)
        gemmTile<1, Blocks>(g, first);
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

/// `Columns` neighbouring outputs of one block, whose inputs stay in registers.
template <int Step, int Columns> void depthwiseTile(const Depthwise& d, int first)
{
    constexpr int kInputs = (Columns - 1) * Step + 3;
    const auto inStride = static_cast<std::ptrdiff_t>(d.inStride), outStride = static_cast<std::ptrdiff_t>(d.outStride);
    for (int b = 0; b < d.blocks; ++b) {
        V sums[Columns];
        const V bias = load(d.bias + b * kBlock);
#pragma GCC unroll 32
        for (int x = 0; x < Columns; ++x)
            sums[x] = bias;
#pragma GCC unroll 32
        for (int r = 0; r < 3; ++r) {
            const auto* row = static_cast<const Element::Number*>(d.rows[r]) + first * Step * inStride + b * kBlock;
            V inputs[kInputs];
#pragma GCC unroll 32
            for (int x = 0; x < kInputs; ++x)
                inputs[x] = Element::widen(row + x * inStride);
#pragma GCC unroll 32
            for (int t = 0; t < 3; ++t) {
                const V weight =
                    load(d.weights + (r * 3 + t) * static_cast<std::ptrdiff_t>(d.weightStride) + b * kBlock);
#pragma GCC unroll 32
                for (int x = 0; x < Columns; ++x)
                    sums[x] = multiplyAdd(inputs[x * Step + t], weight, sums[x]);
            }
        }
        auto* out = static_cast<Element::Number*>(d.out) + first * outStride + b * kBlock;
#pragma GCC unroll 32
        for (int x = 0; x < Columns; ++x)
            Element::narrow(out + x * outStride, relu(sums[x]));
    }
}

template <int Step> void depthwiseRow(const Depthwise& d)
{
    int first = 0;
    for (; first + kDepthwiseColumns <= d.columns; first += kDepthwiseColumns)
        depthwiseTile<Step, kDepthwiseColumns>(d, first);
    for (; first < d.columns; ++first)
        depthwiseTile<Step, 1>(d, first);
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
