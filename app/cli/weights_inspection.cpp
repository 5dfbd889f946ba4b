// SPDX-License-Identifier: GPL-3.0-or-later
#include "weights_inspection.h"

#include "nn/audio_encoder.h"
#include "nn/checkpoint/checkpoint.h"
#include "nn/generator.h"
#include "nn/syncnet.h"

#include <fmt/ranges.h>

namespace lipsync::cli {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t kListedTensors = 8;

std::uintmax_t fileBytes(const fs::path& file)
{
    std::error_code error;
    const auto bytes = fs::file_size(file, error);
    return error ? 0 : bytes;
}

/// Running statistics belong to a network but are not learned by gradients, so nobody counts them as parameters.
bool isParameter(std::string_view name)
{
    return !name.ends_with("running_mean") && !name.ends_with("running_var") && !name.ends_with("num_batches_tracked");
}

/// The network that measures lip-sync error; its tensors are called netcnnlip.… and netcnnaud.….
bool isSyncNet(const nn::WeightSet& weights)
{
    const auto first = weights.lower_bound("netcnnlip.");
    return first != weights.end() && first->first.starts_with("netcnnlip.");
}

Status addUnknownNetwork(Json& facts, const nn::WeightSet& weights, const Error& why)
{
    facts["network"] = nullptr;
    Json tensors = Json::object();
    for (const auto& [name, weight] : weights) {
        if (tensors.size() == kListedTensors)
            break;
        tensors[name] = fmt::format("[{}]", fmt::join(weight.shape, ", "));
    }
    facts["first_tensors"] = std::move(tensors);
    return tl::unexpected<Error>(why);
}

/// Which network the weights are of, and whether they are whole: the network itself is built from them.
Status addNetwork(Json& facts, const nn::WeightSet& weights)
{
    if (nn::isAudioEncoder(weights)) {
        facts["network"] = "ave_audio_encoder";
        const auto encoder = nn::AudioEncoder::create(weights);
        return encoder ? Status() : failure(encoder);
    }
    if (isSyncNet(weights)) {
        facts["network"] = "syncnet_v2";
        const auto network = nn::SyncNet::create(weights);
        return network ? Status() : failure(network);
    }
    auto spec = nn::detectGenerator(weights);
    const bool aveOrHubert = !spec && spec.error().code == ErrorCode::Usage;
    if (aveOrHubert)
        spec = nn::detectGenerator(weights, nn::AudioMode::Ave);
    if (!spec)
        return addUnknownNetwork(facts, weights, spec.error());
    facts["network"] = nn::toString(spec->kind);
    // The two feature kinds differ in the size of their windows, not in the weights.
    facts["audio_mode"] = aveOrHubert ? "ave or hubert" : nn::toString(spec->mode);
    facts["network_width"] = spec->width;
    const auto generator = nn::Generator::create(weights, *spec);
    return generator ? Status() : failure(generator);
}

void addOrigin(Json& facts, const nn::Checkpoint& checkpoint)
{
    const auto orNone = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
    std::size_t parameters = 0;
    for (const auto& [name, weight] : checkpoint.weights)
        parameters += isParameter(name) ? weight.values.size() : 0;
    facts["format"] = nn::toString(checkpoint.format);
    facts["wrapper"] = orNone(checkpoint.wrapper);
    facts["prefix"] = orNone(checkpoint.prefix);
    facts["other_dialect"] = checkpoint.mappedDialect;
    facts["number_type"] = orNone(checkpoint.numberType);
    facts["tensors"] = checkpoint.weights.size();
    facts["parameters"] = parameters;
}

} // namespace

Inspection inspectWeights(const fs::path& file)
{
    Inspection found;
    auto& facts = found.facts;
    facts = {{"kind", "weights"}, {"path", file.string()}, {"valid", true}, {"bytes", fileBytes(file)}};
    const auto refuse = [&](Error problem) {
        if (problem.message.find(file.filename().string()) == std::string::npos)
            problem.message = fmt::format("The weights '{}' cannot be used: {}", file.string(), problem.message);
        facts["valid"] = false;
        facts["problem"] = problem.text();
        found.problem = std::move(problem);
    };
    const auto checkpoint = nn::readCheckpoint(file);
    if (!checkpoint) {
        refuse(checkpoint.error());
        return found;
    }
    addOrigin(facts, *checkpoint);
    if (auto whole = addNetwork(facts, checkpoint->weights); !whole)
        refuse(whole.error());
    return found;
}

} // namespace lipsync::cli
