// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/direct/layers.h"
#include "nn/direct/thread_team.h"

namespace lipsync::nn::direct {

/// A map in memory.
struct Map {
    std::byte* data = nullptr;
    MapSize size;
};

/// Pixels in memory, one after the other or block after block.
struct Pixels {
    const std::byte* data = nullptr;
    int count = 0;
    int stride = 0; ///< numbers from one pixel to the next
    int blockStride = 0; ///< Gemm::inputBlockStride
};

/// One thread's part in multiplying pixels with matrices. Every thread of the team calls the same functions in the same
/// order.
class MatrixRun {
public:
    MatrixRun(const KernelSet& kernels, ThreadTeam& team, int index)
        : m_kernels(kernels)
        , m_number(kernels.bf16 ? sizeof(std::uint16_t) : sizeof(float))
        , m_team(team)
        , m_index(index)
    {
    }

    /// This thread's share of so many things.
    Range part(int count) const { return m_team.share(m_index, count); }
    /// Does `work(0)` to `work(count − 1)` together with the other threads; all of it is done after their next meeting.
    /// `leastTaken`: how many are worth taking from a slower thread.
    template <typename Work> void together(int count, int leastTaken, const Work& work) const
    {
        while (const auto next = m_team.claim(m_index, count, leastTaken))
            work(*next);
    }

    /// Some blocks of `layer` for some pixels, by this thread alone. `rest`: everything but the pixels, inputs, weights
    /// and bias; its `out` and `residual` are those of the first block.
    void pointwise(const Pointwise& layer, Range blocks, const Pixels& in, Gemm rest) const;

    /// The whole `layer` for all pixels, by all threads; it is complete after their next meeting.
    void shared(const Pointwise& layer, const Pixels& in, const Gemm& rest) const;

    /// A convolution by all threads, complete. Maps of several pictures lie one after the other. `gathered`:
    /// TapConvolution::gatheredNumbers() numbers a picture.
    void taps(const TapConvolution& layer, const Map& in, const Map& out, std::byte* gathered, int pictures = 1) const;

    /// Planes of float32 become pixels; by all threads, complete. Several pictures as above.
    void fromPlanes(const float* planes, int channels, const Map& out, int pictures = 1) const;

protected:
    const KernelSet& m_kernels;
    const std::size_t m_number; ///< bytes
    ThreadTeam& m_team;

private:
    static constexpr int kManyPixels = 128; ///< of a thread's part, in a convolution
    static constexpr int kPixelsAtOnce = 64;

    void gather(const TapConvolution& layer, const Map& in, Range rows, std::byte* to) const;

    const int m_index;
};

} // namespace lipsync::nn::direct
