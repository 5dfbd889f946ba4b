// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/direct/kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))),                   \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized" // of what the compiler's own header leaves undefined
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")
#endif

namespace lipsync::nn::direct {
namespace {

#include "nn/direct/kernels_avx512.h"

struct Element {
    using Number = float;
    using Factor = V;
    static constexpr int kTogether = 1;
    static V factor(const float* weights) { return load(weights); }
    static V value(const float* x) { return broadcast(*x); }
    static V multiplyAdd(V sum, V value, V factor) { return _mm512_fmadd_ps(value, factor, sum); }
    static V widen(const float* from) { return load(from); }
    static void narrow(float* to, V v) { store(to, v); }
};

#include "nn/direct/kernels_body.h"

constexpr KernelSet kSet{"AVX-512", false, kGroupBlocks, gemm, depthwise, lerp, picture};

} // namespace

const KernelSet* const kKernelsAvx512 = &kSet;

} // namespace lipsync::nn::direct

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#else
const lipsync::nn::direct::KernelSet* const lipsync::nn::direct::kKernelsAvx512 = nullptr;
#endif
