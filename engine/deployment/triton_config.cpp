// SPDX-License-Identifier: GPL-3.0-or-later
#include "deployment/triton_config.h"

#include "inference/kserve_model.h"
#include "nn/script_export.h"
#include "serving/model_scheduling.h"

#include <algorithm>

#include <google/protobuf/text_format.h>
#include <open_inference.pb.h>

namespace lipsync::deployment {

namespace {

namespace kserve = ::inference;

constexpr const char* kProcessor = "cpu";

bool isLocal(const DevicePlan& device)
{
    return device.device == kProcessor || device.device.starts_with("cuda:");
}

ConcurrencyPlan localPart(ConcurrencyPlan plan)
{
    std::erase_if(plan.devices, [](const DevicePlan& device) { return !isLocal(device); });
    return plan;
}

bool computesOnProcessor(const ConcurrencyPlan& plan)
{
    return std::ranges::any_of(plan.devices, [](const DevicePlan& device) { return device.device == kProcessor; });
}

template <typename Tensor>
void describe(Tensor& tensor, const char* name, kserve::DataType type, std::initializer_list<int> sides)
{
    tensor.set_name(name);
    tensor.set_data_type(type);
    for (const int side : sides)
        tensor.add_dims(side);
}

/// Parameters of Triton's PyTorch backend, and ours.
void writeParameters(const TritonModel& model, const ConcurrencyPlan& plan, kserve::ModelConfig& config)
{
    auto& parameters = *config.mutable_parameters();
    const auto set = [&](const char* name, const std::string& value) { parameters[name].set_string_value(value); };
    set(inference::kWeightsParameter, model.weightsHash);
    set("INFERENCE_MODE", "true");
    // Everything that can be folded is folded; what is left to optimise would be done anew for every batch size, in
    // somebody's first request.
    set("DISABLE_OPTIMIZED_EXECUTION", "true");
    // What a network of somebody's own keeps between calls is unknown.
    if (model.spec.kind != nn::GeneratorKind::TorchScript)
        set("ENABLE_WEIGHT_SHARING", "true");
    if (computesOnProcessor(plan))
        set("INTRA_OP_THREAD_COUNT", std::to_string(plan.threadsPerWorker));
}

} // namespace

Status checkTritonPlan(const ConcurrencyPlan& plan)
{
    if (auto sound = checkPlan(plan); !sound)
        return sound;
    if (localPart(plan).devices.empty())
        return failure(ErrorCode::Usage,
                       "The plan has workers of other machines only; a server computes itself: choose cpu or cuda:N.");
    return {};
}

std::string tritonConfig(const TritonModel& model, const ConcurrencyPlan& plan)
{
    const auto local = localPart(plan);
    const int side = model.spec.pictureSize();
    const auto [channels, height, columns] = model.spec.audioShape();
    kserve::ModelConfig config;
    config.set_name(model.name);
    config.set_platform("pytorch_libtorch");
    config.set_backend("pytorch");
    config.set_max_batch_size(plan.largestBatch());
    describe(*config.add_input(), nn::kExportedPicture, kserve::TYPE_UINT8, {side, side, 3});
    describe(*config.add_input(), nn::kExportedWindow, kserve::TYPE_FP32, {channels, height, columns});
    describe(*config.add_output(), nn::kExportedMouth, kserve::TYPE_UINT8, {side, side, 3});
    serving::writeScheduling(local, config);
    writeParameters(model, local, config);
    std::string text;
    google::protobuf::TextFormat::PrintToString(config, &text);
    return fmt::format(
        "# {} as lipsync {} exported it: unmasked crops (B,G,R) and windows of sound in, mouths out.\n{}",
        model.spec.name(), LIPSYNC_VERSION, text);
}

} // namespace lipsync::deployment
