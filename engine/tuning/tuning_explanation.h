// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tuning/tuner.h"

#include <string>
#include <vector>

namespace lipsync::tuning {

/// Why the first cell of a result was chosen, in sentences with what was measured. The other cells are sorted.
std::vector<std::string> explain(const TuneResult& result, const TuneOptions& options);

} // namespace lipsync::tuning
