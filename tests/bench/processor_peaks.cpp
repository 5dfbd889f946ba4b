// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/processor_peaks.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <latch>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace lipsync::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kTurns = 5; ///< of which the best counts: others may have disturbed the rest
constexpr std::int64_t kSteps = 16'000'000; ///< of an arithmetic loop, about a tenth of a second
constexpr std::size_t kStreamBytes = std::size_t{192} << 20; ///< a thread's; more than any cache

/// The best of some turns of `work`, done by all threads at once, in seconds: of the slowest thread of a turn.
double bestSeconds(int threads, const std::function<void(int)>& work)
{
    double best = 0;
    for (int turn = 0; turn < kTurns; ++turn) {
        std::latch start(threads);
        std::vector<double> seconds(static_cast<std::size_t>(threads));
        {
            std::vector<std::jthread> team;
            for (int i = 0; i < threads; ++i) {
                team.emplace_back([&, i] {
                    start.arrive_and_wait();
                    const auto begin = Clock::now();
                    work(i);
                    seconds[static_cast<std::size_t>(i)] = std::chrono::duration<double>(Clock::now() - begin).count();
                });
            }
        }
        const double slowest = *std::max_element(seconds.begin(), seconds.end());
        best = turn == 0 ? slowest : std::min(best, slowest);
    }
    return best;
}

std::atomic<float> sink; ///< keeps results alive

#if defined(__x86_64__)
constexpr int kChains = 12; ///< sums that do not wait for each other: more than latency × units

__attribute__((target("avx512f"))) void wideSums()
{
    __m512 sums[kChains];
    for (auto& sum : sums)
        sum = _mm512_set1_ps(1.0f);
    const __m512 a = _mm512_set1_ps(0.999f), b = _mm512_set1_ps(0.001f);
    for (std::int64_t i = 0; i < kSteps; ++i) {
#pragma GCC unroll 12
        for (auto& sum : sums)
            sum = _mm512_fmadd_ps(sum, a, b);
    }
    for (const auto& sum : sums)
        sink.store(_mm512_cvtss_f32(sum), std::memory_order_relaxed);
}

__attribute__((target("avx2,fma"))) void narrowSums()
{
    __m256 sums[kChains];
    for (auto& sum : sums)
        sum = _mm256_set1_ps(1.0f);
    const __m256 a = _mm256_set1_ps(0.999f), b = _mm256_set1_ps(0.001f);
    for (std::int64_t i = 0; i < kSteps; ++i) {
#pragma GCC unroll 12
        for (auto& sum : sums)
            sum = _mm256_fmadd_ps(sum, a, b);
    }
    for (const auto& sum : sums)
        sink.store(_mm256_cvtss_f32(sum), std::memory_order_relaxed);
}

__attribute__((target("avx512f,avx512bf16"))) void pairSums()
{
    __m512 sums[kChains];
    for (auto& sum : sums)
        sum = _mm512_set1_ps(1.0f);
    const auto a = reinterpret_cast<__m512bh>(_mm512_set1_epi32(0x3A833A83)); // about 0.001, twice
    for (std::int64_t i = 0; i < kSteps; ++i) {
#pragma GCC unroll 12
        for (auto& sum : sums)
            sum = _mm512_dpbf16_ps(sum, a, a);
    }
    for (const auto& sum : sums)
        sink.store(_mm512_cvtss_f32(sum), std::memory_order_relaxed);
}

double rate(int threads, int lanes, void (*sums)())
{
    constexpr double kMultiplyAdd = 2;
    const double operations = kMultiplyAdd * lanes * kChains * static_cast<double>(kSteps) * threads;
    return operations / bestSeconds(threads, [&](int) { sums(); });
}
#endif

std::vector<std::vector<std::uint64_t>> streams(int threads)
{
    return std::vector<std::vector<std::uint64_t>>(threads,
                                                   std::vector<std::uint64_t>(kStreamBytes / sizeof(std::uint64_t), 1));
}

} // namespace

double floatPeak(int threads)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f"))
        return rate(threads, sizeof(__m512) / sizeof(float), wideSums);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return rate(threads, sizeof(__m256) / sizeof(float), narrowSums);
#else
    static_cast<void>(threads);
#endif
    return 0;
}

double bf16Peak(int threads)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512bf16"))
        return rate(threads, sizeof(__m512) / sizeof(std::uint16_t), pairSums);
#else
    static_cast<void>(threads);
#endif
    return 0;
}

double readRate(int threads)
{
    const auto memory = streams(threads);
    const double seconds = bestSeconds(threads, [&](int thread) {
        std::uint64_t sums[8] = {};
        const auto& numbers = memory[static_cast<std::size_t>(thread)];
        for (std::size_t i = 0; i + 8 <= numbers.size(); i += 8)
            for (std::size_t k = 0; k < 8; ++k)
                sums[k] += numbers[i + k];
        sink.store(static_cast<float>(sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] + sums[6] + sums[7]),
                   std::memory_order_relaxed);
    });
    return static_cast<double>(kStreamBytes) * threads / seconds;
}

double copyRate(int threads)
{
    auto memory = streams(threads);
    const double seconds = bestSeconds(threads, [&](int thread) {
        auto* bytes = reinterpret_cast<std::byte*>(memory[static_cast<std::size_t>(thread)].data());
        std::memcpy(bytes, bytes + kStreamBytes / 2, kStreamBytes / 2);
    });
    return static_cast<double>(kStreamBytes) * threads / seconds; // half read, half written
}

} // namespace lipsync::bench
