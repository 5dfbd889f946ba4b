// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/network_spec.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace lipsync::nn {

/// The generator as a plain LibTorch or PyTorch program runs it, for comparison: float32, channels first, BatchNorm
/// not folded, inputs made on the host, everything on one stream. One thread at a time.
class PlainGenerator {
public:
    static Result<std::unique_ptr<PlainGenerator>> create(const WeightSet& weights, const GeneratorSpec& spec,
                                                          const std::string& device, int threads);
    ~PlainGenerator();

    /// Bytes and floats as Generator::run() takes and makes them.
    Status run(std::span<const std::uint8_t> pictures, std::span<const float> windows, int batch,
               std::span<std::uint8_t> output);

private:
    PlainGenerator();
    struct Network;
    std::unique_ptr<Network> m_network;
};

} // namespace lipsync::nn
