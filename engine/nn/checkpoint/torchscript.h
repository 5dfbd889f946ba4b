// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <array>
#include <filesystem>
#include <memory>

namespace lipsync::nn {

/// What a TorchScript generator is declared to take and to give: forward(pictures B×6×S×S in [0,1], windows
/// B × audioShape) returns B×3×S×S in [0,1].
struct ScriptInterface {
    int pictureSize = 0; ///< S
    std::array<int, 3> audioShape{}; ///< channels, height, width of one window of sound
    bool soundFirst = false; ///< forward(windows, pictures), as Wav2Lip has it
};

/// Whether the operator agreed to run the archive's code: it can do whatever the operator can.
enum class ScriptConsent { Missing, Given };

/// The option by which an operator agrees; the refusals name it.
inline constexpr const char* kScriptConsentOption = "--allow-torchscript";

/// An opened archive; LibTorch's side of it is in torchscript_module.h.
struct ScriptModule;

/// Opens a TorchScript archive and runs it once on black pictures and silence, to see that it keeps the interface.
/// Usage without consent, before anything of the file is loaded; InvalidInput when it is no archive or has another
/// interface. The parameters alone are read by readCheckpoint(), which runs nothing and needs no consent.
Result<std::shared_ptr<ScriptModule>> openTorchScript(const std::filesystem::path& file,
                                                      const ScriptInterface& interface, ScriptConsent consent);

} // namespace lipsync::nn
