// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/cuda/calls.h"
#include "nn/cuda/numbers.h"

namespace lipsync::test {

/// Runs the CUDA kernels' own source on the processor, block by block. Before each block its shared memory is filled
/// with what is no number.
class HostLauncher final : public nn::cuda::Launcher {
public:
    /// `isBackward`: threads of a block from the last to the first. `threads`: that go through blocks.
    explicit HostLauncher(nn::cuda::NumberFormat format, bool isBackward = false, int threads = 2);

    void residual(const nn::cuda::ResidualCall& call) override;
    void expand(const nn::cuda::ExpandCall& call) override;
    void convolve(const nn::cuda::ConvolveCall& call) override;

    bool isInBounds() const { return m_isInBounds; } ///< no block has written behind its shared memory
    int calls() const { return m_calls; }

private:
    const nn::cuda::NumberFormat m_format;
    const bool m_isBackward;
    const int m_threads;
    bool m_isInBounds = true;
    int m_calls = 0;
};

} // namespace lipsync::test
