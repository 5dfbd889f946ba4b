// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Between LibTorch modules and host weights.

#include "nn/torch_compat.h"
#include "nn/weight_set.h"

namespace lipsync::nn {

/// Parameters and buffers of a module by name, without `num_batches_tracked`.
std::map<std::string, torch::Tensor> namedTensors(const torch::nn::Module& module);

/// Copies `weights` into the module by name. InvalidInput lists missing, extra and misshapen tensors, the first few.
Status loadWeights(torch::nn::Module& module, const WeightSet& weights, const std::string& networkName);

/// The same without copying, as far as the module's tensors can lie where `weights` has them: they must outlive the
/// module's use of them, until it was folded and keepWeights() was called. The module must not be trained.
Status lendWeights(torch::nn::Module& module, const WeightSet& weights, const std::string& networkName);

/// Makes the module's tensors its own, ready for inference on `device` in `type`: what still lies in `weights` is copied,
/// and convolutions become channels-last.
void keepWeights(torch::nn::Module& module, const WeightSet& weights, torch::Device device = torch::kCPU,
                 torch::ScalarType type = torch::kFloat32);

/// The module's weights on the host.
WeightSet extractWeights(const torch::nn::Module& module);

} // namespace lipsync::nn
