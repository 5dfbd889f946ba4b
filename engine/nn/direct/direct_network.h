// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/direct/layers.h"
#include "nn/network_spec.h"

#include <array>
#include <memory>
#include <vector>

namespace lipsync::nn::direct {

/// The weights of a SyncTalk_2D or Ultralight generator as the kernels want them, and the plan of its maps. Never
/// changed, shared by executors on any thread.
class DirectNetwork : public UnetLayers<InvertedResidual, TapConvolution> {
public:
    /// Whether this network is one of those and this processor has kernels for it.
    static bool covers(const GeneratorSpec& spec);

    /// Packs the weights for those kernels. InvalidInput when tensors are missing or do not fit, Usage when the network
    /// is not covered.
    static Result<std::shared_ptr<const DirectNetwork>> create(const WeightSet& weights, const GeneratorSpec& spec,
                                                               const KernelSet& kernels);

    /// Bytes of one number of a map.
    std::size_t numberBytes() const { return kernels->bf16 ? sizeof(std::uint16_t) : sizeof(float); }
    std::size_t bytesOf(const MapSize& map) const { return map.numbers() * numberBytes(); }
    /// Bytes of all levels but the first, which are what is kept of a picture.
    std::size_t imageHalfBytes() const;

    GeneratorSpec spec;
    NetworkProfile profile;
    const KernelSet* kernels = nullptr;
    std::uint64_t id = 0; ///< no other network of this process has it

    std::vector<MapSize> levels; ///< what entry and downs give, the largest first
    MapSize window; ///< of sound
    Pointwise exit; ///< to the picture's three colours
};

} // namespace lipsync::nn::direct
