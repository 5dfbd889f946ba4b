// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/checkpoint/torchscript_module.h"

#include "nn/torch_runtime.h"
#include "nn/weight_set.h"

#include <fmt/ranges.h>

namespace lipsync::nn {

namespace {

constexpr int kLargestPicture = 4096;
constexpr int kLargestAudioSide = 65536;
constexpr int kTrialBatch = 2; ///< one would not show an archive that was traced for a single picture

Error refusal(const std::filesystem::path& file, std::string why, std::string cause = {})
{
    return {ErrorCode::InvalidInput, fmt::format("The TorchScript archive {} cannot be used: {}", file.string(), why),
            std::move(cause)};
}

bool isSane(const ScriptInterface& interface)
{
    const auto sane = [](int side) { return side >= 1 && side <= kLargestAudioSide; };
    return interface.pictureSize >= 1 && interface.pictureSize <= kLargestPicture &&
        std::all_of(interface.audioShape.begin(), interface.audioShape.end(), sane);
}

/// forward(self, Tensor, Tensor) -> Tensor; further arguments need defaults.
bool takesTwoTensors(const torch::jit::Module& module)
{
    const auto method = module.find_method("forward");
    if (!method)
        return false;
    const auto& arguments = method->function().getSchema().arguments();
    const auto& results = method->function().getSchema().returns();
    constexpr std::size_t kSelfAndTwo = 3;
    if (arguments.size() < kSelfAndTwo || results.size() != 1)
        return false;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const bool tensor = arguments[i].type()->isSubtypeOf(*torch::TensorType::get());
        if (i < kSelfAndTwo ? !tensor : !arguments[i].default_value().has_value())
            return false;
    }
    return true;
}

std::string schemaText(const torch::jit::Module& module)
{
    const auto method = module.find_method("forward");
    if (!method)
        return "no forward at all";
    std::vector<std::string> types;
    for (const auto& argument : method->function().getSchema().arguments()) {
        if (argument.name() != "self")
            types.push_back(argument.type()->str());
    }
    return fmt::format("forward({})", fmt::join(types, ", "));
}

/// The trial: what the archive makes of black pictures and silence.
Status runOnce(const std::filesystem::path& file, ScriptModule& script)
{
    const auto& [size, audio, soundFirst] = script.interface;
    const auto result = script.forward(torch::zeros({kTrialBatch, kInputChannels, size, size}),
                                       torch::zeros({kTrialBatch, audio[0], audio[1], audio[2]}));
    const std::vector<std::int64_t> expected{kTrialBatch, kPictureChannels, size, size};
    if (result.sizes() != expected) {
        return tl::unexpected(
            refusal(file,
                    fmt::format("it makes [{}] of {} pictures where a generator makes [{}].",
                                fmt::join(result.sizes(), ", "), kTrialBatch, fmt::join(expected, ", "))));
    }
    const auto numbers = result.to(torch::kFloat32);
    if (!numbers.ge(0).logical_and(numbers.le(1)).all().item<bool>())
        return tl::unexpected(refusal(file, "its pictures have values outside of 0 to 1."));
    return {};
}

} // namespace

torch::Tensor ScriptModule::forward(const torch::Tensor& pictures, const torch::Tensor& windows)
{
    std::vector<torch::IValue> inputs{pictures, windows};
    if (interface.soundFirst)
        std::swap(inputs[0], inputs[1]);
    return module.forward(std::move(inputs)).toTensor();
}

void ScriptModule::to(torch::Device device, torch::ScalarType type)
{
    module.to(device, type);
}

std::shared_ptr<ScriptModule> ScriptModule::copy() const
{
    return std::make_shared<ScriptModule>(ScriptModule{module.deepcopy(), interface});
}

Result<std::shared_ptr<ScriptModule>> openTorchScript(const std::filesystem::path& file,
                                                      const ScriptInterface& interface, ScriptConsent consent)
{
    if (consent != ScriptConsent::Given) {
        return failure(ErrorCode::Usage,
                       fmt::format("{} is a TorchScript archive: program code that would run with your rights. If you "
                                   "trust where it comes from, say so with {}.",
                                   file.string(), kScriptConsentOption));
    }
    if (!isSane(interface))
        return failure(ErrorCode::Usage, "The sizes declared for the TorchScript generator make no sense.");
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error))
        return failure(ErrorCode::InvalidInput,
                       fmt::format("There is no file {}. Check its name and folder.", file.string()));
    if (std::filesystem::file_size(file, error) > kMaxWeightFileBytes)
        return tl::unexpected(refusal(file, "it is larger than any generator."));

    auto script = std::make_shared<ScriptModule>();
    script->interface = interface;
    const auto opened = guarded("Opening the TorchScript archive", [&]() -> Status {
        c10::InferenceMode inference;
        script->module = torch::jit::load(file.string(), torch::kCPU);
        script->module.eval();
        if (!takesTwoTensors(script->module)) {
            return tl::unexpected(refusal(
                file, fmt::format("it has {} instead of forward(pictures, windows).", schemaText(script->module))));
        }
        return runOnce(file, *script);
    });
    if (opened)
        return script;
    if (opened.error().code == ErrorCode::Internal) // whatever LibTorch says of the archive is the archive's fault
        return tl::unexpected(
            refusal(file, "it does not load, or does not take what its interface declares.", opened.error().cause));
    return failure(opened);
}

} // namespace lipsync::nn
