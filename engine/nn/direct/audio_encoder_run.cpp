// SPDX-License-Identifier: GPL-3.0-or-later
// Source of the layers: lipsync-models specification, section 1.8.
#include "nn/direct/audio_encoder_run.h"

#include <algorithm>

namespace lipsync::nn::direct {

namespace {

struct AveLayer {
    int side;
    std::array<int, 2> step;
    int border;
    bool addsInput;
};

constexpr AveLayer kLayers[] = {
    {3, {1, 1}, 1, false}, {3, {1, 1}, 1, true},  {3, {1, 1}, 1, true},  {3, {3, 1}, 1, false}, {3, {1, 1}, 1, true},
    {3, {1, 1}, 1, true},  {3, {3, 3}, 1, false}, {3, {1, 1}, 1, true},  {3, {1, 1}, 1, true},  {3, {3, 2}, 1, false},
    {3, {1, 1}, 1, true},  {3, {1, 1}, 0, false}, {1, {1, 1}, 0, false},
};
constexpr int kBands = 80, kColumns = 16;

} // namespace

MapSize AudioEncoderNetwork::melSize()
{
    return {kBands, kColumns, kBlock};
}

Result<std::shared_ptr<const AudioEncoderNetwork>> AudioEncoderNetwork::create(const WeightSet& weights)
{
    std::shared_ptr<AudioEncoderNetwork> network(new AudioEncoderNetwork);
    MapSize in = melSize();
    for (const auto& layer : kLayers) {
        const auto name = "audio_encoder." + std::to_string(network->m_layers.size()) + ".conv_block.";
        const auto folded = fold(weights, name + "0", name + "1");
        if (!folded)
            return failure(folded);
        auto packed =
            packTaps(*folded, {{}, in, {}, layer.side, layer.step, layer.border, layer.addsInput}, *kernelsFloat());
        if (!packed)
            return failure(packed);
        in = packed->out;
        network->m_layers.push_back(std::move(*packed));
    }
    return network;
}

AudioEncoderRun::AudioEncoderRun(std::shared_ptr<const AudioEncoderNetwork> network, int threads)
    : m_network(std::move(network))
    , m_team(threads)
{
}

void AudioEncoderRun::makeRoom(int windows)
{
    if (windows <= m_room)
        return;
    const auto& layers = m_network->layers();
    std::size_t most[2] = {AudioEncoderNetwork::melSize().numbers(), 0}, gathered = 0;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        auto& out = most[(i + 1) % 2];
        out = std::max(out, layers[i].out.numbers());
        gathered = std::max(gathered, layers[i].gatheredNumbers());
    }
    const std::size_t bytes = windows * sizeof(float);
    m_even = Buffer(most[0] * bytes);
    m_odd = Buffer(most[1] * bytes);
    m_gathered = Buffer(gathered * bytes);
    m_room = windows;
}

void AudioEncoderRun::run(std::span<const float> mel, int windows, std::span<float> features)
{
    const std::size_t heard = std::size_t{kBands} * kColumns, feature = features.size() / windows;
    const auto& last = m_network->layers().size() % 2 == 0 ? m_even : m_odd;
    for (int from = 0; from < windows; from += kMostWindows) {
        const int together = std::min(kMostWindows, windows - from);
        makeRoom(together);
        m_team.run([&](int index) { part(index, mel.data() + from * heard, together); });
        std::copy_n(last.as<float>(), together * feature, features.data() + from * feature);
    }
}

void AudioEncoderRun::part(int index, const float* mel, int windows)
{
    const MatrixRun run(*kernelsFloat(), m_team, index);
    Map in{m_even.as<std::byte>(), AudioEncoderNetwork::melSize()};
    run.fromPlanes(mel, 1, in, windows);
    const auto& layers = m_network->layers();
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const Map out{(i % 2 == 0 ? m_odd : m_even).as<std::byte>(), layers[i].out};
        run.taps(layers[i], in, out, m_gathered.as<std::byte>(), windows);
        in = out;
    }
}

} // namespace lipsync::nn::direct
