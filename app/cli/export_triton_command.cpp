// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "concurrency_options.h"
#include "options.h"
#include "output.h"

#include "deployment/triton_export.h"
#include "tuning/saved_tuning.h"

#include <memory>

#include <nlohmann/json.hpp>

namespace lipsync::cli {

namespace {

struct ExportTritonRequest {
    std::filesystem::path avatar;
    deployment::TritonExportOptions triton;
    ConcurrencyOptions concurrency;
    bool json = false;
};

nlohmann::ordered_json toJson(const deployment::TritonExport& result, const ConcurrencyPlan& plan, bool isTuned)
{
    return {{"model", result.name},
            {"folder", result.folder.string()},
            {"plan", describe(plan)},
            {"is_tuned", isTuned},
            {"differing_bytes", result.likeness.differing},
            {"largest_difference", result.likeness.largestDifference}};
}

std::string toText(const deployment::TritonExport& result, const ConcurrencyPlan& plan, bool isTuned)
{
    return fmt::format("{}: the model {} for Triton's PyTorch backend, {}{}.\n"
                       "Its pictures are the network's own: {:.4f} % of the bytes differ, by at most {}.\n"
                       "Start 'tritonserver --model-repository={}'; as a worker: --device kserve://HOST:8001/{}\n",
                       result.folder.string(), result.name, describe(plan),
                       isTuned ? ", as tuned for this machine" : "", 100 * result.likeness.differing,
                       result.likeness.largestDifference, result.folder.parent_path().string(), result.name);
}

Status exportTriton(ExportTritonRequest& request)
{
    const auto avatar = avatar::AvatarPackage::open(request.avatar);
    if (!avatar)
        return failure(avatar);
    const auto saved = tuning::savedPlan((*avatar)->manifest().generatorHash());
    const auto plan = planElsewhere(request.concurrency, saved);
    if (!plan)
        return failure(plan);
    request.triton.plan = *plan;
    const auto result = deployment::exportTriton(**avatar, request.triton);
    if (!result)
        return failure(result);
    const bool isTuned = saved && *plan == *saved;
    return request.json ? printJson(toJson(*result, *plan, isTuned)) : printText(toText(*result, *plan, isTuned));
}

} // namespace

void addExportTritonCommand(CommandLine& line)
{
    auto request = std::make_shared<ExportTritonRequest>();
    auto* command = line.app.add_subcommand("export-triton",
                                            "Write an avatar's network as a model for NVIDIA Triton Inference Server");
    command->add_option("avatar", request->avatar, "Avatar folder, NAME.avatar")->type_name("DIR")->required();
    command->add_option("--repository", request->triton.repository, "Triton's model repository; made when missing")
        ->type_name("DIR")
        ->required();
    command->add_option("--name", request->triton.name, "Name of the model; default: the folder's without .avatar")
        ->type_name("NAME");
    command->add_flag("--force", request->triton.replaces, "Replace a model of that name");
    addConcurrencyOptions(*command, request->concurrency);
    addJsonOption(*command, request->json);
    command->footer(
        "The model takes unmasked crops (UINT8, B,G,R) and windows of sound (FP32) and gives mouths (UINT8), in "
        "float32\n"
        "whatever the precision. Instances, batches and waits are those that were tuned for this machine and network,\n"
        "unless options say otherwise; --device cuda:N may name GPUs that only the server has.\n"
        "Examples:\n"
        "  lipsync export-triton anna.avatar --repository models\n"
        "  lipsync export-triton anna.avatar --repository models --device cuda:0 --workers 2 --batch 8 --force");
    command->callback([&line, request] { line.chosen = [request] { return exportTriton(*request); }; });
}

} // namespace lipsync::cli
