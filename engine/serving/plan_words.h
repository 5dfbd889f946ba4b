// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scheduling/concurrency_plan.h"

#include <string>
#include <vector>

namespace lipsync::serving {

/// What is done to be fast, in the words that statistics show: of the present plan, and only what is true.
std::vector<std::string> optimizationsOf(const ConcurrencyPlan& plan);
/// Devices and workers of a plan, e.g. "2 x cpu".
std::string devicesOf(const ConcurrencyPlan& plan);

} // namespace lipsync::serving
