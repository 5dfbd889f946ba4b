// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The 16-bit numbers of maps and weights, two of them in a word, the first in its lower half.

#include "nn/cuda/block.h"

#ifdef __CUDACC__
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#else
#include <bit>
#include <cmath>
#endif

namespace lipsync::nn::cuda {

enum class NumberFormat { Bf16, Fp16 };

#ifndef __CUDACC__
/// Rounds to the nearest, ties to even.
inline std::uint16_t toBf16(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if (value != value)
        return static_cast<std::uint16_t>(bits >> 16 | 0x40u);
    return static_cast<std::uint16_t>((bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16);
}

/// Likewise; what is too large becomes infinite.
inline std::uint16_t toFp16(float value)
{
    constexpr int kDropped = 13; // bits of a float's fraction that fp16 has not
    constexpr float kSmallestNormal = 0x1p-14f, kInfinite = 65520.0f;
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000u);
    const auto magnitude = std::bit_cast<float>(bits & 0x7FFFFFFFu);
    if (!(magnitude < kInfinite))
        return static_cast<std::uint16_t>(sign | (value != value ? 0x7E00u : 0x7C00u));
    if (magnitude < kSmallestNormal) // adding a number of the right size leaves the fraction's last bits, rounded
        return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(magnitude + 0.5f) & 0x7FFu));
    const auto rounded = (bits & 0x7FFFFFFFu) + 0xFFFu + (bits >> kDropped & 1u);
    return static_cast<std::uint16_t>(sign | ((rounded >> kDropped) - (112u << 10)));
}

inline float fromFp16(std::uint16_t number)
{
    const std::uint32_t sign = (number & 0x8000u) << 16, rest = number & 0x7FFFu;
    if (rest >= 0x7C00u) // infinite or no number
        return std::bit_cast<float>(sign | 0x7F800000u | (rest & 0x3FFu) << 13);
    // Its exponent counts from another zero: 2^112 brings it there, also where it is not normal.
    const float magnitude = std::bit_cast<float>(rest << 13) * 0x1p112f;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
}
#endif

template <NumberFormat format> struct Numbers;

template <> struct Numbers<NumberFormat::Bf16> {
    LIPSYNC_KERNEL static float low(std::uint32_t pair) { return fromBits(pair << 16); }
    LIPSYNC_KERNEL static float high(std::uint32_t pair) { return fromBits(pair & 0xFFFF0000u); }
    LIPSYNC_KERNEL static std::uint32_t pack(float low, float high)
    {
#ifdef __CUDACC__
        const __nv_bfloat162 pair = __floats2bfloat162_rn(low, high);
        return *reinterpret_cast<const std::uint32_t*>(&pair);
#else
        return toBf16(low) | static_cast<std::uint32_t>(toBf16(high)) << 16;
#endif
    }

private:
    LIPSYNC_KERNEL static float fromBits(std::uint32_t bits)
    {
#ifdef __CUDACC__
        return __uint_as_float(bits);
#else
        return std::bit_cast<float>(bits);
#endif
    }
};

template <> struct Numbers<NumberFormat::Fp16> {
#ifdef __CUDACC__
    LIPSYNC_KERNEL static float low(std::uint32_t pair)
    {
        return __low2float(halves(pair));
    }
    LIPSYNC_KERNEL static float high(std::uint32_t pair)
    {
        return __high2float(halves(pair));
    }
    LIPSYNC_KERNEL static std::uint32_t pack(float low, float high)
    {
        const __half2 pair = __floats2half2_rn(low, high);
        return *reinterpret_cast<const std::uint32_t*>(&pair);
    }

private:
    LIPSYNC_KERNEL static __half2 halves(std::uint32_t pair)
    {
        return *reinterpret_cast<const __half2*>(&pair);
    }
#else
    static float low(std::uint32_t pair)
    {
        return fromFp16(static_cast<std::uint16_t>(pair));
    }
    static float high(std::uint32_t pair)
    {
        return fromFp16(static_cast<std::uint16_t>(pair >> 16));
    }
    static std::uint32_t pack(float low, float high)
    {
        return toFp16(low) | static_cast<std::uint32_t>(toFp16(high)) << 16;
    }
#endif
};

/// Two numbers that lie beside each other, the first at an even place.
LIPSYNC_KERNEL std::uint32_t pairAt(const std::uint16_t* numbers)
{
#ifdef __CUDACC__
    return *reinterpret_cast<const std::uint32_t*>(numbers);
#else
    std::uint32_t pair;
    std::memcpy(&pair, numbers, sizeof pair);
    return pair;
#endif
}

LIPSYNC_KERNEL void setPair(std::uint16_t* numbers, std::uint32_t pair)
{
#ifdef __CUDACC__
    *reinterpret_cast<std::uint32_t*>(numbers) = pair;
#else
    std::memcpy(numbers, &pair, sizeof pair);
#endif
}

/// Eight numbers at a multiple of eight.
LIPSYNC_KERNEL Sixteen eightAt(const std::uint16_t* numbers)
{
    return *reinterpret_cast<const Sixteen*>(numbers);
}

LIPSYNC_KERNEL void setEight(std::uint16_t* numbers, const Sixteen& eight)
{
    *reinterpret_cast<Sixteen*>(numbers) = eight;
}

/// Two floats that lie beside each other, the first at an even place.
struct alignas(8) TwoFloats {
    float x, y;
};

LIPSYNC_KERNEL TwoFloats twoAt(const float* numbers)
{
    return *reinterpret_cast<const TwoFloats*>(numbers);
}

/// Also where it is not a number.
LIPSYNC_KERNEL float rectified(float value)
{
    return value < 0 ? 0.0f : value;
}

LIPSYNC_KERNEL float exponential(float value)
{
#ifdef __CUDACC__
    return expf(value);
#else
    return std::exp(value);
#endif
}

/// Eight numbers as floats, and back.
template <NumberFormat format> LIPSYNC_KERNEL void unpack(const Sixteen& eight, float (&values)[8])
{
    const std::uint32_t pairs[4] = {eight.x, eight.y, eight.z, eight.w};
    LIPSYNC_UNROLL
    for (int i = 0; i < 4; ++i) {
        values[2 * i] = Numbers<format>::low(pairs[i]);
        values[2 * i + 1] = Numbers<format>::high(pairs[i]);
    }
}

template <NumberFormat format> LIPSYNC_KERNEL Sixteen packEight(const float (&values)[8])
{
    using N = Numbers<format>;
    return {N::pack(values[0], values[1]), N::pack(values[2], values[3]), N::pack(values[4], values[5]),
            N::pack(values[6], values[7])};
}

} // namespace lipsync::nn::cuda
