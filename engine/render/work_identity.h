// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "render/render_job.h"

#include <string>

namespace lipsync::render {

/// What a render's frames depend on, as text: content of avatar, voice and features, settings and encoders. Two runs
/// with the same identity make the same frames. InvalidInput when an input cannot be read.
Result<std::string> workIdentity(const RenderRequest& request);

/// Tells the operator why work is begun anew.
std::string changeNote(const std::string& former, const std::string& present);

} // namespace lipsync::render
