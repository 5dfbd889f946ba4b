// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/generator.h"

#include "nn/module_weights.h"
#include "nn/synctalk2d.h"
#include "nn/torch_runtime.h"

#include <algorithm>
#include <thread>

namespace lipsync::nn {

namespace {

/// Byte to network value: b / 255 in float32, as the original computes it.
const std::array<float, 256>& unitValues()
{
    static const auto table = [] {
        std::array<float, 256> values;
        for (int i = 0; i < 256; ++i)
            values[i] = static_cast<float>(i) / 255.0f;
        return values;
    }();
    return table;
}

/// Six interleaved channels a pixel: the picture, and the picture under the black mask rectangle.
void fillPictures(std::span<const std::uint8_t> pictures, const GeneratorSpec& spec, int batch, float* out)
{
    const auto& unit = unitValues();
    const auto [maskX, maskY, maskWidth, maskHeight] = mouthMask(spec.kind);
    const int size = spec.pictureSize();
    const std::uint8_t* in = pictures.data();
    for (int b = 0; b < batch; ++b) {
        for (int y = 0; y < size; ++y) {
            const bool rowMasked = y >= maskY && y < maskY + maskHeight;
            for (int x = 0; x < size; ++x, in += 3, out += 6) {
                const bool masked = rowMasked && x >= maskX && x < maskX + maskWidth;
                for (int c = 0; c < 3; ++c) {
                    out[c] = unit[in[c]];
                    out[3 + c] = masked ? 0.0f : out[c];
                }
            }
        }
    }
}

} // namespace

struct Generator::Network {
    GeneratorSpec spec;
    RunOptions options;
    torch::ScalarType type = torch::kFloat32;
    std::shared_ptr<SyncTalk2D> module;
};

int RunOptions::threadCount() const
{
    return threads > 0 ? threads : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

Generator::Generator() = default;
Generator::~Generator() = default;

Result<std::unique_ptr<Generator>> Generator::create(const WeightSet& weights, const GeneratorSpec& spec,
                                                     const RunOptions& options)
{
    std::unique_ptr<Generator> generator(new Generator);
    generator->m_network = std::make_unique<Network>();
    auto& network = *generator->m_network;
    const auto built = guarded("Building the generator", [&]() -> Status {
        network.spec = spec;
        network.options = options;
        network.module = std::make_shared<SyncTalk2D>(spec);
        if (auto loaded = loadWeights(*network.module, weights, spec.name()); !loaded)
            return loaded;
        network.module->eval();
        network.module->fold();
        if (options.precision == Precision::Bf16 && hasFastBf16())
            network.type = torch::kBFloat16;
        network.module->to(network.type);
        torch::NoGradGuard noGradient;
        for (auto& parameter : network.module->parameters()) {
            if (parameter.dim() == 4)
                parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
        }
        return {};
    });
    if (!built)
        return failure(built);
    return generator;
}

const GeneratorSpec& Generator::spec() const
{
    return m_network->spec;
}

Status Generator::run(std::span<const std::uint8_t> pictures, std::span<const float> windows, int batch,
                      std::span<std::uint8_t> output)
{
    auto& network = *m_network;
    const auto& spec = network.spec;
    const auto bytes = spec.pictureBytes() * static_cast<std::size_t>(batch);
    if (batch < 1 || pictures.size() != bytes || output.size() != bytes ||
        windows.size() != spec.audioElements() * static_cast<std::size_t>(batch))
        return failure(ErrorCode::Internal, "A generator batch does not have the sizes of its network");

    return guarded("Running the generator", [&]() -> Status {
        c10::InferenceMode inference;
        useThreads(network.options.threadCount());
        const int size = spec.pictureSize();
        const auto [channels, height, columns] = spec.audioShape();

        auto input = torch::empty({batch, 6, size, size}, torch::TensorOptions().dtype(torch::kFloat32),
                                  torch::MemoryFormat::ChannelsLast);
        fillPictures(pictures, spec, batch, input.data_ptr<float>());
        auto window = torch::from_blob(const_cast<float*>(windows.data()), {batch, channels, height, columns});

        const auto result =
            network.module
                ->forward(input.to(network.type), window.to(network.type).contiguous(torch::MemoryFormat::ChannelsLast))
                .to(torch::kFloat32)
                .contiguous(torch::MemoryFormat::ChannelsLast);
        const float* values = result.data_ptr<float>();
        for (std::size_t i = 0; i < bytes; ++i)
            output[i] = static_cast<std::uint8_t>(values[i] * 255.0f);
        return {};
    });
}

} // namespace lipsync::nn
