// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>
#include <optional>

#include <nlohmann/json.hpp>

namespace lipsync::cli {

/// What a path was found to be, and what keeps it from being used.
struct Inspection {
    nlohmann::ordered_json facts; ///< `kind` is avatar, weights, video or voice; `valid` says whether it can be used
    std::optional<Error> problem; ///< when it cannot
};

/// Tells by content what `path` is: an avatar folder, a weights file, a video or a voice. InvalidInput when it is none.
Result<Inspection> inspect(const std::filesystem::path& path);

} // namespace lipsync::cli
