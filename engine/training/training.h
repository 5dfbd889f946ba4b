// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "nn/network_spec.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

namespace lipsync::training {

/// What to train, on what, for how long. Steps already done in `output` are not done again.
struct TrainingOptions {
    std::filesystem::path dataset; ///< folder of clips, see training_set.h
    std::filesystem::path output; ///< receives weights, checkpoints, curves and validation pictures
    nn::GeneratorSpec network{nn::GeneratorKind::SyncTalk2D160, nn::AudioMode::Ave, 16};
    std::string device = "cpu"; ///< cpu, cuda or cuda:N
    int threads = 0; ///< 0 = one per core
    std::uint64_t seed = 1;
    int encoderSteps = 1800; ///< audio encoder as a viseme regressor, batches of encoderBatch
    int encoderBatch = 32;
    int listenerSteps = 400; ///< the generator's audio branch alone, batches of encoderBatch
    int generatorSteps = 3450; ///< the whole generator with the audio encoder frozen, batches of generatorBatch
    int generatorBatch = 8;
    int checkpointEvery = 250; ///< steps between checkpoints
    int validateEvery = 500; ///< steps between validations
};

/// One line of progress. Called on the training thread.
struct TrainingProgress {
    std::string stage; ///< "audio encoder", "audio branch" or "generator"
    int step = 0;
    int steps = 0;
    double loss = 0; ///< running mean of the training loss
    double validation = -1; ///< validation loss, or −1 where none was measured at this step
    std::string validationNote; ///< figures of the validation for a person
    double secondsPerStep = 0;
    double share = 0; ///< of the stage that is done, by steps or by its time limit
};

/// Trains audio encoder and generator for one avatar: first the encoder as a viseme regressor with a fixed head,
/// then the generator with the encoder frozen. Writes audio_encoder.safetensors and generator.safetensors in
/// `output`. Stopping saves a checkpoint and returns Interrupted; the same call resumes.
Status train(const TrainingOptions& options, const std::function<void(const TrainingProgress&)>& progress,
             std::stop_token stop);

} // namespace lipsync::training
