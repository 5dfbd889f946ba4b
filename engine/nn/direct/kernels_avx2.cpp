// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/direct/kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif

namespace lipsync::nn::direct {
namespace {

struct V {
    __m256 low, high;
};

inline V load(const float* from)
{
    return {_mm256_loadu_ps(from), _mm256_loadu_ps(from + 8)};
}
inline void store(float* to, V v)
{
    _mm256_storeu_ps(to, v.low);
    _mm256_storeu_ps(to + 8, v.high);
}
inline V broadcast(float x)
{
    return {_mm256_set1_ps(x), _mm256_set1_ps(x)};
}
inline V add(V a, V b)
{
    return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)};
}
inline V subtract(V a, V b)
{
    return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)};
}
inline V multiplyAdd(V a, V b, V c)
{
    return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
}
/// Of two numbers, one of which is none, the instruction gives the second.
inline V relu(V x)
{
    return {_mm256_max_ps(_mm256_setzero_ps(), x.low), _mm256_max_ps(_mm256_setzero_ps(), x.high)};
}

inline __m256 number(float x)
{
    return _mm256_set1_ps(x);
}

/// As for AVX-512.
inline __m256 sigmoid(__m256 x)
{
    const __m256 y = _mm256_max_ps(number(-87.0f), _mm256_min_ps(number(87.0f), _mm256_sub_ps(_mm256_setzero_ps(), x)));
    const __m256 n = _mm256_round_ps(_mm256_mul_ps(y, number(1.44269504f)), 0);
    __m256 r = _mm256_fnmadd_ps(n, number(0.693359375f), y);
    r = _mm256_fnmadd_ps(n, number(-2.12194440e-4f), r);
    constexpr float kTerms[] = {1.0f / 720.0f, 1.0f / 120.0f, 1.0f / 24.0f, 1.0f / 6.0f, 0.5f, 1.0f, 1.0f};
    __m256 e = number(1.0f / 5040.0f);
    for (const float term : kTerms)
        e = _mm256_fmadd_ps(e, r, number(term));
    const __m256i exponent = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
    return _mm256_div_ps(number(1.0f), _mm256_fmadd_ps(e, _mm256_castsi256_ps(exponent), number(1.0f)));
}
inline V sigmoid(V x)
{
    return {sigmoid(x.low), sigmoid(x.high)};
}

/// As for AVX-512.
inline bool storeBytes(std::uint8_t* to, V v)
{
    float values[kBlock];
    store(values, v);
    bool good = true;
    for (int i = 0; i < kBlock; ++i) {
        const bool number = values[i] >= 0.0f;
        good &= number;
        to[i] = static_cast<std::uint8_t>(number ? values[i] * 255.0f : 0.0f);
    }
    return good;
}

constexpr int kGroupBlocks = 1;
constexpr int kTilePixels = 6; ///< sums take twelve registers of 16
constexpr int kDepthwiseColumns = 2;

struct Element {
    using Number = float;
    using Factor = V;
    static constexpr int kTogether = 1;
    static V factor(const float* weights) { return load(weights); }
    static __m256 value(const float* x) { return _mm256_broadcast_ss(x); }
    static V multiplyAdd(V sum, __m256 value, V factor)
    {
        return {_mm256_fmadd_ps(value, factor.low, sum.low), _mm256_fmadd_ps(value, factor.high, sum.high)};
    }
    static V widen(const float* from) { return load(from); }
    static void narrow(float* to, V v) { store(to, v); }
};

#include "nn/direct/kernels_body.h"

constexpr KernelSet kSet{"AVX2", false, kGroupBlocks, gemm, depthwise, lerp, picture};

} // namespace

const KernelSet* const kKernelsAvx2 = &kSet;

} // namespace lipsync::nn::direct

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#else
const lipsync::nn::direct::KernelSet* const lipsync::nn::direct::kKernelsAvx2 = nullptr;
#endif
