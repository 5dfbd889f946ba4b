// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the kernels of this room are written on. The same source is compiled for a CUDA device, where it is what every
// thread does, and for the host, where blocks are gone through one after the other and their threads in loops: there
// tests see every index that a kernel computes. Knows neither LibTorch nor the project.

#include <cstddef>
#include <cstdint>

#ifdef __CUDACC__
#define LIPSYNC_KERNEL __device__ __forceinline__
#define LIPSYNC_ANYWHERE __host__ __device__
#define LIPSYNC_UNROLL _Pragma("unroll")
#else
#include <array>
#include <cstring>
#define LIPSYNC_KERNEL inline
#define LIPSYNC_ANYWHERE
#define LIPSYNC_UNROLL
#endif

namespace lipsync::nn::cuda {

inline constexpr int kLanes = 32; ///< threads of a warp
inline constexpr int kMostWarps = 8; ///< of a block

/// What each lane of a warp has in registers.
#ifdef __CUDACC__
template <typename Value> class Lanes {
public:
    LIPSYNC_KERNEL Value& operator[](int) { return m_mine; }
    LIPSYNC_KERNEL const Value& operator[](int) const { return m_mine; }

private:
    Value m_mine{};
};
#else
template <typename Value> using Lanes = std::array<Value, kLanes>;
#endif

/// What each warp of a block keeps from phase to phase.
#ifdef __CUDACC__
template <typename Value> using Warps = Lanes<Value>;
#else
template <typename Value> using Warps = std::array<Value, kMostWarps>;
#endif

/// Does something in every lane of a warp, which go on together.
template <typename Body> LIPSYNC_KERNEL void eachLane(const Body& body)
{
#ifdef __CUDACC__
    body(static_cast<int>(threadIdx.x % kLanes));
    __syncwarp();
#else
    for (int lane = 0; lane < kLanes; ++lane)
        body(lane);
#endif
}

/// The blocks of a call: how many in each direction, their threads and their shared memory in bytes.
struct Grid {
    int x = 1, y = 1, z = 1;
    int threads = 0;
    int sharedBytes = 0;
};

LIPSYNC_ANYWHERE constexpr int partsOf(int whole, int part)
{
    return (whole + part - 1) / part;
}

/// The block of threads that computes one part of a layer. It goes from phase to phase: what a phase writes or brings
/// into shared memory is read in later ones only, and what it reads nobody writes meanwhile.
class Block {
public:
    int x = 0, y = 0, z = 0; ///< which one of the grid
    std::byte* shared = nullptr; ///< its memory, beginning at 16 bytes
#ifndef __CUDACC__
    int threads = 0;
    bool isBackward = false; ///< goes through them from the last to the first; changes nothing unless a phase is wrong
#endif

    /// `body(thread)` in every thread.
    template <typename Body> LIPSYNC_KERNEL void phase(const Body& body) const
    {
#ifdef __CUDACC__
        body(static_cast<int>(threadIdx.x));
        endPhase();
#else
        for (int i = 0; i < threads; ++i)
            body(isBackward ? threads - 1 - i : i);
#endif
    }

    /// `body(warp)` in every warp.
    template <typename Body> LIPSYNC_KERNEL void warpPhase(const Body& body) const
    {
#ifdef __CUDACC__
        body(static_cast<int>(threadIdx.x / kLanes));
        endPhase();
#else
        const int warps = threads / kLanes;
        for (int i = 0; i < warps; ++i)
            body(isBackward ? warps - 1 - i : i);
#endif
    }

private:
#ifdef __CUDACC__
    LIPSYNC_KERNEL static void endPhase()
    {
        asm volatile("cp.async.wait_all;" ::: "memory");
        __syncthreads();
    }
#endif
};

/// 16 bytes, at an address that is a multiple of 16.
#ifdef __CUDACC__
using Sixteen = uint4;
#else
struct alignas(16) Sixteen {
    std::uint32_t x, y, z, w;
};
#endif

/// Brings 16 bytes from device into shared memory. They are there in the next phase; until then the thread does
/// something else.
LIPSYNC_KERNEL void bringSixteen(void* shared, const void* device)
{
#ifdef __CUDACC__
    const auto address = static_cast<unsigned>(__cvta_generic_to_shared(shared));
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(address), "l"(device) : "memory");
#else
    std::memcpy(shared, device, sizeof(Sixteen));
#endif
}

} // namespace lipsync::nn::cuda
