// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/network_spec.h"

#include <cstdint>
#include <memory>
#include <span>

namespace lipsync::nn {

/// Arithmetic of the network. Bf16 falls back to the fastest exact enough form where the processor lacks it.
enum class Precision { Fp32, Bf16 };

/// How a network is run.
struct RunOptions {
    Precision precision = Precision::Fp32;
    int threads = 0; ///< computing threads; 0 = one per core

    /// threads, or the number of cores where it is 0.
    int threadCount() const;
};

/// A generator ready for inference: BatchNorm folded, channels-last, no gradients; bytes in, bytes out.
/// One thread at a time may call run(); make one Generator per worker thread.
class Generator {
public:
    /// Builds the network from weights. InvalidInput names missing, extra or misshapen tensors.
    static Result<std::unique_ptr<Generator>> create(const WeightSet& weights, const GeneratorSpec& spec,
                                                     const RunOptions& options = {});
    ~Generator();

    const GeneratorSpec& spec() const;

    /// Redraws `batch` mouths. `pictures`: batch × size × size × 3 bytes, B,G,R, rows first, the inner square of the
    /// resized crop, unmasked (the mask is applied here). `windows`: batch × audioElements() floats.
    /// `output`: the same shape as `pictures`; network values × 255, truncated (sections 1.11 and 1.12).
    Status run(std::span<const std::uint8_t> pictures, std::span<const float> windows, int batch,
               std::span<std::uint8_t> output);

private:
    Generator();
    struct Network;
    std::unique_ptr<Network> m_network;
};

} // namespace lipsync::nn
