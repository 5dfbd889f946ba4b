// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/avatar_package.h"
#include "nn/script_export.h"
#include "scheduling/concurrency_plan.h"

#include <filesystem>
#include <string>

namespace lipsync::deployment {

/// Where an avatar's network goes, and how it shall be run there.
struct TritonExportOptions {
    std::filesystem::path repository; ///< Triton's model repository; made when it is not there
    std::string name; ///< of the model: letters, digits, '.', '_' and '-'; empty: the avatar's folder without ".avatar"
    ConcurrencyPlan plan; ///< instances, batches and waits
    bool replaces = false; ///< a model of that name which is there already
};

struct TritonExport {
    std::string name;
    std::filesystem::path folder; ///< of the model, in the repository
    nn::ExportLikeness likeness; ///< of its pictures to the network's own
};

/// Writes REPOSITORY/NAME with config.pbtxt and 1/model.pt, for NVIDIA Triton's PyTorch backend: the folder appears
/// whole or not at all, after its pictures were compared with the network's own. Every kind of network can be exported;
/// of a TorchScript network its archive becomes a part, so the operator must have agreed to run it. Usage for names,
/// plans and folders that make no sense or hold something else, InvalidInput for an avatar that is not trained, Resource
/// when the repository cannot be written, Internal when the pictures differ.
Result<TritonExport> exportTriton(const avatar::AvatarPackage& avatar, const TritonExportOptions& options);

} // namespace lipsync::deployment
