// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/audio_encoder.h"

#include "nn/ave_network.h"
#include "nn/direct/audio_encoder_run.h"
#include "nn/module_weights.h"
#include "nn/torch_runtime.h"

#include <algorithm>

namespace lipsync::nn {

namespace {

constexpr std::string_view kPrefix = "audio_encoder.";
constexpr std::string_view kParallelPrefix = "module.";

/// The encoder's tensors under the names of AveNetwork, whatever wrapper they come in.
WeightSet withPrefix(const WeightSet& weights)
{
    WeightSet named;
    for (const auto& [name, weight] : weights) {
        std::string_view bare = name;
        if (bare.starts_with(kParallelPrefix))
            bare.remove_prefix(kParallelPrefix.size());
        if (bare.starts_with(kPrefix))
            bare.remove_prefix(kPrefix.size());
        named.emplace(std::string(kPrefix).append(bare), weight);
    }
    return named;
}

} // namespace

/// Either of them.
struct AudioEncoder::Network {
    std::shared_ptr<AveNetwork> module;
    std::shared_ptr<const direct::AudioEncoderNetwork> direct;
};

AudioEncoder::AudioEncoder(std::shared_ptr<const Network> network, int threads)
    : m_network(std::move(network))
    , m_threads(threads)
    , m_run(m_network->direct ? std::make_unique<direct::AudioEncoderRun>(m_network->direct, threads) : nullptr)
{
}

AudioEncoder::~AudioEncoder() = default;

Result<std::unique_ptr<AudioEncoder>> AudioEncoder::create(const WeightSet& weights, const RunOptions& options)
{
    const auto network = std::make_shared<Network>();
    const auto built = guarded("Building the audio encoder", [&]() -> Status {
        {
            const WithoutInitialisation numbersFollow;
            network->module = std::make_shared<AveNetwork>();
        }
        const auto named = withPrefix(weights);
        if (auto lent = lendWeights(*network->module, named, "ave_audio_encoder"); !lent)
            return lent;
        if (options.executor != Executor::LibTorch && direct::kernelsFloat()) {
            network->module.reset();
            auto packed = direct::AudioEncoderNetwork::create(named);
            if (!packed)
                return failure(packed);
            network->direct = std::move(*packed);
            return {};
        }
        network->module->eval();
        network->module->fold();
        keepWeights(*network->module, named);
        return {};
    });
    if (!built)
        return failure(built);
    return onNetwork(network, options.threadCount());
}

Result<std::unique_ptr<AudioEncoder>> AudioEncoder::onNetwork(std::shared_ptr<const Network> network, int threads)
{
    std::unique_ptr<AudioEncoder> encoder;
    const auto made = guarded("Preparing the audio encoder", [&]() -> Status {
        encoder.reset(new AudioEncoder(std::move(network), threads));
        return {};
    });
    if (!made)
        return failure(made);
    return encoder;
}

Result<std::unique_ptr<AudioEncoder>> AudioEncoder::replica(int threads) const
{
    return onNetwork(m_network, threads);
}

Status AudioEncoder::encode(std::span<const float> windows, int batch, std::span<float> features)
{
    if (batch < 1 || windows.size() != static_cast<std::size_t>(batch) * kMelBands * kMelWindowColumns ||
        features.size() != static_cast<std::size_t>(batch) * kAudioFeatureSize)
        return failure(ErrorCode::Internal, "An audio encoder batch does not have the sizes of its network");
    return guarded("Running the audio encoder", [&]() -> Status {
        if (m_run) {
            m_run->run(windows, batch, features);
            return {};
        }
        c10::InferenceMode inference;
        useThreads(m_threads);
        const auto mel = torch::from_blob(const_cast<float*>(windows.data()), {batch, 1, kMelBands, kMelWindowColumns});
        const auto result = m_network->module->forward(mel).contiguous();
        std::copy_n(result.data_ptr<float>(), features.size(), features.data());
        return {};
    });
}

} // namespace lipsync::nn
