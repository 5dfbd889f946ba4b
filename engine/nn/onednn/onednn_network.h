// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/frame_executor.h"
#include "nn/network_spec.h"
#include "nn/weight_set.h"

#include <memory>
#include <string>

namespace lipsync::nn::onednn {

struct PackedNetwork;

/// The weights of a SyncTalk_2D or Ultralight generator in the layouts that oneDNN multiplies fastest. Never changed,
/// shared by executors on any thread. A build without oneDNN covers no network (without_onednn.cpp).
class OnednnNetwork {
public:
    /// Whether this network is one of those, and this processor one whose layouts are known here.
    static bool covers(const GeneratorSpec& spec);
    /// Whether it multiplies bfloat16 with instructions of this processor.
    static bool hasBf16();
    /// "oneDNN 2.6".
    static std::string library();

    /// InvalidInput when tensors are missing or do not fit, Usage when the network is not covered. `bf16`: maps and
    /// weights of 1×1 convolutions are bfloat16, sums and biases are float32. Throws what oneDNN throws.
    static Result<std::shared_ptr<const OnednnNetwork>> create(const WeightSet& weights, const GeneratorSpec& spec,
                                                               bool bf16);
    explicit OnednnNetwork(std::unique_ptr<const PackedNetwork> packed);
    ~OnednnNetwork();

    const PackedNetwork& packed() const { return *m_packed; }

private:
    const std::unique_ptr<const PackedNetwork> m_packed;
};

/// Runs it on `threads` of OpenMP's, whichever number LibTorch has. Throws std::bad_alloc and what oneDNN throws.
std::unique_ptr<FrameExecutor> makeOnednnExecutor(std::shared_ptr<const OnednnNetwork> network, int threads);

} // namespace lipsync::nn::onednn
