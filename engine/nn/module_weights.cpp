// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/module_weights.h"

#include <fmt/ranges.h>

namespace lipsync::nn {

namespace {

constexpr std::size_t kNamedProblems = 3;
constexpr const char* kCounter = "num_batches_tracked";

bool isCounter(const std::string& name)
{
    return name.size() >= std::strlen(kCounter) && name.ends_with(kCounter);
}

} // namespace

std::map<std::string, torch::Tensor> namedTensors(const torch::nn::Module& module)
{
    std::map<std::string, torch::Tensor> tensors;
    for (const auto& item : module.named_parameters())
        tensors.emplace(item.key(), item.value());
    for (const auto& item : module.named_buffers()) {
        if (!isCounter(item.key()))
            tensors.emplace(item.key(), item.value());
    }
    return tensors;
}

Status loadWeights(torch::nn::Module& module, const WeightSet& weights, const std::string& networkName)
{
    torch::NoGradGuard noGradient;
    auto tensors = namedTensors(module);
    std::vector<std::string> problems;
    for (auto& [name, tensor] : tensors) {
        const auto found = weights.find(name);
        if (found == weights.end()) {
            problems.push_back(fmt::format("{} is missing", name));
            continue;
        }
        const auto& weight = found->second;
        if (torch::IntArrayRef(weight.shape) != tensor.sizes()) {
            problems.push_back(fmt::format("{} is [{}] instead of [{}]", name, fmt::join(weight.shape, ", "),
                                           fmt::join(tensor.sizes(), ", ")));
            continue;
        }
        tensor.copy_(torch::from_blob(const_cast<float*>(weight.values.data()), tensor.sizes(), torch::kFloat32));
    }
    for (const auto& [name, weight] : weights) {
        if (!tensors.contains(name) && !isCounter(name))
            problems.push_back(fmt::format("{} is not part of it", name));
    }
    if (problems.empty())
        return {};
    const auto count = problems.size();
    if (count > kNamedProblems)
        problems.resize(kNamedProblems);
    return failure(ErrorCode::InvalidInput,
                   fmt::format("The weights do not fit the network {}: {}{}.", networkName, fmt::join(problems, "; "),
                               count > kNamedProblems ? fmt::format("; and {} more", count - kNamedProblems) : ""));
}

WeightSet extractWeights(const torch::nn::Module& module)
{
    WeightSet weights;
    for (const auto& [name, tensor] : namedTensors(module)) {
        const auto host = tensor.detach().to(torch::kCPU, torch::kFloat32).contiguous();
        Weight weight;
        weight.shape = host.sizes().vec();
        weight.values.assign(host.data_ptr<float>(), host.data_ptr<float>() + host.numel());
        weights.emplace(name, std::move(weight));
    }
    return weights;
}

} // namespace lipsync::nn
