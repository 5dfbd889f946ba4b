// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/model_scheduling.h"

#include <cstdlib>
#include <string_view>

#include <open_inference.pb.h>

namespace lipsync::serving {

namespace kserve = ::inference;

void writeScheduling(const ConcurrencyPlan& plan, kserve::ModelConfig& config)
{
    constexpr std::string_view kCuda = "cuda:";
    constexpr double kMicrosecondsOfMs = 1000;
    for (const auto& device : plan.devices) {
        auto& group = *config.add_instance_group();
        group.set_name(device.device);
        group.set_count(device.workers);
        group.set_kind(kserve::ModelInstanceGroup::KIND_CPU);
        if (device.device.starts_with(kCuda)) {
            group.set_kind(kserve::ModelInstanceGroup::KIND_GPU);
            group.add_gpus(std::atoi(device.device.c_str() + kCuda.size()));
        }
    }
    auto& batching = *config.mutable_dynamic_batching();
    // No batch of a preferred size is kept waiting, so a plan that waits prefers its largest one alone.
    for (const int batchSize : plan.batchSizes) {
        if (plan.maxWaitMs == 0 || batchSize == plan.largestBatch())
            batching.add_preferred_batch_size(batchSize);
    }
    batching.set_max_queue_delay_microseconds(static_cast<std::uint64_t>(plan.maxWaitMs * kMicrosecondsOfMs));
    batching.set_priority_levels(2);
    batching.set_default_priority_level(1);
    batching.mutable_default_queue_policy()->set_allow_timeout_override(true);
}

} // namespace lipsync::serving
