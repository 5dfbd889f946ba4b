// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/plain_generator.h"

#include "nn/device.h"
#include "nn/generator_module.h"
#include "nn/module_weights.h"
#include "nn/torch_runtime.h"

#include <algorithm>

namespace lipsync::nn {

struct PlainGenerator::Network {
    GeneratorSpec spec;
    torch::Device place = torch::kCPU;
    int threads = 1;
    std::shared_ptr<GeneratorModule> module;
};

PlainGenerator::PlainGenerator() = default;
PlainGenerator::~PlainGenerator() = default;

Result<std::unique_ptr<PlainGenerator>> PlainGenerator::create(const WeightSet& weights, const GeneratorSpec& spec,
                                                               const std::string& device, int threads)
{
    const auto found = findDevice(device);
    if (!found)
        return failure(found);
    std::unique_ptr<PlainGenerator> plain(new PlainGenerator);
    plain->m_network = std::make_unique<Network>();
    const auto built = guarded("Building the plain generator", [&]() -> Status {
        auto& network = *plain->m_network;
        network.spec = spec;
        network.threads = threads;
        network.place = torch::Device(found->name());
        network.module = makeGeneratorModule(spec);
        if (auto loaded = loadWeights(*network.module, weights, spec.name()); !loaded)
            return loaded;
        network.module->eval();
        network.module->to(network.place);
        return {};
    });
    if (!built)
        return failure(built);
    return plain;
}

Status PlainGenerator::run(std::span<const std::uint8_t> pictures, std::span<const float> windows, int batch,
                           std::span<std::uint8_t> output)
{
    return guarded("Running the plain generator", [&]() -> Status {
        c10::InferenceMode inference;
        auto& network = *m_network;
        useThreads(network.threads);
        const auto profile = network.spec.profile();
        const int size = profile.pictureSize;
        const auto [channels, height, columns] = profile.audioShape;
        const auto [x, y, width, maskHeight] = profile.mask;
        const auto bytes =
            torch::from_blob(const_cast<std::uint8_t*>(pictures.data()), {batch, size, size, 3}, torch::kUInt8);
        const auto picture = bytes.permute({0, 3, 1, 2}).to(torch::kFloat32).contiguous().div_(255);
        auto masked = picture.clone();
        masked.slice(2, y, y + maskHeight).slice(3, x, x + width).zero_();
        const auto window = torch::from_blob(const_cast<float*>(windows.data()), {batch, channels, height, columns});
        const auto pictures = profile.order == PictureOrder::ReferenceFirst ? torch::cat({picture, masked}, 1)
                                                                            : torch::cat({masked, picture}, 1);
        const auto result = network.module->forward(pictures.to(network.place), window.to(network.place)).cpu();
        const auto squares = (result * 255).to(torch::kUInt8).permute({0, 2, 3, 1}).contiguous();
        std::copy_n(squares.data_ptr<std::uint8_t>(), output.size(), output.data());
        return {};
    });
}

} // namespace lipsync::nn
