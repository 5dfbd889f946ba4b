// SPDX-License-Identifier: GPL-3.0-or-later
// Google Benchmark's main(), and --write_network=FOLDER for runtimes/compare_runtimes.py: the network that the executors
// are measured with, an input and what LibTorch makes of it in float32.
#include "base/npy.h"
#include "nn/formula_weights.h"
#include "nn/reference_forward.h"
#include "nn/torch_runtime.h"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <filesystem>
#include <string_view>

namespace {

using namespace lipsync;
using namespace lipsync::nn;

Status writeNetwork(const std::filesystem::path& folder)
{
    const GeneratorSpec spec{GeneratorKind::SyncTalk2D328, AudioMode::Ave};
    const auto side = static_cast<std::size_t>(spec.pictureSize());
    const auto [channels, rows, columns] = spec.audioShape();
    const auto weights = formulaWeights(spec);
    const Tensor image{{1, 6, side, side}, formulaPicture(2 * spec.pictureBytes())};
    const Tensor audio{{1, std::size_t(channels), std::size_t(rows), std::size_t(columns)},
                       formulaFeatures(spec.audioElements())};
    const auto output = referenceForward(spec.name(), &weights, image, audio);
    if (!output)
        return failure(output);
    for (const auto& [name, tensor] :
         {std::pair("image", &image), std::pair("audio", &audio), std::pair("output", &*output)}) {
        if (auto written = writeNpy(folder / (std::string(name) + ".npy"), tensor->shape, tensor->values); !written)
            return written;
    }
    return writeSafetensors(folder / "weights.safetensors", weights);
}

} // namespace

int main(int argc, char** argv)
{
    constexpr std::string_view kWriteNetwork = "--write_network=";
    if (argc == 2 && std::string_view(argv[1]).starts_with(kWriteNetwork)) {
        const auto written = writeNetwork(std::string_view(argv[1]).substr(kWriteNetwork.size()));
        if (!written)
            std::fprintf(stderr, "%s\n", written.error().text().c_str());
        return written ? 0 : 1;
    }
    keepMemoryBlocks();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    benchmark::AddCustomContext("libtorch", torchVersion());
    benchmark::AddCustomContext("processor", processorCapability());
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
