// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inspection.h"

namespace lipsync::cli {

/// What a weights file is: format, wrapping, network, parameters. Nothing in it is run.
Inspection inspectWeights(const std::filesystem::path& file);

} // namespace lipsync::cli
