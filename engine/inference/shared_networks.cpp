// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/shared_networks.h"

#include <thread>

namespace lipsync::inference {

SharedNetworks::SharedNetworks()
    : m_processor(static_cast<int>(std::thread::hardware_concurrency()))
{
}

template <typename Shared>
std::shared_ptr<SharedNetworks::Place<Shared>>
SharedNetworks::placeOf(std::map<Key, std::shared_ptr<Place<Shared>>>& places, Key key,
                        const std::shared_ptr<const Model>& model)
{
    std::lock_guard lock(m_mutex);
    std::erase_if(places, [](const auto& entry) { return entry.second->model.expired(); });
    auto& place = places[std::move(key)];
    if (!place) {
        place = std::make_shared<Place<Shared>>();
        place->model = model;
    }
    return place;
}

Result<std::shared_ptr<const SharedNetwork>> SharedNetworks::find(const std::shared_ptr<const Model>& model,
                                                                  const nn::RunOptions& options)
{
    const auto device = nn::findDevice(options.device);
    if (!device)
        return failure(device);
    const Key key{model.get(), device->name(), nn::usablePrecision(options.precision, *device),
                  nn::usableExecutor(model->spec, options)};
    const auto place = placeOf(m_networks, key, model);
    std::lock_guard lock(place->loading);
    if (auto shared = place->shared.lock())
        return shared;

    auto crops = findCrops(model, *device);
    if (!crops)
        return failure(crops);
    auto generator = nn::Generator::load(model->weightsFile, model->spec, options);
    if (!generator)
        return failure(generator);
    auto made = std::make_shared<const SharedNetwork>(SharedNetwork{std::move(*generator), std::move(*crops)});
    place->shared = made;
    return made;
}

Result<std::shared_ptr<const nn::DeviceCrops>> SharedNetworks::findCrops(const std::shared_ptr<const Model>& model,
                                                                         const nn::Device& device)
{
    if (!model->crops)
        return failure(ErrorCode::Internal, fmt::format("The model {} has no crops.", model->name));
    const auto place = placeOf(m_crops, {model.get(), device.name()}, model);
    std::lock_guard lock(place->loading);
    if (auto shared = place->shared.lock())
        return shared;
    auto placed = nn::placeCrops(model->crops, device);
    if (!placed)
        return failure(placed);
    place->shared = *placed;
    return *placed;
}

} // namespace lipsync::inference
