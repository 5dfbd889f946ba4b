// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/template_frames.h"
#include "nn/device_crops.h"
#include "nn/generator.h"
#include "scheduling/concurrency_plan.h"
#include "tuning/mouth_load.h"

#include <memory>
#include <stop_token>
#include <vector>

namespace lipsync::tuning {

/// What the workers of a plan could do if nothing had to be scheduled: as many plain loops over the same network side
/// by side as the plan has workers, each with a worker's threads and arithmetic. One thread at a time.
class BareLoops {
public:
    /// Loads the avatar's generator. Usage when a device of the plan is another machine's.
    static Result<std::unique_ptr<BareLoops>> create(const avatar::AvatarPackage& package,
                                                     const avatar::TemplateFrames& frames,
                                                     std::shared_ptr<const MouthLoad> load,
                                                     const ConcurrencyPlan& plan);

    /// Runs all loops for so long with batches of that size and adds up their frames/s.
    Result<double> run(int batch, double seconds, const std::stop_token& stop);

    /// The allowed size of the plan with the most frames/s, tried for `secondsEach`.
    Result<int> findBestBatch(double secondsEach, const std::stop_token& stop);

    int count() const { return static_cast<int>(m_loops.size()); }

private:
    struct Loop {
        std::unique_ptr<nn::Generator> generator;
        std::shared_ptr<const nn::DeviceCrops> crops;
        std::shared_ptr<std::uint8_t[]> output; ///< of the largest batch
    };

    BareLoops(std::shared_ptr<const MouthLoad> load, std::vector<int> batchSizes);
    Status addLoops(const avatar::AvatarPackage& package, const avatar::TemplateFrames& frames,
                    const DevicePlan& device, const nn::RunOptions& options);
    Status runBatch(Loop& loop, int batch, std::size_t firstMouth) const;

    const std::shared_ptr<const MouthLoad> m_load;
    const std::vector<int> m_batchSizes;
    std::vector<Loop> m_loops;
};

} // namespace lipsync::tuning
