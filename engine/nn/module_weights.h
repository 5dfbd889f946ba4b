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

/// The module's weights on the host.
WeightSet extractWeights(const torch::nn::Module& module);

} // namespace lipsync::nn
