// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels of a build whose LibTorch has CUDA, but which found no compiler for it: LibTorch computes everything.
#include "nn/generator_runner.h"

#include <stdexcept>

namespace lipsync::nn {

namespace {

constexpr const char* kNoKernels = "this build has no CUDA kernels of its own";

} // namespace

bool cudaKernelsCover(const GeneratorSpec&, Precision, const Device&)
{
    return false;
}

Result<std::shared_ptr<const cuda::DeviceNetwork>> placeNetwork(const WeightSet&, const GeneratorSpec&, Precision,
                                                                const Device&, std::size_t)
{
    throw std::runtime_error(kNoKernels);
}

std::unique_ptr<GeneratorRunner> makeFusedRunner(std::shared_ptr<const GeneratorNetwork>, bool)
{
    throw std::runtime_error(kNoKernels);
}

} // namespace lipsync::nn
