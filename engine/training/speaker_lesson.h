// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The training of a speaker's generator as a stage: losses, averages, validation, early end.

#include "nn/ave_network.h"
#include "nn/synctalk2d.h"
#include "training/learning_curve.h"
#include "training/speaker_judge.h"
#include "training/sync_scorer.h"
#include "training/training_stage.h"

#include <chrono>
#include <filesystem>
#include <memory>

namespace lipsync::training {

/// All that a checkpoint of a speaker's training holds.
struct SpeakerNetworks : torch::nn::Module {
    /// With `learningEncoder` the audio encoder is part of it too.
    SpeakerNetworks(const nn::GeneratorSpec& spec, bool learningEncoder);

    std::shared_ptr<nn::SyncTalk2D> generator; ///< learns
    std::shared_ptr<nn::SyncTalk2D> averaged; ///< its running mean, which is what is judged
    std::shared_ptr<nn::SyncTalk2D> best; ///< the best that was judged
    std::shared_ptr<SyncScorer> scorer;
    std::shared_ptr<nn::AveNetwork> encoder, bestEncoder; ///< none when the encoder does not learn

    /// Numbers that a resumed training goes on with, by name in the buffer `state`.
    enum Number { Steps, Seconds, Loss, BestScore, BestStep, Stale, SyncShare, Settled, Numbers };
    double number(Number which) const { return m_state[which].item<double>(); }
    void setNumber(Number which, double value) { m_state[which] = value; }

    std::vector<CurvePoint> curve() const;
    void addToCurve(const CurvePoint& point);

private:
    torch::Tensor m_state; ///< Numbers doubles
    torch::Tensor m_curve; ///< points × 6 doubles
};

/// How a lesson is held.
struct LessonOptions {
    nn::GeneratorSpec spec;
    int steps = 0; ///< 0: no limit
    double seconds = 0; ///< 0: no limit
    int batch = 4;
    int validateEvery = 50;
    int patience = 0;
    double rate = 1e-3;
    bool bf16 = false;
    double hearingRate = 1; ///< of the generator's audio branch, a part of `rate`; 0 leaves it as it is
};

/// One speaker's lesson. What it is given must outlive it.
class SpeakerLesson {
public:
    SpeakerLesson(const StageContext& context, const LessonOptions& options, const SpeakerClip& clip,
                  const SpeakerBatches& batches, SpeakerJudge& judge, std::shared_ptr<SpeakerNetworks> networks);

    /// Runs it, from its last checkpoint, to its end.
    Status run();

    bool endedEarly() const;

private:
    torch::Tensor loss(std::mt19937& random);
    torch::Tensor pictureLoss(const SpeakerBatch& batch, const torch::Tensor& logits,
                              const torch::Tensor& output) const;
    torch::Tensor syncLoss(const SpeakerBatch& batch, const torch::Tensor& output);
    void stepped(int step);
    std::pair<double, std::string> validate(int step);
    double timeShare() const;
    double share() const;
    std::vector<ParameterGroup> parameterGroups();
    bool encoderLearns() const { return m_networks->encoder && share() >= kEncoderLearns; }
    static constexpr double kEncoderLearns = 0.8; ///< share of a training after which an encoder learns too
    void settle();

    const StageContext& m_context;
    const LessonOptions m_options;
    const SpeakerClip& m_clip;
    const SpeakerBatches& m_batches;
    SpeakerJudge& m_judge;
    const std::shared_ptr<SpeakerNetworks> m_networks;
    std::chrono::steady_clock::time_point m_lastStep;
    Status m_written; ///< the first failure of a file for people
};

} // namespace lipsync::training
