// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/training.h"

#include "nn/generator.h"
#include "nn/torch_runtime.h"
#include "training/training_checkpoint.h"
#include "training/training_stage.h"

#include <chrono>
#include <cmath>

namespace lipsync::training {

namespace {

constexpr int kWarmUpSteps = 100;
constexpr double kFinalRate = 0.02;
constexpr double kRunningMeanShare = 0.02;

double learningRate(const TrainingStage& stage, int step)
{
    if (step < kWarmUpSteps)
        return stage.rate * (step + 1) / kWarmUpSteps;
    const double done = static_cast<double>(step - kWarmUpSteps) / std::max(1, stage.steps - kWarmUpSteps);
    return stage.rate * (kFinalRate + (1 - kFinalRate) * 0.5 * (1 + std::cos(done * 3.14159265358979)));
}

/// The device of that name, if LibTorch can compute on it here.
Result<torch::Device> findDevice(const std::string& name)
{
    try {
        const torch::Device device(name);
        if (device.is_cpu())
            return device;
        if (!device.is_cuda())
            return failure(ErrorCode::Usage, fmt::format("Training runs on cpu, cuda or cuda:N, not on {}.", name));
        if (device.has_index() ? device.index() < static_cast<int>(torch::cuda::device_count())
                               : torch::cuda::is_available())
            return device;
    } catch (const c10::Error&) {
        return failure(ErrorCode::Usage,
                       fmt::format("There is no device named {}; there are cpu, cuda and cuda:N.", name));
    }
    return failure(ErrorCode::Resource,
                   fmt::format("The device {} cannot be used: this machine or this build of LibTorch has no such "
                               "GPU. Train on cpu, or build with packaging/run --torch cuda.",
                               name));
}

} // namespace

Status runStage(const TrainingContext& context, TrainingStage& stage)
{
    const auto& options = context.options;
    stage.module->to(context.device);
    torch::optim::Adam optimizer(stage.module->parameters(), torch::optim::AdamOptions(stage.rate));
    const auto resumed = loadCheckpoint(options.output, stage.name, *stage.module, optimizer);
    if (!resumed)
        return failure(resumed);

    double mean = -1;
    const auto started = std::chrono::steady_clock::now();
    for (int step = *resumed; step < stage.steps; ++step) {
        if (context.stop.stop_requested()) {
            if (auto saved = saveCheckpoint(options.output, stage.name, *stage.module, optimizer, step); !saved)
                return saved;
            return failure(ErrorCode::Interrupted,
                           fmt::format("Training stopped at step {} of {} of the {}; run it again to go on.", step,
                                       stage.steps, stage.name));
        }
        for (auto& group : optimizer.param_groups())
            static_cast<torch::optim::AdamOptions&>(group.options()).lr(learningRate(stage, step));

        std::seed_seq seed{options.seed, static_cast<std::uint64_t>(step), std::uint64_t{stage.name.size()}};
        std::mt19937 random(seed);
        stage.module->train();
        optimizer.zero_grad();
        auto loss = stage.loss(random);
        loss.backward();
        optimizer.step();
        const double value = loss.item<double>();
        if (!std::isfinite(value))
            return failure(ErrorCode::Internal,
                           fmt::format("Training of the {} diverged at step {}.", stage.name, step));
        mean = mean < 0 ? value : mean + kRunningMeanShare * (value - mean);

        const int done = step + 1;
        TrainingProgress progress{stage.name, done, stage.steps, mean, -1, {}, 0};
        progress.secondsPerStep =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count() / (done - *resumed);
        if (done % stage.validateEvery == 0 || done == stage.steps) {
            stage.module->eval();
            torch::NoGradGuard noGradient;
            std::tie(progress.validation, progress.validationNote) = stage.validate(done);
        }
        context.progress(progress);
        if (done % options.checkpointEvery == 0 || done == stage.steps) {
            if (auto saved = saveCheckpoint(options.output, stage.name, *stage.module, optimizer, done); !saved)
                return saved;
        }
    }
    return {};
}

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
    const auto device = findDevice(options.device);
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
        const TrainingContext context{options, *set, *device, progress, stop};
        if (auto encoder = trainAudioEncoder(context); !encoder)
            return encoder;
        return trainGenerator(context);
    });
}

} // namespace lipsync::training
