// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the stages of every training share: schedule, progress, checkpoints, stopping.

#include "nn/torch_compat.h"
#include "training/training.h"
#include "training/training_set.h"

#include <filesystem>
#include <functional>
#include <random>
#include <vector>

namespace lipsync::training {

/// Where a stage keeps its state, and who listens to it.
struct StageContext {
    std::filesystem::path folder; ///< of checkpoints, curves and validation pictures
    std::uint64_t seed = 1;
    int checkpointEvery = 250; ///< steps
    torch::Device device{torch::kCPU};
    std::function<void(const TrainingProgress&)> progress;
    std::stop_token stop;
};

/// Everything a stage on a dataset of clips is given. References outlive the stage.
struct TrainingContext : StageContext {
    const TrainingOptions& options;
    const TrainingSet& set;
};

/// Parameters that share a learning rate; the schedule moves every group in proportion.
struct ParameterGroup {
    std::vector<torch::Tensor> parameters;
    double rate = 1e-3;
};

/// One stage: what it optimises and how a step and a validation are made.
struct TrainingStage {
    std::string name; ///< for a person and as the checkpoint's file name
    int steps = 0;
    double rate = 1e-3; ///< learning rate after warm-up; falls to 2 % of it by a cosine
    int warmUpSteps = 100;
    int validateEvery = 0;
    std::shared_ptr<torch::nn::Module> module; ///< all that a checkpoint holds
    std::vector<ParameterGroup> groups; ///< what is optimised; empty: all of `module` at `rate`
    std::function<torch::Tensor(std::mt19937&)> loss; ///< one batch, with gradients
    std::function<void(int step)> stepped; ///< after every step, with the number of steps done; may be empty
    std::function<std::pair<double, std::string>(int step)> validate; ///< loss and a note; module is in eval mode
    std::function<double()> timeShare; ///< share of the time limit that is used up; may be empty
    std::function<bool()> enough; ///< whether more steps would not help; may be empty
};

/// Runs a stage from its last checkpoint to its end: when its steps are done, its time is used up or it says that it
/// has had enough. Each step draws from a generator seeded by seed and step, and LibTorch's own is seeded so too, so
/// that a resumed run sees the same batches. Internal, naming the step, when the loss is no finite number any more.
Status runStage(const StageContext& context, TrainingStage& stage);

/// Lays a network's convolutions out as channels-last pictures need them.
void useChannelsLast(torch::nn::Module& module);

/// The device of that name, if LibTorch can compute on it here: cpu, cuda or cuda:N.
Result<torch::Device> findTrainingDevice(const std::string& name);

/// Stage one: the audio encoder as a viseme regressor. Writes audio_encoder.safetensors.
Status trainAudioEncoder(const TrainingContext& context);

/// Stages two and three: the generator's audio branch, then the whole generator.
Status trainGenerator(const TrainingContext& context);

} // namespace lipsync::training
