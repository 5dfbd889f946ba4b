// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the stages of training share: schedule, progress, checkpoints, stopping.

#include "nn/torch_compat.h"
#include "training/training.h"
#include "training/training_set.h"

namespace lipsync::training {

/// Everything a stage is given. References outlive the stage.
struct TrainingContext {
    const TrainingOptions& options;
    const TrainingSet& set;
    torch::Device device;
    std::function<void(const TrainingProgress&)> progress;
    std::stop_token stop;
};

/// One stage: what it optimises and how a step and a validation are made.
struct TrainingStage {
    std::string name; ///< for a person and as the checkpoint's file name
    int steps = 0;
    double rate = 1e-3; ///< learning rate after warm-up; falls to 2 % of it by a cosine
    int validateEvery = 0;
    std::shared_ptr<torch::nn::Module> module;
    std::function<torch::Tensor(std::mt19937&)> loss; ///< one batch, with gradients
    std::function<std::pair<double, std::string>(int step)> validate; ///< loss and a note; module is in eval mode
};

/// Runs a stage from its last checkpoint to its end. Each step draws from a generator seeded by seed and step, so that
/// a resumed run sees the same batches.
Status runStage(const TrainingContext& context, TrainingStage& stage);

/// Stage one: the audio encoder as a viseme regressor. Returns the trained encoder's network.
Status trainAudioEncoder(const TrainingContext& context);

/// Stages two and three: the generator's audio branch, then the whole generator.
Status trainGenerator(const TrainingContext& context);

} // namespace lipsync::training
