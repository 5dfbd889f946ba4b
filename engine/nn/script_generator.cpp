// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/script_generator.h"

#include "nn/script_agreement.h"

namespace lipsync::nn {

ScriptGenerator::ScriptGenerator(std::shared_ptr<ScriptModule> script)
    : m_original(std::move(script))
{
}

torch::Tensor ScriptGenerator::forward(const torch::Tensor& pictures, const torch::Tensor& windows)
{
    auto script = takeSpare();
    auto result = script->forward(pictures, windows);
    std::lock_guard lock(m_mutex);
    m_spare.push_back(std::move(script));
    return result;
}

void ScriptGenerator::move(torch::Device device, torch::ScalarType type)
{
    m_original->to(device, type);
}

std::shared_ptr<ScriptModule> ScriptGenerator::takeSpare()
{
    std::lock_guard lock(m_mutex);
    if (m_spare.empty())
        return m_original->copy();
    auto script = std::move(m_spare.back());
    m_spare.pop_back();
    return script;
}

Result<std::shared_ptr<ScriptModule>> openAgreedScript(const std::filesystem::path& file, const GeneratorSpec& spec)
{
    const auto agreed = isScriptAgreed(file);
    if (!agreed)
        return failure(agreed);
    if (!*agreed) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} is a TorchScript archive: program code that would run with your rights, and you "
                                   "did not agree to that on this machine. If you trust where it comes from, import it "
                                   "with {}.",
                                   file.string(), kScriptConsentOption));
    }
    const auto profile = spec.profile();
    const ScriptInterface interface {
        profile.pictureSize, profile.audioShape, spec.custom&& spec.custom->soundFirst
    };
    return openTorchScript(file, interface, ScriptConsent::Given);
}

Result<std::shared_ptr<ScriptGenerator>> openScriptGenerator(const std::filesystem::path& file,
                                                             const GeneratorSpec& spec)
{
    auto script = openAgreedScript(file, spec);
    if (!script)
        return failure(script);
    return std::make_shared<ScriptGenerator>(std::move(*script));
}

} // namespace lipsync::nn
