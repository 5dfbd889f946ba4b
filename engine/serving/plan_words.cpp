// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/plan_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace lipsync::serving {

std::vector<std::string> optimizationsOf(const ConcurrencyPlan& plan)
{
    std::vector<std::string> words{"shared_template_store"};
    if (plan.largestBatch() > 1)
        words.push_back(fmt::format("dynamic_batching_up_to_{}", plan.largestBatch()));
    if (plan.workerCount() > 1)
        words.push_back(fmt::format("{}_workers", plan.workerCount()));
    words.push_back(std::string(toString(plan.arithmetic)));
    return words;
}

std::string devicesOf(const ConcurrencyPlan& plan)
{
    std::vector<std::string> devices;
    for (const auto& device : plan.devices)
        devices.push_back(device.workers == 1 ? device.device : fmt::format("{} x {}", device.workers, device.device));
    return fmt::format("{}", fmt::join(devices, ", "));
}

} // namespace lipsync::serving
