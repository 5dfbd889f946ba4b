// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/torch_worker.h"

#include <string>
#include <vector>

namespace lipsync::gpu_check {

/// How the workers of one row of the table compute.
struct Setting {
    std::string device = "cpu";
    Arithmetic arithmetic = Arithmetic::Fp32;
    bool graphs = false;
    int workers = 1;
    nn::Executor executor = nn::Executor::LibTorch; ///< Direct: kernels of our own
    bool keepsHalves = false; ///< what its image encoder made of the template's frames
};

/// What one batch size did: frames a second of all workers, and the time that 99 % of the batches kept to.
struct Speed {
    double framesPerSecond = 0;
    double p99Ms = 0;
};

/// How far outputs are from those of the processor in float32.
struct Accuracy {
    double decibels = 0; ///< peak signal to noise ratio; infinite when all bytes are the same
    int largest = 0; ///< largest difference of a byte
};

/// What a frame of a batch costs kernels of our own on a CUDA device, counted from the sizes of the layers.
struct FrameWork {
    double megabytes = 0; ///< of device memory read and written
    double gigaflop = 0;
};

/// A network with formula weights and a small template, and the measurements on it. One thread.
class CheckBench {
public:
    /// Measures a size for `seconds`, and for two batches of each worker at least.
    static Result<std::unique_ptr<CheckBench>> make(const nn::GeneratorSpec& spec, double seconds);
    ~CheckBench();

    /// Whether something computes the network in that setting.
    bool isUsable(const Setting& setting) const;
    /// Of kernels of our own, in each of these batch sizes.
    Result<std::vector<FrameWork>> work(const Setting& setting, const std::vector<int>& batchSizes) const;

    /// Against the processor in float32; sizes are those of the speeds.
    Result<Accuracy> accuracy(const Setting& setting);
    /// One speed a batch size. Each worker is a TorchWorker on a thread of its own, all on shared weights.
    Result<std::vector<Speed>> speeds(const Setting& setting, const std::vector<int>& batchSizes);
    /// The same for a plain loop over the network: float32, channels first, not folded.
    Result<std::vector<Speed>> plainSpeeds(const std::string& device, const std::vector<int>& batchSizes);

private:
    CheckBench(const nn::GeneratorSpec& spec, double seconds);
    Status prepare();
    scheduling::Batch batchOf(int size) const;
    std::unique_ptr<scheduling::Worker> makeWorker(const Setting& setting) const;
    Result<std::vector<std::uint8_t>> redraw(const Setting& setting) const;

    const nn::GeneratorSpec m_spec;
    const Duration m_span; ///< of one measurement
    std::filesystem::path m_weightsFile; ///< of formula weights; removed with this
    std::shared_ptr<inference::ModelRegistry> m_models = std::make_shared<inference::ModelRegistry>();
    std::shared_ptr<inference::SharedNetworks> m_networks = std::make_shared<inference::SharedNetworks>();
    scheduling::ModelId m_model = 0;
    std::vector<std::shared_ptr<const scheduling::JobContent>> m_contents; ///< one a template frame
    std::vector<std::uint8_t> m_exact; ///< what the processor makes of all of them
};

} // namespace lipsync::gpu_check
