// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include "avatar/avatar_package.h"

namespace lipsync {

/// An opened avatar in the façade's words.
AvatarInfo describe(const avatar::AvatarPackage& package);

} // namespace lipsync
