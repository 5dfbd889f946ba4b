// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/direct/direct_network.h"

#include <atomic>

namespace lipsync::nn::direct {

namespace {

/// Packs layers until one of them does not fit.
class Packer {
public:
    Packer(const WeightSet& weights, const KernelSet& kernels)
        : m_weights(weights)
        , m_kernels(kernels)
    {
    }

    InvertedResidual residual(const ResidualPlan& plan)
    {
        return m_status ? take(packResidual(m_weights, plan, m_kernels)) : InvertedResidual{};
    }

    TapConvolution taps(const ConvolutionPlan& plan)
    {
        if (!m_status)
            return {};
        const auto folded = take(fold(m_weights, plan.name, plan.norm));
        const MapSize in{plan.rows, plan.columns, padded(folded.inputs)};
        return m_status ? take(packTaps(folded, {{}, in, {}, plan.kSide, plan.step, plan.border, false}, m_kernels))
                        : TapConvolution{};
    }

    Pointwise exit(const std::string& name)
    {
        if (!m_status)
            return {};
        const auto folded = take(fold(m_weights, name, {}));
        return packPointwise(folded, folded.inputs, m_kernels);
    }

    const Status& status() const { return m_status; }

private:
    template <typename Packed> Packed take(Result<Packed> packed)
    {
        if (packed)
            return std::move(*packed);
        m_status = failure(packed);
        return {};
    }

    const WeightSet& m_weights;
    const KernelSet& m_kernels;
    Status m_status;
};

} // namespace

bool DirectNetwork::covers(const GeneratorSpec& spec)
{
    return isUnet(spec) && kernelsFloat() != nullptr;
}

Result<std::shared_ptr<const DirectNetwork>> DirectNetwork::create(const WeightSet& weights, const GeneratorSpec& spec,
                                                                   const KernelSet& kernels)
{
    static std::atomic<std::uint64_t> made{0};
    if (!covers(spec))
        return failure(ErrorCode::Usage, "The direct executor does not run the network '" + spec.name() + "'");
    auto network = std::make_shared<DirectNetwork>();
    network->spec = spec;
    network->profile = spec.profile();
    network->kernels = &kernels;
    network->id = ++made;

    Packer packer(weights, kernels);
    network->make(
        planUnet(spec), [&](const ResidualPlan& plan) { return packer.residual(plan); },
        [&](const ConvolutionPlan& plan) { return packer.taps(plan); });
    network->exit = packer.exit(kUnetExit);
    if (!packer.status())
        return tl::make_unexpected(packer.status().error());
    if (network->audio3.in.channels != network->audio2.outChannels() ||
        network->audio5.in.channels != network->audio4.outChannels())
        return failure(ErrorCode::InvalidInput, "The convolutions of the audio layers do not fit together");
    network->levels.push_back(network->entry.out());
    for (const auto& down : network->downs)
        network->levels.push_back(down.second.out());
    const auto [channels, rows, columns] = spec.audioShape();
    network->window = {rows, columns, padded(channels)};
    return network;
}

std::size_t DirectNetwork::imageHalfBytes() const
{
    std::size_t bytes = 0;
    for (std::size_t i = 1; i < levels.size(); ++i)
        bytes += bytesOf(levels[i]);
    return bytes;
}

} // namespace lipsync::nn::direct
