// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/cuda/fused_network.h"

#include "nn/cuda/expand_kernel.h"
#include "nn/cuda/shapes.h"

#include <algorithm>

namespace lipsync::nn::cuda {

namespace {

constexpr int kTaps = 9;
constexpr int kColours = 3;
constexpr int kMostExitChannels = 64;

constexpr int roundedUp(int count, int unit)
{
    return (count + unit - 1) / unit * unit;
}

static_assert(kTile == kChannelBlock);

/// Lays out weights until something does not fit.
class Packer {
public:
    Packer(const WeightSet& weights, NumberFormat format, std::vector<std::byte>& packed)
        : m_weights(weights)
        , m_format(format)
        , m_packed(packed)
    {
    }

    FusedResidual residual(const ResidualPlan& plan)
    {
        if (!m_status)
            return {};
        const auto layer = foldResidual(m_weights, plan);
        if (!layer) {
            m_status = failure(layer);
            return {};
        }
        const auto& [expand, depthwise, project] = *layer;
        FusedResidual packed;
        packed.rows = plan.rows;
        packed.columns = plan.columns;
        packed.step = plan.step;
        packed.addsInput = plan.addsInput;
        const int first = plan.first == 0 ? expand.inputs : plan.first;
        const InputChannels inputs{first, expand.inputs - first};
        packed.in = inputs.padded();
        packed.out = paddedChannels(project.outputs);
        packed.shape = shapeFor(packed.in, paddedChannels(expand.outputs), packed.out, plan.step, plan.exits);
        packed.hidden = roundedUp(expand.outputs, packed.isOnePass() ? packed.shape.chunk : ExpandTile<1>::kChannels);
        const int rows = packed.isOnePass() ? packed.shape.outTiles * kTile : packed.out;
        packed.expand = matrix(expand, packed.hidden, packed.in, inputs);
        packed.expandBias = bias(expand, packed.hidden);
        packed.depthwise = taps(depthwise, packed.hidden);
        packed.depthwiseBias = bias(depthwise, packed.hidden);
        packed.project = matrix(project, rows, packed.hidden, {project.inputs});
        packed.projectBias = bias(project, rows);
        return packed;
    }

    FusedConvolution convolution(const ConvolutionPlan& plan)
    {
        const auto convolution = folded(plan.name, plan.norm, kTaps);
        if (!m_status)
            return {};
        FusedConvolution packed{0,  0,         {plan.rows, plan.columns, paddedChannels(convolution.inputs)},
                                {}, plan.step, plan.border};
        packed.out = {plan.outRows(), plan.outColumns(), paddedChannels(convolution.outputs)};
        packed.weights = matrix(convolution, packed.out.channels, packed.in.channels, {convolution.inputs});
        packed.bias = bias(convolution, packed.out.channels);
        return packed;
    }

    /// The last layer, of so many padded channels.
    void exit(FusedNetwork& network, int channels)
    {
        const auto exit = folded(kUnetExit, {}, 1);
        if (exit.outputs != kColours || paddedChannels(exit.inputs) != channels)
            refuse(failure(ErrorCode::InvalidInput, "The layer 'outc' does not fit the one before it"));
        if (!m_status)
            return;
        std::vector<float> weights(static_cast<std::size_t>(kColours) * channels);
        for (int colour = 0; colour < kColours; ++colour) {
            for (int channel = 0; channel < exit.inputs; ++channel)
                weights[static_cast<std::size_t>(colour) * channels + channel] =
                    static_cast<float>(exit.weights[static_cast<std::size_t>(colour) * exit.inputs + channel]);
        }
        network.exitWeights = add(weights);
        network.exitBias = bias(exit, kColours);
    }

    const Status& status() const { return m_status; }

private:
    void refuse(Status why)
    {
        if (m_status)
            m_status = std::move(why);
    }

    FoldedConvolution folded(const std::string& convolution, const std::string& norm, int taps)
    {
        auto made = fold(m_weights, convolution, norm);
        if (!made) {
            refuse(failure(made));
            return {};
        }
        if (made->taps != taps)
            refuse(failure(ErrorCode::InvalidInput, "'" + convolution + "' has a kernel of another size"));
        return std::move(*made);
    }

