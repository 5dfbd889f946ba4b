// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/compute_slots.h"
#include "inference/model.h"
#include "nn/generator.h"

#include <compare>

namespace lipsync::inference {

/// What the workers of one device and precision share of a model. Immutable; kept alive by its workers.
struct SharedNetwork {
    std::unique_ptr<const nn::Generator> generator; ///< is never run: each worker runs a replica
    std::shared_ptr<const nn::DeviceCrops> crops;
};

/// The networks in use in this process: each model once a device, precision and executor, its crops once a device, for as long
/// as a worker holds them. Owned by whoever makes the workers. Any thread.
class SharedNetworks {
public:
    SharedNetworks();

    /// Turns on the processor, which all its workers share.
    ComputeSlots& processor() { return m_processor; }

    /// The model's network on that device, loaded from its file when no worker has it yet; others that want the same
    /// wait for it. Needs options.device, options.precision and options.executor.
    Result<std::shared_ptr<const SharedNetwork>> find(const std::shared_ptr<const Model>& model,
                                                      const nn::RunOptions& options);

private:
    struct Key {
        const Model* model = nullptr;
        std::string device;
        nn::Precision precision = nn::Precision::Fp32;
        nn::Executor executor = nn::Executor::LibTorch; ///< of networks
        auto operator<=>(const Key&) const = default;
    };
    /// Known by the address of a model that its owner keeps: another model is never there at the same time.
    template <typename Shared> struct Place {
        std::mutex loading;
        std::weak_ptr<Shared> shared;
        std::weak_ptr<const Model> model;
    };

    Result<std::shared_ptr<const nn::DeviceCrops>> findCrops(const std::shared_ptr<const Model>& model,
                                                             const nn::Device& device);
    template <typename Shared>
    std::shared_ptr<Place<Shared>> placeOf(std::map<Key, std::shared_ptr<Place<Shared>>>& places, Key key,
                                           const std::shared_ptr<const Model>& model);

    ComputeSlots m_processor;
    std::mutex m_mutex; ///< guards the two maps; not held while loading
    std::map<Key, std::shared_ptr<Place<const SharedNetwork>>> m_networks;
    std::map<Key, std::shared_ptr<Place<const nn::DeviceCrops>>> m_crops;
};

} // namespace lipsync::inference
