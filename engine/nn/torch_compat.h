// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The one place where differences between LibTorch releases are kept (1.13 of Debian 12 to 2.x of the wheels).
// Included only by sources of engine/nn, engine/inference and engine/training.

#include <torch/torch.h>
#include <torch/version.h>

namespace lipsync::nn {

/// One computing thread setting for the calling thread; OpenMP keeps it per thread.
inline void useThreads(int threads)
{
    if (threads > 0)
        at::set_num_threads(threads);
}

/// Begins to record the current stream's work into a CUDA graph. Releases that can do so let other threads use the
/// device meanwhile.
template <typename Graph, typename Pool, typename Mode>
void beginCapture(Graph& graph, const Pool& pool, [[maybe_unused]] Mode mode)
{
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 1)
    graph.capture_begin(pool, mode);
#else
    graph.capture_begin(pool);
#endif
}

// c10::Allocator::allocate() lost its const.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 3)
#define LIPSYNC_ALLOCATE_CONST
#else
#define LIPSYNC_ALLOCATE_CONST const
#endif

/// Whether transposed convolutions can be computed in bf16 on the processor: 1.13 takes the weights' sides the wrong way
/// round there.
inline constexpr bool kTransposesBf16 = TORCH_VERSION_MAJOR >= 2;

/// True where the processor multiplies bf16 in hardware, so that bf16 is faster than fp32.
inline bool hasFastBf16()
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}

} // namespace lipsync::nn
