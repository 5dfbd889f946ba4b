// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>

#include <CLI/App.hpp>

namespace lipsync::cli {

/// The avatar that comes with the program: installed beside it, or where it was built. Empty when it is not there.
std::filesystem::path demoAvatar();

/// --avatar DIR; the demo avatar when it is not given.
void addDemoAvatarOption(CLI::App& command, std::filesystem::path& avatar);
/// The chosen avatar, or the demo avatar. Usage when there is neither.
Result<std::filesystem::path> chosenAvatar(const std::filesystem::path& avatar);

} // namespace lipsync::cli
