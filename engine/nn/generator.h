// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "nn/device_crops.h"
#include "nn/network_spec.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>

namespace lipsync::nn {

/// Arithmetic of the network. What a device does not do fast in hardware falls back to Fp32: Bf16 on most processors,
/// Fp16 on all of them, Bf16 on CUDA devices older than Ampere.
enum class Precision { Fp32, Bf16, Fp16 };

/// The precision that is computed with in truth on that device.
Precision usablePrecision(Precision wanted, const Device& device);

/// What computes a generator.
enum class Executor {
    Auto, ///< the fastest there is for the network and the device
    LibTorch,
    /// Kernels of our own, of SyncTalk_2D's and Ultralight's networks: nn/direct on x86 with AVX2, nn/cuda on CUDA
    /// devices since Ampere in bf16 and fp16.
    Direct,
    OneDnn, ///< oneDNN, of the same networks on x86 with AVX2: nn/onednn. Only where it is asked for.
};

/// What the workers of a device keep of template frames, for each network (RunOptions::imageCacheBytes): threads
/// together, processes each its part.
inline constexpr std::size_t kImageCacheBytes = std::size_t{256} << 20;

/// How a network is run.
struct RunOptions {
    Precision precision = Precision::Fp32;
    int threads = 0; ///< computing threads on the processor; 0 = one per core
    std::string device = "cpu"; ///< see findDevice()
    bool graphs = true; ///< one CUDA graph per batch size; without effect on the processor
    Executor executor = Executor::Auto;
    /// Memory in which the replicas of a direct executor keep what their image encoder made of template frames, so
    /// that a frame that comes again costs a quarter less; nothing else changes. 0: none. A frame of the 328 takes
    /// 7 MB in fp32, half of that in bf16.
    std::size_t imageCacheBytes = 0;

    /// threads, or the number of cores where it is 0.
    int threadCount() const;
};

/// What would compute that network so; LibTorch on a device that does not exist.
Executor usableExecutor(const GeneratorSpec& spec, const RunOptions& options);
/// The same for people: "own kernels for AVX-512 with bfloat16", "LibTorch".
std::string describeExecutor(const GeneratorSpec& spec, const RunOptions& options);

/// One mouth of a batch: a frame of the template, whose crop is written, and GeneratorSpec::audioElements() floats.
struct MouthInput {
    int templateFrame = 0;
    std::span<const float> window;
};

/// Where a batch's time went.
struct RunTimes {
    Duration input{}; ///< gathering, masking on the processor, copying to the device
    Duration infer{};
    Duration output{}; ///< to bytes on the processor, copying from the device
};

struct GeneratorNetwork;
class GeneratorRunner;

/// A generator ready for inference: BatchNorm folded, channels-last, no gradients; bytes in, bytes out.
/// One thread at a time may run it; make one replica per worker thread.
class Generator {
public:
    /// Builds the network from weights. InvalidInput names missing, extra or misshapen tensors.
    static Result<std::unique_ptr<Generator>> create(const WeightSet& weights, const GeneratorSpec& spec,
                                                     const RunOptions& options = {});
    /// The same from the file of an avatar: safetensors, or for TorchScript an archive, which must be one that the
    /// operator agreed to run (script_agreement.h) and which always computes in fp32.
    static Result<std::unique_ptr<Generator>> load(const std::filesystem::path& file, const GeneratorSpec& spec,
                                                   const RunOptions& options = {});
    ~Generator();

    /// Another generator on the same weights of the same device, with buffers (and a CUDA stream) of its own.
    /// May be called while this one runs. `threads` and `graphs` as in RunOptions.
    Result<std::unique_ptr<Generator>> replica(int threads, bool graphs = true) const;
    /// Whether the other one reads the same weights in memory.
    bool sharesWeightsWith(const Generator& other) const { return m_network == other.m_network; }

    const GeneratorSpec& spec() const;
    const Device& device() const;
    Precision precision() const; ///< the one in use
    Executor executor() const; ///< likewise

    /// Redraws `batch` mouths. `pictures`: batch × size × size × 3 bytes, B,G,R, rows first, the inner square of the
    /// resized crop, unmasked (the mask is applied here). `windows`: batch × audioElements() floats.
    /// `output`: the same shape as `pictures`; network values × 255, truncated (sections 1.11 and 1.12).
    Status run(std::span<const std::uint8_t> pictures, std::span<const float> windows, int batch,
               std::span<std::uint8_t> output);

    /// The same for mouths of a template: reads their crops where they lie. Runs at `paddedSize`, at least
    /// mouths.size(); `output`: mouths.size() × pictureBytes(), fastest in memory of hostBuffer(). InvalidInput when
    /// numbers become infinite, Resource when memory is short.
    Status run(const DeviceCrops& crops, std::span<const MouthInput> mouths, int paddedSize,
               std::span<std::uint8_t> output, RunTimes* times = nullptr);

    /// Runs a batch of nothing at that size, so that the next one of it is as fast as any other.
    Status warmUp(const DeviceCrops& crops, int batch);

    /// Memory for outputs that the device writes without a detour. Outlives the generator.
    Result<std::shared_ptr<std::uint8_t[]>> hostBuffer(std::size_t bytes) const;

private:
    static Result<std::unique_ptr<Generator>> make(const GeneratorSpec& spec, const RunOptions& options,
                                                   const std::function<Status(GeneratorNetwork&)>& build);
    Generator(std::shared_ptr<const GeneratorNetwork> network, std::unique_ptr<GeneratorRunner> runner);
    static Result<std::unique_ptr<Generator>> onNetwork(std::shared_ptr<const GeneratorNetwork> network, int threads,
                                                        bool graphs);

    std::shared_ptr<const GeneratorNetwork> m_network;
    std::unique_ptr<GeneratorRunner> m_runner;
};

} // namespace lipsync::nn
