// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/direct/buffer.h"
#include "nn/direct/kernels.h"

#include <algorithm>
#include <chrono>

namespace lipsync::nn::direct {

namespace {

constexpr int kPixels = 24, kChannels = 64; ///< of a matrix that fits the nearest cache
constexpr int kRounds = 20, kRepeats = 20; ///< the best of the rounds counts: others may have disturbed the rest
constexpr double kClearly = 1.2; ///< faster, to make up for rounding

std::chrono::nanoseconds timeOf(const KernelSet& kernels)
{
    // Zeros are zeros in either type, and take as long as other numbers.
    const Buffer values(kPixels * kChannels * sizeof(float)), weights(kChannels * kChannels * sizeof(float)),
        bias(kChannels * sizeof(float));
    Buffer out(kPixels * kChannels * sizeof(float));
    Gemm g;
    g.pixels = kPixels;
    g.outStride = kChannels;
    g.relu = true;
    const auto numberBytes = kernels.bf16 ? sizeof(std::uint16_t) : sizeof(float);
    auto best = std::chrono::nanoseconds::max();
    for (int round = 0; round < kRounds; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        for (int i = 0; i < kRepeats; ++i) {
            for (int block = 0; block < kChannels / kBlock; block += kernels.groupBlocks) {
                g.blocks = std::min(kernels.groupBlocks, kChannels / kBlock - block);
                g.inputs[0] = {values.as<std::byte>(),
                               weights.as<std::byte>() +
                                   static_cast<std::size_t>(block) * kBlock * kChannels * numberBytes,
                               kChannels, kChannels};
                g.bias = bias.as<float>() + block * kBlock;
                g.out = out.as<std::byte>() + static_cast<std::size_t>(block) * kBlock * numberBytes;
                kernels.gemm(g);
            }
        }
        best = std::min(best, std::chrono::nanoseconds(std::chrono::steady_clock::now() - begin));
    }
    return best;
}

} // namespace

const KernelSet* fastestKernels()
{
    static const KernelSet* const fastest = [] {
        const KernelSet *floats = kernelsFloat(), *bf16 = kernelsBf16();
        if (!floats || !bf16)
            return floats;
        return kClearly * timeOf(*bf16) < timeOf(*floats) ? bf16 : floats;
    }();
    return fastest;
}

} // namespace lipsync::nn::direct
