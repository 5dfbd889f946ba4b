// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The inner loops of the direct executor, one set for every instruction set. Channels are padded with zeros to whole
// blocks of 16. Maps lie pixel after pixel (row, column, channel); what a layer has between its own convolutions lies
// block after block, the columns of one block next to each other, as a depthwise convolution reads them.

#include <cstddef>
#include <cstdint>

namespace lipsync::nn::direct {

inline constexpr int kBlock = 16; ///< channels that are computed together

/// How many channels hold `channels` ones in whole blocks.
constexpr int padded(int channels)
{
    return (channels + kBlock - 1) / kBlock * kBlock;
}

/// Between which two columns of a row of half the width a column lies.
struct LerpTap {
    int left = 0, right = 0;
    float fraction = 0; ///< 0: on the left one
};

/// One input of a Gemm: pixels × channels, and their weights as packWeights() lays them out.
struct GemmInput {
    const void* values = nullptr;
    const void* weights = nullptr;
    int channels = 0; ///< an even number
    int stride = 0; ///< numbers from one pixel to the next
};

/// A 1×1 convolution of some pixels to a group of up to KernelSet::groupBlocks blocks of channels:
/// out = relu(start + Σ weights · input + residual), where start is the bias or a row of half the width, enlarged.
struct Gemm {
    int pixels = 0;
    int blocks = 0;
    GemmInput inputs[2];
    int inputCount = 1;
    int inputBlockStride = 0; ///< not 0: the only input lies block after block, so many numbers apart
    const float* bias = nullptr; ///< unless halfRow
    const float* halfRow = nullptr;
    const LerpTap* taps = nullptr; ///< one a pixel, with halfRow
    int halfStride = 0;
    const void* residual = nullptr; ///< or none
    int residualStride = 0;
    void* out = nullptr;
    int outStride = 0, outBlockStride = kBlock; ///< numbers from one pixel and one block to the next
    bool floatOut = false; ///< float32 whatever the set computes in
    bool relu = false; ///< keeps what is not a number
};

/// A row of a 3×3 depthwise convolution, then ReLU. Pixels of a block lie next to each other.
struct Depthwise {
    const void* rows[3] = {}; ///< each beginning with the column left of the picture
    const float* weights = nullptr; ///< 9 × weightStride
    const float* bias = nullptr;
    void* out = nullptr;
    int columns = 0; ///< of the output
    int step = 1; ///< columns of input from one output to the next: 1 or 2
    int blocks = 0;
    int inBlockStride = 0, outBlockStride = 0; ///< numbers from one block to the next
    int weightStride = 0;
};

/// Kernels of one instruction set and number type.
struct KernelSet {
    const char* name;
    bool bf16; ///< activations and weights of Gemm are bfloat16, sums are float32
    int groupBlocks; ///< blocks of output channels that one Gemm computes
    void (*gemm)(const Gemm&);
    void (*depthwise)(const Depthwise&);
    /// out = a + (b − a) · fraction; `count` is a multiple of kBlock.
    void (*lerp)(const float* a, const float* b, float fraction, float* out, std::size_t count);
    /// From `pixels` (a multiple of kBlock) × kBlock float32, of which the first three of a pixel count:
    /// 1 / (1 + e^−x) into `values` (3 · pixels, and room for kBlock more), × 255 truncated into `bytes`. False when one
    /// is not a number.
    bool (*picture)(const float* logits, int pixels, float* values, std::uint8_t* bytes);
};

/// The fastest set of this processor that computes in float32, or in bfloat16; null where there is none.
const KernelSet* kernelsFloat();
const KernelSet* kernelsBf16();

/// The set that computes fastest where bfloat16 is exact enough: some processors have bfloat16 instructions that multiply
/// no faster, or slower, than those for float32. Measured once, which takes about a millisecond; null as kernelsFloat().
const KernelSet* fastestKernels();

/// Null where the program was built for another kind of processor.
extern const KernelSet* const kKernelsAvx2;
extern const KernelSet* const kKernelsAvx512;
extern const KernelSet* const kKernelsAvx512Bf16;

} // namespace lipsync::nn::direct
