// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A TorchScript archive as one of the generators. Inside of the Generator.

#include "nn/checkpoint/torchscript_module.h"
#include "nn/generator_module.h"

#include <filesystem>
#include <mutex>
#include <vector>

namespace lipsync::nn {

/// Runs an archive. What its code keeps between calls is unknown, so each of several threads has a copy of it.
class ScriptGenerator final : public GeneratorModule {
public:
    explicit ScriptGenerator(std::shared_ptr<ScriptModule> script);

    torch::Tensor forward(const torch::Tensor& pictures, const torch::Tensor& windows) override;
    void fold() override { }
    /// Before the first forward.
    void move(torch::Device device, torch::ScalarType type);

private:
    std::shared_ptr<ScriptModule> takeSpare();

    std::mutex m_mutex; ///< guards the next
    std::vector<std::shared_ptr<ScriptModule>> m_spare; ///< copies that no thread runs
    const std::shared_ptr<ScriptModule> m_original; ///< is never run, so that a copy is as it was opened
};

/// Opens the archive of a TorchScript network. InvalidInput when the operator did not agree to run it.
Result<std::shared_ptr<ScriptModule>> openAgreedScript(const std::filesystem::path& file, const GeneratorSpec& spec);
/// The same as a generator.
Result<std::shared_ptr<ScriptGenerator>> openScriptGenerator(const std::filesystem::path& file,
                                                             const GeneratorSpec& spec);

} // namespace lipsync::nn
