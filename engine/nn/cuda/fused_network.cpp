// SPDX-License-Identifier: GPL-3.0-or-later
// Source of the layers: lipsync-models specification, sections 1.1 to 1.4 and 4.3.
#include "nn/cuda/fused_network.h"

#include "nn/cuda/expand_kernel.h"
#include "nn/cuda/shapes.h"

#include <algorithm>

namespace lipsync::nn::cuda {

namespace {

using direct::fold;
using direct::FoldedConvolution;

constexpr int kSoundSide = 16; ///< of the third audio layer's map, whatever the window
constexpr int kTaps = 9;
constexpr int kColours = 3;
constexpr int kMostExitChannels = 64;

constexpr int roundedUp(int count, int unit)
{
    return (count + unit - 1) / unit * unit;
}

constexpr int paddedChannels(int count)
{
    return roundedUp(count, kTile);
}

/// Input channels of a layer: those of one map, or of two that are joined; each padded for itself.
struct Inputs {
    int first = 0, second = 0;

    int padded() const { return paddedChannels(first) + paddedChannels(second); }
    /// The padded place of a channel of the network.
    int placeOf(int channel) const { return channel < first ? channel : paddedChannels(first) + channel - first; }
};

/// Lays out weights until something does not fit.
class Packer {
public:
    Packer(const WeightSet& weights, NumberFormat format, std::vector<std::byte>& packed)
        : m_weights(weights)
        , m_format(format)
        , m_packed(packed)
    {
    }

    /// `rows`, `columns`: of what it expands. `first`: channels of its first input; 0: it has one input.
    FusedResidual residual(const std::string& name, std::array<int, 2> size, int step, bool addsInput, int first = 0,
                           bool exits = false)
    {
        const auto expand = folded(name + ".conv.0", name + ".conv.1", 1);
        const auto depthwise = folded(name + ".conv.3", name + ".conv.4", kTaps);
        const auto project = folded(name + ".conv.6", name + ".conv.7", 1);
        const bool fits = depthwise.inputs == 1 && depthwise.outputs == expand.outputs &&
            project.inputs == expand.outputs && first <= expand.inputs;
        if (!fits)
            refuse(failure(ErrorCode::InvalidInput, "The layers of '" + name + "' do not fit together"));
        if (!m_status)
            return {};
        FusedResidual packed;
        packed.rows = size[0];
        packed.columns = size[1];
        packed.step = step;
        packed.addsInput = addsInput;
        const Inputs inputs{first == 0 ? expand.inputs : first, first == 0 ? 0 : expand.inputs - first};
        packed.in = inputs.padded();
        packed.out = paddedChannels(project.outputs);
        packed.shape = shapeFor(packed.in, paddedChannels(expand.outputs), packed.out, step, exits);
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

    FusedPair pair(const std::string& name, int side, int step, int first = 0, bool exits = false)
    {
        FusedPair packed;
        packed.first = residual(name + ".double_conv.0", {side, side}, step, false, first);
        packed.second = residual(name + ".double_conv.1", {side / step, side / step}, 1, true, 0, exits);
        return packed;
    }

    FusedConvolution convolution(const std::string& number, const MapSize& in, std::array<int, 2> step, int border)
    {
        constexpr int kSide = 3;
        const auto convolution = folded("audio_model.conv" + number, "audio_model.bn" + number, kTaps);
        if (paddedChannels(convolution.inputs) != in.channels)
            refuse(failure(ErrorCode::InvalidInput, "The convolutions of the audio layers do not fit together"));
        if (!m_status)
            return {};
        const auto length = [&](int size, int by) { return (size + 2 * border - kSide) / by + 1; };
        FusedConvolution packed{0, 0, in, {}, step, border};
        packed.out = {length(in.rows, step[0]), length(in.columns, step[1]), paddedChannels(convolution.outputs)};
        packed.weights = matrix(convolution, packed.out.channels, in.channels, {convolution.inputs});
        packed.bias = bias(convolution, packed.out.channels);
        return packed;
    }

    /// The last layer, of so many padded channels.
    void exit(FusedNetwork& network, int channels)
    {
        const auto exit = folded("outc.conv", {}, 1);
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
    std::size_t matrix(const FoldedConvolution& convolution, int outputs, int channels, const Inputs& inputs)
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

void packAudio(FusedNetwork& network, Packer& packer)
{
    const auto& spec = network.spec;
    const auto [channels, height, columns] = spec.audioShape();
    const bool isClassic = spec.kind == GeneratorKind::UltralightClassic160;
    const bool isWide = spec.mode == AudioMode::Wenet && !isClassic;
    const bool keepsInput = isWide && spec.kind != GeneratorKind::Ultralight160 && 8 * spec.width == channels;
    const std::string name = "audio_model.conv";
    network.audio1 = packer.residual(name + "1", {height, columns}, 1, keepsInput);
    network.audio2 = packer.residual(name + "2", {height, columns}, 1, isWide);
    network.audio3 = packer.convolution("3", network.audio2.size(), {height / kSoundSide, columns / kSoundSide}, 1);
    const auto square = [](const MapSize& map) { return std::array{map.rows, map.columns}; };
    network.audio4 = packer.residual(name + "4", square(network.audio3.out), 1, true);
    network.audio5 = packer.convolution("5", network.audio4.size(), {2, 2}, 3);
    network.audio6 = packer.residual(name + "6", square(network.audio5.out), 1, true);
    network.audio7 = packer.residual(name + "7", square(network.audio5.out), 1, true);
}

int outputsOf(const WeightSet& weights, const std::string& norm)
{
    const auto found = weights.find(norm + ".weight");
    return found == weights.end() ? 0 : static_cast<int>(found->second.values.size());
}

} // namespace

bool FusedNetwork::covers(const GeneratorSpec& spec)
{
    const bool isLarge = spec.kind == GeneratorKind::SyncTalk2D328;
    const bool isOne = isLarge || spec.kind == GeneratorKind::SyncTalk2D160 ||
        spec.kind == GeneratorKind::Ultralight160 || spec.kind == GeneratorKind::UltralightClassic160;
    return isOne && (isLarge ? spec.width / 2 : spec.width) <= kMostExitChannels;
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
    int side = network->profile.pictureSize;
    network->entry = packer.residual("inc.inconv.0", {side, side}, 1, false);
    network->levels.push_back(network->entry.size());
    const int steps = spec.kind == GeneratorKind::SyncTalk2D328 ? 5 : 4;
    for (int i = 1; i <= steps; ++i, side /= 2) {
        network->downs.push_back(packer.pair("down" + std::to_string(i) + ".maxpool_conv.0", side, 2));
        network->levels.push_back(network->downs.back().second.size());
    }
    packAudio(*network, packer);
    network->fuse0 = packer.pair("fuse_conv.0", side, 1, 16 * spec.width);
    network->fuse1 = packer.pair("fuse_conv.1", side, 1);
    int below = 8 * spec.width;
    for (int i = 1; i <= steps; ++i) {
        side *= 2;
        const auto name = "up" + std::to_string(i) + ".conv";
        network->ups.push_back(packer.pair(name, side, 1, below, i == steps));
        below = outputsOf(weights, name + ".double_conv.1.conv.7");
    }
    packer.exit(*network, network->ups.back().second.out);
    if (!packer.status())
        return tl::make_unexpected(packer.status().error());
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
