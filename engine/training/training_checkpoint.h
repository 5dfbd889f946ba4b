// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Where a stage of training can be taken up again: weights, optimiser and step in one folder's files.

#include "base/error.h"
#include "nn/torch_compat.h"

#include <filesystem>

namespace lipsync::training {

/// Saves `module`, `optimizer` and `step` as `stage`.checkpoint in `folder`, replacing it when whole.
Status saveCheckpoint(const std::filesystem::path& folder, const std::string& stage, const torch::nn::Module& module,
                      const torch::optim::Optimizer& optimizer, int step);

/// Loads what saveCheckpoint wrote and returns the step; 0 and nothing touched when there is none.
Result<int> loadCheckpoint(const std::filesystem::path& folder, const std::string& stage, torch::nn::Module& module,
                           torch::optim::Optimizer& optimizer);

} // namespace lipsync::training
