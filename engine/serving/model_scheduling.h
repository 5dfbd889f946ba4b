// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scheduling/concurrency_plan.h"

namespace inference {
class ModelConfig;
}

namespace lipsync::serving {

/// Writes a plan in the words of a model's configuration: a group of instances for each device, preferred batch sizes,
/// how long a batch waits to be filled, and two priorities, of which 1 is that of live frames.
void writeScheduling(const ConcurrencyPlan& plan, ::inference::ModelConfig& config);

} // namespace lipsync::serving
