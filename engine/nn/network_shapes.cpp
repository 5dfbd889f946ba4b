// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/network_shapes.h"

#include "nn/ave_network.h"
#include "nn/module_weights.h"

namespace lipsync::nn {

namespace {

NetworkShapes shapesOf(const torch::nn::Module& module)
{
    NetworkShapes shapes;
    for (const auto& [name, tensor] : namedTensors(module))
        shapes.emplace(name, tensor.sizes().vec());
    return shapes;
}

} // namespace

NetworkShapes generatorShapes(const GeneratorSpec& spec)
{
    if (spec.kind == GeneratorKind::TorchScript)
        return {};
    const WithoutInitialisation onlyShapesCount;
    return shapesOf(*makeGeneratorModule(spec));
}

const NetworkShapes& audioEncoderShapes()
{
    static const NetworkShapes shapes = [] {
        const WithoutInitialisation onlyShapesCount;
        return shapesOf(AveNetwork());
    }();
    return shapes;
}

} // namespace lipsync::nn
