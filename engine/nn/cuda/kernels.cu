// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels as a CUDA device runs them. Needs the toolkit alone.
#include "nn/cuda/kernels.h"

#include "nn/cuda/convolve_kernel.h"
#include "nn/cuda/expand_kernel.h"
#include "nn/cuda/shapes.h"

#include <stdexcept>
#include <string>

namespace lipsync::nn::cuda {

namespace {

/// Blocks that a multiprocessor shall hold at once: as many as leave each thread the registers that it needs.
constexpr int blocksAtOnce(int threads, int registers = 128)
{
    constexpr int kRegisters = 65536;
    return kRegisters / registers / threads;
}

/// The sums of many outputs need more.
constexpr int registersOf(const ResidualShape& shape)
{
    return shape.outTiles > 4 ? 168 : 128;
}

__device__ __forceinline__ Block thisBlock()
{
    extern __shared__ __align__(16) std::byte memory[];
    Block block;
    block.x = static_cast<int>(blockIdx.x);
    block.y = static_cast<int>(blockIdx.y);
    block.z = static_cast<int>(blockIdx.z);
    block.shared = memory;
    return block;
}

template <NumberFormat format, std::size_t shape>
__global__ void __launch_bounds__(ResidualTile<kResidualShapes[shape]>::kThreads,
                                  blocksAtOnce(ResidualTile<kResidualShapes[shape]>::kThreads,
                                               registersOf(kResidualShapes[shape])))
    residualKernel(const __grid_constant__ ResidualCall call)
{
    const Block block = thisBlock();
    ResidualKernel<format, kResidualShapes[shape]>(call, block).run();
}

template <NumberFormat format, int step>
__global__ void __launch_bounds__(ExpandTile<step>::kThreads, blocksAtOnce(ExpandTile<step>::kThreads))
    expandKernel(const __grid_constant__ ExpandCall call)
{
    const Block block = thisBlock();
    ExpandKernel<format, step>(call, block).run();
}

template <NumberFormat format>
__global__ void __launch_bounds__(ConvolveTile::kThreads, blocksAtOnce(ConvolveTile::kThreads))
    convolveKernel(const __grid_constant__ ConvolveCall call)
{
    const Block block = thisBlock();
    ConvolveKernel<format>(call, block).run();
}

void check(cudaError_t result, const char* what)
{
    if (result != cudaSuccess)
        throw std::runtime_error(std::string("CUDA error: ") + cudaGetErrorString(result) + ". " + what);
}

/// `mostShared`: bytes of shared memory that any call of the kernel has, so that threads which launch it at the same time
/// ask for the same. It is asked for again and again rather than kept for each device: that takes less than a
/// microsecond, and a recorded graph asks no more.
template <typename Call>
void launch(void (*kernel)(Call), int mostShared, const Call& call, const Grid& grid, cudaStream_t stream)
{
    check(cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel), cudaFuncAttributeMaxDynamicSharedMemorySize,
                               mostShared),
          "A kernel of the network does not get its shared memory.");
    const dim3 blocks(static_cast<unsigned>(grid.x), static_cast<unsigned>(grid.y), static_cast<unsigned>(grid.z));
    kernel<<<blocks, static_cast<unsigned>(grid.threads), static_cast<std::size_t>(grid.sharedBytes), stream>>>(call);
    check(cudaGetLastError(), "A kernel of the network cannot be launched.");
}

template <NumberFormat format> void launchResidual(const ResidualCall& call, cudaStream_t stream)
{
    const bool isKnown = visitShape(call.shape, [&]<std::size_t shape>() {
        using Tile = ResidualTile<kResidualShapes[shape]>;
        constexpr int kMostShared = Tile::placesFor(mostInputs(kResidualShapes[shape].step)).end;
        launch(residualKernel<format, shape>, kMostShared, call, Tile::gridOf(call), stream);
    });
    if (!isKnown)
        throw std::runtime_error("There is no kernel of that shape");
}

template <NumberFormat format, int step> void launchExpand(const ExpandCall& call, cudaStream_t stream)
{
    using Tile = ExpandTile<step>;
    launch(expandKernel<format, step>, Tile::kEnd, call, Tile::gridOf(call), stream);
}

template <NumberFormat format> void launchExpand(const ExpandCall& call, cudaStream_t stream)
{
    if (call.step == 1)
        launchExpand<format, 1>(call, stream);
    else
        launchExpand<format, 2>(call, stream);
}

template <NumberFormat format> void launchConvolve(const ConvolveCall& call, cudaStream_t stream)
{
    launch(convolveKernel<format>, ConvolveTile::kEnd, call, ConvolveTile::gridOf(call), stream);
}

} // namespace

DeviceLauncher::DeviceLauncher(NumberFormat format, cudaStream_t stream)
    : m_format(format)
    , m_stream(stream)
{
}

void DeviceLauncher::residual(const ResidualCall& call)
{
    if (m_format == NumberFormat::Bf16)
        launchResidual<NumberFormat::Bf16>(call, m_stream);
    else
        launchResidual<NumberFormat::Fp16>(call, m_stream);
}

void DeviceLauncher::expand(const ExpandCall& call)
{
    if (m_format == NumberFormat::Bf16)
        launchExpand<NumberFormat::Bf16>(call, m_stream);
    else
        launchExpand<NumberFormat::Fp16>(call, m_stream);
}

void DeviceLauncher::convolve(const ConvolveCall& call)
{
    if (m_format == NumberFormat::Bf16)
        launchConvolve<NumberFormat::Bf16>(call, m_stream);
    else
        launchConvolve<NumberFormat::Fp16>(call, m_stream);
}

} // namespace lipsync::nn::cuda
