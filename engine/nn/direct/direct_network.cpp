// SPDX-License-Identifier: GPL-3.0-or-later
// Source of the layers: lipsync-models specification, sections 1.1 to 1.4 and 4.3.
#include "nn/direct/direct_network.h"

#include <atomic>

namespace lipsync::nn::direct {

namespace {

constexpr int kSoundSide = 16; ///< of the third audio layer's map, whatever the window

/// Packs layers until one of them does not fit.
class Packer {
public:
    Packer(const WeightSet& weights, const KernelSet& kernels)
        : m_weights(weights)
        , m_kernels(kernels)
    {
    }

    /// `size`: rows and columns of what it expands. `first`: channels of its first input; 0: it has one input.
    InvertedResidual residual(const std::string& name, std::array<int, 2> size, int step, bool addsInput, int first = 0)
    {
        if (!m_status)
            return {};
        const auto shape = m_weights.find(name + ".conv.0.weight");
        const bool known = shape != m_weights.end() && shape->second.shape.size() == 4;
        const int inputs = known ? static_cast<int>(shape->second.shape[1]) : 0;
        auto packed = packResidual(m_weights, name, first == 0 ? inputs : first, m_kernels);
        if (!packed) {
            m_status = failure(packed);
            return {};
        }
        packed->rows = size[0];
        packed->columns = size[1];
        packed->step = step;
        packed->addsInput = addsInput;
        return std::move(*packed);
    }

    ResidualPair pair(const std::string& name, int side, int step, int first = 0)
    {
        ResidualPair packed;
        packed.first = residual(name + ".double_conv.0", {side, side}, step, false, first);
        packed.second = residual(name + ".double_conv.1", {side / step, side / step}, 1, true);
        return packed;
    }

    TapConvolution taps(const std::string& number, const MapSize& in, std::array<int, 2> step, int border)
    {
        const auto folded = fold(m_weights, "audio_model.conv" + number, "audio_model.bn" + number);
        auto packed = folded ? packTaps(*folded, {{}, in, {}, 3, step, border, false}, m_kernels)
                             : Result<TapConvolution>(failure(folded));
        if (packed)
            return std::move(*packed);
        if (m_status)
            m_status = failure(packed);
        return {};
    }

    Pointwise exit(const std::string& name)
    {
        const auto folded = fold(m_weights, name, {});
        if (!folded) {
            if (m_status)
                m_status = failure(folded);
            return {};
        }
        return packPointwise(*folded, folded->inputs, m_kernels);
    }

    const Status& status() const { return m_status; }

private:
    const WeightSet& m_weights;
    const KernelSet& m_kernels;
    Status m_status;
};

void packAudio(DirectNetwork& network, Packer& packer)
{
    const auto& spec = network.spec;
    const auto [channels, height, columns] = spec.audioShape();
    network.window = {height, columns, padded(channels)};
    const bool isClassic = spec.kind == GeneratorKind::UltralightClassic160;
    const bool isWide = spec.mode == AudioMode::Wenet && !isClassic;
    const bool keepsInput = isWide && spec.kind != GeneratorKind::Ultralight160 && 8 * spec.width == channels;
    const std::string name = "audio_model.conv";
    network.audio1 = packer.residual(name + "1", {height, columns}, 1, keepsInput);
    network.audio2 = packer.residual(name + "2", {height, columns}, 1, isWide);
    network.audio3 = packer.taps("3", network.audio2.out(), {height / kSoundSide, columns / kSoundSide}, 1);
    const auto square = [](const MapSize& map) { return std::array{map.rows, map.columns}; };
    network.audio4 = packer.residual(name + "4", square(network.audio3.out), 1, true);
    network.audio5 = packer.taps("5", network.audio4.out(), {2, 2}, 3);
    network.audio6 = packer.residual(name + "6", square(network.audio5.out), 1, true);
    network.audio7 = packer.residual(name + "7", square(network.audio5.out), 1, true);
}

} // namespace

bool DirectNetwork::covers(const GeneratorSpec& spec)
{
    switch (spec.kind) {
    case GeneratorKind::SyncTalk2D328:
    case GeneratorKind::SyncTalk2D160:
    case GeneratorKind::Ultralight160:
    case GeneratorKind::UltralightClassic160:
        return kernelsFloat() != nullptr;
    default:
        return false;
    }
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

    Packer packer(weights, *network->kernels);
    int side = network->profile.pictureSize;
    network->entry = packer.residual("inc.inconv.0", {side, side}, 1, false);
    network->levels.push_back(network->entry.out());
    const int steps = spec.kind == GeneratorKind::SyncTalk2D328 ? 5 : 4;
    for (int i = 1; i <= steps; ++i, side /= 2) {
        network->downs.push_back(packer.pair("down" + std::to_string(i) + ".maxpool_conv.0", side, 2));
        network->levels.push_back(network->downs.back().second.out());
    }
    packAudio(*network, packer);
    const int w = spec.width;
    network->fuse0 = packer.pair("fuse_conv.0", side, 1, 16 * w);
    network->fuse1 = packer.pair("fuse_conv.1", side, 1);
    int below = 8 * w;
    for (int i = 1; i <= steps; ++i) {
        side *= 2;
        network->ups.push_back(packer.pair("up" + std::to_string(i) + ".conv", side, 1, below));
        enlarge(network->ups.back().first);
        const auto last = weights.find("up" + std::to_string(i) + ".conv.double_conv.1.conv.7.weight");
        below = last == weights.end() ? 0 : static_cast<int>(last->second.values.size());
    }
    network->exit = packer.exit("outc.conv");
    if (!packer.status())
        return tl::make_unexpected(packer.status().error());
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
