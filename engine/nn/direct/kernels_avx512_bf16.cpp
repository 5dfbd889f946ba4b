// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/direct/kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma"))),        \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized" // of what the compiler's own header leaves undefined
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma")
#endif

namespace lipsync::nn::direct {
namespace {

#include "nn/direct/kernels_avx512.h"

/// Numbers are bfloat16 and multiplied by twos; sums are float32.
struct Element {
    using Number = std::uint16_t;
    using Factor = __m512bh;
    static constexpr int kTogether = 2;
    static __m512bh factor(const Number* weights) { return reinterpret_cast<__m512bh>(_mm512_loadu_si512(weights)); }
    static __m512bh value(const Number* x)
    {
        int both;
        __builtin_memcpy(&both, x, sizeof both);
        return reinterpret_cast<__m512bh>(_mm512_set1_epi32(both));
    }
    static V multiplyAdd(V sum, __m512bh value, __m512bh factor) { return _mm512_dpbf16_ps(sum, value, factor); }
    static V widen(const Number* from)
    {
        const __m256i half = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
        return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
    }
    static void narrow(Number* to, V v)
    {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(v)));
    }
};

#include "nn/direct/kernels_body.h"

constexpr KernelSet kSet{"AVX-512 with bfloat16", true, kGroupBlocks, gemm, depthwise, lerp, picture};

} // namespace

const KernelSet* const kKernelsAvx512Bf16 = &kSet;

} // namespace lipsync::nn::direct

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#else
const lipsync::nn::direct::KernelSet* const lipsync::nn::direct::kKernelsAvx512Bf16 = nullptr;
#endif
