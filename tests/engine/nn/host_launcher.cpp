// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/host_launcher.h"

#include "nn/cuda/convolve_kernel.h"
#include "nn/cuda/expand_kernel.h"
#include "nn/cuda/shapes.h"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace lipsync::test {

namespace {

using namespace lipsync::nn::cuda;

constexpr std::uint32_t kNoNumbers = 0xFFFFFFFF; ///< in fp32, fp16 and bf16
constexpr std::size_t kGuards = 4; ///< behind shared memory

/// False when a block wrote behind its shared memory.
template <typename Body> bool runBlocks(const Grid& grid, bool isBackward, int threads, const Body& body)
{
    const auto length = static_cast<std::size_t>(grid.sharedBytes) / sizeof(Sixteen);
    const int count = grid.x * grid.y * grid.z;
    std::atomic<int> next{0};
    std::atomic<bool> isInBounds{true};
    const auto work = [&] {
        std::vector<Sixteen> memory(length + kGuards);
        for (int i = next++; i < count; i = next++) {
            std::ranges::fill(memory, Sixteen{kNoNumbers, kNoNumbers, kNoNumbers, kNoNumbers});
            Block block;
            block.x = i % grid.x;
            block.y = i / grid.x % grid.y;
            block.z = i / grid.x / grid.y;
            block.shared = reinterpret_cast<std::byte*>(memory.data());
            block.threads = grid.threads;
            block.isBackward = isBackward;
            body(block);
            for (std::size_t guard = length; guard < memory.size(); ++guard) {
                const auto& sixteen = memory[guard];
                if ((sixteen.x & sixteen.y & sixteen.z & sixteen.w) != kNoNumbers)
                    isInBounds = false;
            }
        }
    };
    std::vector<std::jthread> others;
    for (int i = 1; i < threads; ++i)
        others.emplace_back(work);
    work();
    others.clear();
    return isInBounds;
}

/// `visit.operator()<format>()`.
template <typename Visit> void withFormat(NumberFormat format, const Visit& visit)
{
    if (format == NumberFormat::Bf16)
        visit.template operator()<NumberFormat::Bf16>();
    else
        visit.template operator()<NumberFormat::Fp16>();
}

} // namespace

HostLauncher::HostLauncher(NumberFormat format, bool isBackward, int threads)
    : m_format(format)
    , m_isBackward(isBackward)
    , m_threads(threads)
{
}

void HostLauncher::residual(const ResidualCall& call)
{
    ++m_calls;
    withFormat(m_format, [&]<NumberFormat format>() {
        const bool isKnown = visitShape(call.shape, [&]<std::size_t shape>() {
            const auto grid = ResidualTile<kResidualShapes[shape]>::gridOf(call);
            m_isInBounds &= runBlocks(grid, m_isBackward, m_threads, [&](const Block& block) {
                ResidualKernel<format, kResidualShapes[shape]>(call, block).run();
            });
        });
        if (!isKnown)
            throw std::runtime_error("There is no kernel of that shape");
    });
}

void HostLauncher::expand(const ExpandCall& call)
{
    ++m_calls;
    withFormat(m_format, [&]<NumberFormat format>() {
        const auto run = [&]<int step>() {
            m_isInBounds &= runBlocks(ExpandTile<step>::gridOf(call), m_isBackward, m_threads,
                                      [&](const Block& block) { ExpandKernel<format, step>(call, block).run(); });
        };
        if (call.step == 1)
            run.template operator()<1>();
        else
            run.template operator()<2>();
    });
}

void HostLauncher::convolve(const ConvolveCall& call)
{
    ++m_calls;
    withFormat(m_format, [&]<NumberFormat format>() {
        m_isInBounds &= runBlocks(ConvolveTile::gridOf(call), m_isBackward, m_threads,
                                  [&](const Block& block) { ConvolveKernel<format>(call, block).run(); });
    });
}

} // namespace lipsync::test
