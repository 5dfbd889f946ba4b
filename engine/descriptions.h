// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include "avatar/avatar_package.h"

namespace lipsync {

/// An opened avatar in the façade's words.
AvatarInfo describe(const avatar::AvatarPackage& package);

/// What a file or folder is, by its content: see Engine::describeFile().
FileDescription describeFile(const std::filesystem::path& path);

} // namespace lipsync
