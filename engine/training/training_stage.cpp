// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/training_stage.h"

#include "training/training_checkpoint.h"

#include <chrono>
#include <cmath>
#include <numbers>

namespace lipsync::training {

namespace {

constexpr double kFinalRate = 0.02;
constexpr double kRunningMeanShare = 0.02;

/// How far a stage is, 0 to 1: by steps or by time, whichever is further.
double shareDone(const TrainingStage& stage, int step)
{
    const double steps = static_cast<double>(step) / std::max(1, stage.steps);
    return stage.timeShare ? std::max(steps, stage.timeShare()) : steps;
}

/// Factor of every group's rate: a linear warm-up, then a cosine down to kFinalRate.
double rateFactor(const TrainingStage& stage, int step)
{
    const double warm = std::min(1.0, (step + 1.0) / std::max(1, stage.warmUpSteps));
    const double done = std::min(1.0, shareDone(stage, step));
    return warm * (kFinalRate + (1 - kFinalRate) * 0.5 * (1 + std::cos(done * std::numbers::pi)));
}

/// Adam over the stage's groups. Their order is that of checkpoints.
torch::optim::Adam makeOptimizer(const TrainingStage& stage)
{
    std::vector<torch::optim::OptimizerParamGroup> groups;
    if (stage.groups.empty())
        groups.emplace_back(stage.module->parameters());
    for (const auto& group : stage.groups)
        groups.emplace_back(group.parameters);
    return torch::optim::Adam(groups, torch::optim::AdamOptions(stage.rate));
}

void setRates(const TrainingStage& stage, torch::optim::Adam& optimizer, int step)
{
    const double factor = rateFactor(stage, step);
    auto& groups = optimizer.param_groups();
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const double rate = stage.groups.empty() ? stage.rate : stage.groups[i].rate;
        static_cast<torch::optim::AdamOptions&>(groups[i].options()).lr(rate * factor);
    }
}

/// One step: draws, learns and returns the loss. Nothing is learnt from a loss that is no finite number.
double makeStep(const StageContext& context, const TrainingStage& stage, torch::optim::Adam& optimizer, int step)
{
    setRates(stage, optimizer, step);
    std::seed_seq seed{context.seed, static_cast<std::uint64_t>(step), std::uint64_t{stage.name.size()}};
    std::mt19937 random(seed);
    torch::manual_seed(random());
    stage.module->train();
    optimizer.zero_grad();
    auto loss = stage.loss(random);
    const double value = loss.item<double>();
    if (!std::isfinite(value))
        return value;
    loss.backward();
    optimizer.step();
    if (stage.stepped)
        stage.stepped(step + 1);
    return value;
}

} // namespace

Status runStage(const StageContext& context, TrainingStage& stage)
{
    stage.module->to(context.device);
    auto optimizer = makeOptimizer(stage);
    const auto resumed = loadCheckpoint(context.folder, stage.name, *stage.module, optimizer);
    if (!resumed)
        return failure(resumed);
    const auto save = [&](int step) {
        return saveCheckpoint(context.folder, stage.name, *stage.module, optimizer, step);
    };

    double mean = -1;
    const auto started = std::chrono::steady_clock::now();
    const auto hadEnough = [&] { return stage.enough && stage.enough(); };
    bool over = shareDone(stage, *resumed) >= 1 || hadEnough();
    for (int step = *resumed; !over; ++step) {
        if (context.stop.stop_requested()) {
            if (auto saved = save(step); !saved)
                return saved;
            return failure(ErrorCode::Interrupted,
                           fmt::format("Training stopped at step {} of {} of the {}; run it again to go on.", step,
                                       stage.steps, stage.name));
        }
        const double value = makeStep(context, stage, optimizer, step);
        if (!std::isfinite(value))
            return failure(ErrorCode::Internal,
                           fmt::format("Training of the {} diverged at step {}.", stage.name, step));
        mean = mean < 0 ? value : mean + kRunningMeanShare * (value - mean);

        const int done = step + 1;
        TrainingProgress progress{stage.name, done, stage.steps, mean, -1, {}, 0, shareDone(stage, done)};
        progress.secondsPerStep =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count() / (done - *resumed);
        over = progress.share >= 1;
        if (done % stage.validateEvery == 0 || over) {
            stage.module->eval();
            torch::NoGradGuard noGradient;
            std::tie(progress.validation, progress.validationNote) = stage.validate(done);
            over = over || hadEnough();
        }
        context.progress(progress);
        if (done % context.checkpointEvery == 0 || over) {
            if (auto saved = save(done); !saved)
                return saved;
        }
    }
    return {};
}

void useChannelsLast(torch::nn::Module& module)
{
    for (auto& parameter : module.parameters()) {
        if (parameter.dim() == 4)
            parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
    }
}

Result<torch::Device> findTrainingDevice(const std::string& name)
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

} // namespace lipsync::training
