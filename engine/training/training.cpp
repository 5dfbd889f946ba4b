// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/training.h"

#include "nn/generator.h"
#include "nn/torch_runtime.h"
#include "training/training_stage.h"

namespace lipsync::training {

Status train(const TrainingOptions& options, const std::function<void(const TrainingProgress&)>& progress,
             std::stop_token stop)
{
    auto set = TrainingSet::load(options.dataset);
    if (!set)
        return failure(set);
    if (set->cropSize != options.network.cropSize())
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The dataset's crops have {0}×{0} pixels; {1} needs {2}×{2}.", set->cropSize,
                                   options.network.name(), options.network.cropSize()));
    const auto device = findTrainingDevice(options.device);
    if (!device)
        return failure(device);
    std::error_code error;
    std::filesystem::create_directories(options.output, error);
    if (error)
        return failure(ErrorCode::Resource, fmt::format("The folder {} could not be created.", options.output.string()),
                       error.message());
    return nn::guarded("Training", [&]() -> Status {
        nn::useThreads(nn::RunOptions{nn::Precision::Fp32, options.threads}.threadCount());
        torch::manual_seed(options.seed);
        const TrainingContext context{
            {options.output, options.seed, options.checkpointEvery, *device, progress, stop}, options, *set};
        if (auto encoder = trainAudioEncoder(context); !encoder)
            return encoder;
        return trainGenerator(context);
    });
}

} // namespace lipsync::training
