// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/module_weights.h"

#include <set>
#include <utility>

#include <fmt/ranges.h>

namespace lipsync::nn {

namespace {

constexpr std::size_t kNamedProblems = 3;
constexpr const char* kCounter = "num_batches_tracked";

bool isCounter(const std::string& name)
{
    return name.size() >= std::strlen(kCounter) && name.ends_with(kCounter);
}

torch::Tensor tensorOn(const Weight& weight)
{
    return torch::from_blob(const_cast<float*>(weight.values.data()), weight.shape, torch::kFloat32);
}

/// Calls use(tensor, weight) for every tensor of the module, when each has its weight and each weight its tensor.
template <typename Use>
Status eachTensor(const torch::nn::Module& module, const WeightSet& weights, const std::string& networkName,
                  const Use& use)
{
    auto tensors = namedTensors(module);
    std::vector<std::string> problems;
    for (auto& [name, tensor] : tensors) {
        const auto found = weights.find(name);
        if (found == weights.end())
            problems.push_back(fmt::format("{} is missing", name));
        else if (torch::IntArrayRef(found->second.shape) != tensor.sizes())
            problems.push_back(fmt::format("{} is [{}] instead of [{}]", name, fmt::join(found->second.shape, ", "),
                                           fmt::join(tensor.sizes(), ", ")));
        else
            use(tensor, found->second);
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
    return eachTensor(module, weights, networkName,
                      [](torch::Tensor& tensor, const Weight& weight) { tensor.copy_(tensorOn(weight)); });
}

Status lendWeights(torch::nn::Module& module, const WeightSet& weights, const std::string& networkName)
{
    torch::NoGradGuard noGradient;
    return eachTensor(module, weights, networkName,
                      [](torch::Tensor& tensor, const Weight& weight) { tensor.set_data(tensorOn(weight)); });
}

void keepWeights(torch::nn::Module& module, const WeightSet& weights, torch::Device device, torch::ScalarType type)
{
    torch::NoGradGuard noGradient;
    std::set<const void*> lent;
    for (const auto& [name, weight] : weights)
        lent.insert(std::as_const(weight.values).data());
    const auto keep = [&](torch::Tensor& tensor) {
        if (!tensor.is_floating_point())
            return;
        auto kept = tensor.to(device, type);
        if (kept.dim() == 4)
            kept = kept.contiguous(torch::MemoryFormat::ChannelsLast);
        if (lent.contains(kept.data_ptr()))
            kept = kept.clone();
        tensor.set_data(kept);
    };
    for (auto& parameter : module.parameters())
        keep(parameter);
    for (auto& buffer : module.buffers())
        keep(buffer);
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