    template <typename Number> std::size_t add(const std::vector<Number>& numbers)
    {
        constexpr std::size_t kAlignment = 16; // of what kernels bring
        const auto place = (m_packed.size() + kAlignment - 1) / kAlignment * kAlignment;
        m_packed.resize(place + numbers.size() * sizeof(Number));
        std::memcpy(m_packed.data() + place, numbers.data(), numbers.size() * sizeof(Number));
        return place;
    }

    /// Outputs × taps × channels, padded to that many outputs and channels.
    std::size_t matrix(const FoldedConvolution& convolution, int outputs, int channels, const InputChannels& inputs)
    {
        const auto taps = convolution.taps;
        std::vector<std::uint16_t> numbers(static_cast<std::size_t>(outputs) * taps * channels);
        const auto* weight = convolution.weights.data();
        for (int output = 0; output < convolution.outputs; ++output) {
            for (int channel = 0; channel < convolution.inputs; ++channel) {
                for (int tap = 0; tap < taps; ++tap, ++weight) {
                    const auto at = (static_cast<std::size_t>(output) * taps + tap) * channels;
                    const auto value = static_cast<float>(*weight);
                    numbers[at + inputs.placeOf(channel)] =
                        m_format == NumberFormat::Bf16 ? toBf16(value) : toFp16(value);
                }
            }
        }
        return add(numbers);
    }

    std::size_t taps(const FoldedConvolution& depthwise, int hidden)
    {
        std::vector<float> numbers(static_cast<std::size_t>(kTaps) * hidden);
        for (int channel = 0; channel < depthwise.outputs; ++channel) {
            for (int tap = 0; tap < kTaps; ++tap)
                numbers[static_cast<std::size_t>(tap) * hidden + channel] =
                    static_cast<float>(depthwise.weights[static_cast<std::size_t>(channel) * kTaps + tap]);
        }
        return add(numbers);
    }

    std::size_t bias(const FoldedConvolution& convolution, int outputs)
    {
        std::vector<float> numbers(static_cast<std::size_t>(outputs));
        std::ranges::transform(convolution.bias, numbers.begin(), [](double b) { return static_cast<float>(b); });
        return add(numbers);
    }

    const WeightSet& m_weights;
    const NumberFormat m_format;
    std::vector<std::byte>& m_packed;
    Status m_status;
};

} // namespace

bool FusedNetwork::covers(const GeneratorSpec& spec)
{
    const bool isLarge = spec.kind == GeneratorKind::SyncTalk2D328;
    return isUnet(spec) && (isLarge ? spec.width / 2 : spec.width) <= kMostExitChannels;
}

Result<std::shared_ptr<const FusedNetwork>> FusedNetwork::create(const WeightSet& weights, const GeneratorSpec& spec,
                                                                 NumberFormat format)
{
    if (!covers(spec))
        return failure(ErrorCode::Usage, "The CUDA kernels do not run the network '" + spec.name() + "'");
    auto network = std::make_shared<FusedNetwork>();
    network->spec = spec;
    network->profile = spec.profile();
    network->format = format;

    Packer packer(weights, format, network->weights);
    network->make(
        planUnet(spec), [&](const ResidualPlan& plan) { return packer.residual(plan); },
        [&](const ConvolutionPlan& plan) { return packer.convolution(plan); });
    packer.exit(*network, network->ups.back().second.out);
    if (!packer.status())
        return tl::make_unexpected(packer.status().error());
    if (network->audio3.in.channels != network->audio2.out || network->audio5.in.channels != network->audio4.out)
        return failure(ErrorCode::InvalidInput, "The convolutions of the audio layers do not fit together");
    network->levels.push_back(network->entry.size());
    for (const auto& down : network->downs)
        network->levels.push_back(down.second.size());
    return network;
}

std::size_t FusedNetwork::imageHalfNumbers() const
{
    return levelOffset(levels.size());
}

std::size_t FusedNetwork::levelOffset(std::size_t index) const
{
    std::size_t numbers = 0;
    for (std::size_t i = 1; i < index; ++i)
        numbers += levels[i].numbers();
    return numbers;
}

} // namespace lipsync::nn::cuda
