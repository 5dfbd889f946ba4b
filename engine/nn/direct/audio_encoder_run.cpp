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

AudioEncoderRun::AudioEncoderRun(int threads)
    : m_melSize{kBands, kColumns, kBlock}
    , m_team(threads)
{
}

Result<std::unique_ptr<AudioEncoderRun>> AudioEncoderRun::create(const WeightSet& weights, int threads)
{
    std::unique_ptr<AudioEncoderRun> encoder(new AudioEncoderRun(threads));
    MapSize in = encoder->m_melSize;
    std::size_t most[2] = {in.numbers(), 0}, gathered = 0;
    for (const auto& layer : kLayers) {
        const auto number = encoder->m_layers.size();
        const auto name = "audio_encoder." + std::to_string(number) + ".conv_block.";
        const auto folded = fold(weights, name + "0", name + "1");
        if (!folded)
            return failure(folded);
        auto packed =
            packTaps(*folded, {{}, in, {}, layer.side, layer.step, layer.border, layer.addsInput}, *kernelsFloat());
        if (!packed)
            return failure(packed);
        in = packed->out;
        gathered = std::max(gathered, packed->gatheredNumbers());
        most[(number + 1) % 2] = std::max(most[(number + 1) % 2], in.numbers());
        encoder->m_layers.push_back(std::move(*packed));
    }
    encoder->m_even = Buffer(most[0] * sizeof(float));
    encoder->m_odd = Buffer(most[1] * sizeof(float));
    encoder->m_gathered = Buffer(gathered * sizeof(float));
    return encoder;
}

void AudioEncoderRun::run(std::span<const float> mel, std::span<float> feature)
{
    m_team.run([&](int index) { part(index, mel.data()); });
    const auto& last = m_layers.size() % 2 == 0 ? m_even : m_odd;
    std::copy_n(last.as<float>(), feature.size(), feature.data());
}

void AudioEncoderRun::part(int index, const float* mel)
{
    const MatrixRun run(*kernelsFloat(), m_team, index);
    Map in{m_even.as<std::byte>(), m_melSize};
    run.fromPlanes(mel, 1, in);
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        const Map out{(i % 2 == 0 ? m_odd : m_even).as<std::byte>(), m_layers[i].out};
        run.taps(m_layers[i], in, out, m_gathered.as<std::byte>());
        in = out;
    }
}

} // namespace lipsync::nn::direct
