// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "scheduling/scenario.h"

#include <string_view>

namespace lipsync::cli {

/// Reads a scenario for `lipsync simulate`: an object with "workers", "loads" and "events" as in scheduling/scenario.h,
/// "batch_sizes", "seconds" and so on. `text` is at most 1 MiB. InvalidInput names the value that cannot be used.
Result<scheduling::Scenario> parseScenario(std::string_view text);

} // namespace lipsync::cli
