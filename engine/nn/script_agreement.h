// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>

namespace lipsync::nn {

/// TorchScript archives are program code: only those are run that this user agreed to, each by its content. The list is
/// one user's on one machine; a worker on another machine has its own.

/// Where the list is kept: lipsync-studio/torchscript-agreed in the user's configuration; empty where there is no home.
std::filesystem::path scriptAgreementFile();

/// Remembers that the user agrees to run this archive. Resource when the list cannot be written.
Status agreeToScript(const std::filesystem::path& archive);

/// Whether the user agreed to run exactly this content.
Result<bool> isScriptAgreed(const std::filesystem::path& archive);

} // namespace lipsync::nn
