// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/network_spec.h"
#include "scheduling/concurrency_plan.h"

#include <string>

namespace lipsync::deployment {

/// What a configuration says of a network.
struct TritonModel {
    std::string name; ///< of the model's folder
    nn::GeneratorSpec spec;
    std::string weightsHash; ///< SHA-256 of the generator's file, by which a client knows it
};

/// Usage when no device of the plan is one that a server computes on itself: "cpu" or "cuda:N".
Status checkTritonPlan(const ConcurrencyPlan& plan);

/// The text of a config.pbtxt for NVIDIA Triton's PyTorch backend: a protobuf ModelConfig in text format, with a group
/// of instances for each device of the plan. Workers of other machines are left out.
std::string tritonConfig(const TritonModel& model, const ConcurrencyPlan& plan);

} // namespace lipsync::deployment
