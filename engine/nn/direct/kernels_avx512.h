// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A vector of 16 floats of AVX-512. Included inside the namespace of a set of kernels.

using V = __m512;

inline V load(const float* from)
{
    return _mm512_loadu_ps(from);
}
inline void store(float* to, V v)
{
    _mm512_storeu_ps(to, v);
}
inline V broadcast(float x)
{
    return _mm512_set1_ps(x);
}
inline V add(V a, V b)
{
    return _mm512_add_ps(a, b);
}
inline V subtract(V a, V b)
{
    return _mm512_sub_ps(a, b);
}
inline V multiplyAdd(V a, V b, V c)
{
    return _mm512_fmadd_ps(a, b, c);
}
/// Of two numbers, one of which is none, the instruction gives the second.
inline V relu(V x)
{
    return _mm512_max_ps(_mm512_setzero_ps(), x);
}

/// 1 / (1 + e^−x): e^y = 2^n · e^r with |r| ≤ ln 2 / 2 and a polynomial for e^r; exact to two units in the last place.
inline V sigmoid(V x)
{
    const V y =
        _mm512_max_ps(broadcast(-87.0f), _mm512_min_ps(broadcast(87.0f), _mm512_sub_ps(_mm512_setzero_ps(), x)));
    const V n = _mm512_roundscale_ps(_mm512_mul_ps(y, broadcast(1.44269504f)), 0);
    V r = _mm512_fnmadd_ps(n, broadcast(0.693359375f), y);
    r = _mm512_fnmadd_ps(n, broadcast(-2.12194440e-4f), r);
    V e = broadcast(1.0f / 5040.0f);
    e = multiplyAdd(e, r, broadcast(1.0f / 720.0f));
    e = multiplyAdd(e, r, broadcast(1.0f / 120.0f));
    e = multiplyAdd(e, r, broadcast(1.0f / 24.0f));
    e = multiplyAdd(e, r, broadcast(1.0f / 6.0f));
    e = multiplyAdd(e, r, broadcast(0.5f));
    e = multiplyAdd(e, r, broadcast(1.0f));
    e = multiplyAdd(e, r, broadcast(1.0f));
    return _mm512_div_ps(broadcast(1.0f), add(broadcast(1.0f), _mm512_scalef_ps(e, n)));
}

/// Values from 0 to 1 × 255, truncated; 0 for what is not a number, and then false.
inline bool storeBytes(std::uint8_t* to, V v)
{
    const __mmask16 numbers = _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_GE_OQ);
    const __m512i whole = _mm512_maskz_cvttps_epi32(numbers, _mm512_mul_ps(v, broadcast(255.0f)));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm512_cvtepi32_epi8(whole));
    return numbers == 0xFFFF;
}

constexpr int kGroupBlocks = 4;
constexpr int kTilePixels = 24; ///< sums in registers, of 32
constexpr int kDepthwiseColumns = 10; ///< sums beside nine weights; sides of maps are multiples of ten
