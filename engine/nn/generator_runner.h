// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside of the Generator: what its replicas share, and how a device runs a batch.

#include "nn/executor_pool.h"
#include "nn/generator.h"
#include "nn/generator_module.h"
#include "nn/tensor_heap.h"

#include <mutex>

namespace lipsync::nn {

namespace cuda {
class DeviceNetwork;
}

/// A generator's weights, folded, on one device in one precision. Shared by its replicas and never changed.
struct GeneratorNetwork {
    GeneratorSpec spec;
    Device device;
    Precision precision = Precision::Fp32;
    torch::ScalarType type = torch::kFloat32;
    Executor executor = Executor::LibTorch; ///< the one in use
    std::shared_ptr<GeneratorModule> module; ///< of LibTorch's; otherwise null
    std::unique_ptr<ExecutorPool> frameExecutors; ///< of oneDNN's and our own on the processor; otherwise null
    std::shared_ptr<const cuda::DeviceNetwork> fused; ///< kernels of our own on a CUDA device; or null
    mutable TensorHeaps heaps; ///< of the runs on the processor
    mutable std::mutex capturing; ///< one replica at a time captures a CUDA graph
};

/// Runs batches on one device; sizes are checked by the Generator. Throws what LibTorch throws.
class GeneratorRunner {
public:
    virtual ~GeneratorRunner() = default;
    virtual Status run(std::span<const std::uint8_t> pictures, std::span<const float> windows, int batch,
                       std::span<std::uint8_t> output) = 0;
    virtual Status run(const DeviceCrops& crops, std::span<const MouthInput> mouths, int paddedSize,
                       std::span<std::uint8_t> output, RunTimes& times) = 0;
    virtual void warmUp(const DeviceCrops& crops, int batch) = 0;
    virtual std::shared_ptr<std::uint8_t[]> hostBuffer(std::size_t bytes) const = 0;
};

std::unique_ptr<GeneratorRunner> makeProcessorRunner(std::shared_ptr<const GeneratorNetwork> network, int threads);

/// For a network that has `frameExecutors`.
std::unique_ptr<GeneratorRunner> makeFrameRunner(std::shared_ptr<const GeneratorNetwork> network, int threads);

/// Why a batch's outputs cannot be used.
Status notFinite();

// Of the CUDA part (cuda/); a build without CUDA has them as failures in without_cuda.cpp, one without a compiler for it
// those of its kernels in without_kernels.cpp.
std::string describeCuda(const Device& device);
bool cudaHasFastBf16(const Device& device);
std::unique_ptr<GeneratorRunner> makeCudaRunner(std::shared_ptr<const GeneratorNetwork> network, bool graphs);
/// Whether kernels of our own run that network there.
bool cudaKernelsCover(const GeneratorSpec& spec, Precision precision, const Device& device);
/// Where they do: its weights on the device, and room for that many bytes of image halves. InvalidInput when tensors are
/// missing or do not fit; throws what LibTorch throws.
Result<std::shared_ptr<const cuda::DeviceNetwork>> placeNetwork(const WeightSet& weights, const GeneratorSpec& spec,
                                                                Precision precision, const Device& device,
                                                                std::size_t imageCacheBytes);
/// For a network that has `fused`.
std::unique_ptr<GeneratorRunner> makeFusedRunner(std::shared_ptr<const GeneratorNetwork> network, bool graphs);
std::shared_ptr<DeviceCrops> makeCudaCrops(std::shared_ptr<const TemplateCrops> crops, const Device& device);

} // namespace lipsync::nn
