// SPDX-License-Identifier: GPL-3.0-or-later
// The CUDA part of a build whose LibTorch has none. findDevice() keeps everyone away from it.
#include "nn/generator_runner.h"

#include <stdexcept>

namespace lipsync::nn {

namespace {

constexpr const char* kNoCuda = "this build has no CUDA";

} // namespace

bool builtWithCuda()
{
    return false;
}

std::string describeCuda(const Device&)
{
    return kNoCuda;
}

bool cudaHasFastBf16(const Device&)
{
    return false;
}

bool cudaKernelsCover(const GeneratorSpec&, Precision, const Device&)
{
    return false;
}

Result<std::shared_ptr<const cuda::DeviceNetwork>> placeNetwork(const WeightSet&, const GeneratorSpec&, Precision,
                                                                const Device&, std::size_t)
{
    throw std::runtime_error(kNoCuda);
}

std::unique_ptr<GeneratorRunner> makeFusedRunner(std::shared_ptr<const GeneratorNetwork>, bool)
{
    throw std::runtime_error(kNoCuda);
}

std::unique_ptr<GeneratorRunner> makeCudaRunner(std::shared_ptr<const GeneratorNetwork>, bool)
{
    throw std::runtime_error(kNoCuda);
}

std::shared_ptr<DeviceCrops> makeCudaCrops(std::shared_ptr<const TemplateCrops>, const Device&)
{
    throw std::runtime_error(kNoCuda);
}

} // namespace lipsync::nn
