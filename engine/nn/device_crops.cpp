// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/device_crops.h"

#include "nn/generator_runner.h"
#include "nn/torch_runtime.h"

namespace lipsync::nn {

Result<std::shared_ptr<DeviceCrops>> placeCrops(std::shared_ptr<const TemplateCrops> crops, const Device& device)
{
    if (!device.cuda)
        return std::make_shared<DeviceCrops>(std::move(crops));
    std::shared_ptr<DeviceCrops> placed;
    const auto made = guarded(fmt::format("Placing the template in the memory of {}", device.name()), [&]() -> Status {
        placed = makeCudaCrops(std::move(crops), device);
        return {};
    });
    if (!made)
        return failure(made);
    return placed;
}

} // namespace lipsync::nn
