// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "nn/network_profile.h"
#include "training/training.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lipsync::training {

/// Arithmetic of a training's layers; weights are always float32.
enum class TrainingPrecision {
    Automatic, ///< bf16 on CUDA devices and on processors that multiply it in hardware, else fp32
    Fp32,
    Bf16,
};

/// How a prepared or trained avatar is taught its speaker's mouth.
struct SpeakerOptions {
    std::filesystem::path avatar; ///< NAME.avatar; receives the trained networks when they are ready
    std::filesystem::path base; ///< avatar whose networks are begun with; empty: its own, if it is trained
    bool fromScratch = false; ///< begin with random networks
    std::optional<nn::GeneratorKind> kind; ///< SyncTalk2D160 or SyncTalk2D328; default: the base's, else 160
    std::optional<int> width; ///< channels of the first layer; default: the base's, else 32
    int steps = 0; ///< most steps; 0: no such limit
    double minutes = 0; ///< most minutes of training; 0: no such limit. With neither limit it is kDefaultMinutes
    int encoderSteps = 600; ///< of an audio encoder that is taught first, for want of a base
    int batch = 0; ///< pictures a step; 0: 4 on the processor, 16 on a CUDA device
    int validateEvery = 50; ///< steps between validations, each of which saves a checkpoint
    int patience = 12; ///< validations without a better one after which training ends early; 0: never
    bool tuneEncoder = false; ///< in the last fifth train the audio encoder too, at a small rate
    int judgedPairs = 96; ///< of a held-out and a template frame, a validation
    bool restart = false; ///< forget an unfinished training
    std::string device = "cpu"; ///< cpu, cuda or cuda:N
    int threads = 0; ///< 0 = one a core
    TrainingPrecision precision = TrainingPrecision::Automatic;
    std::uint64_t seed = 1;
};

inline constexpr double kDefaultMinutes = 15;

/// What came of it.
struct SpeakerReport {
    int frames = 0; ///< of the clip, with sound
    int trainingFrames = 0;
    int heldFirst = 0, heldCount = 0; ///< the held-out stretch
    double speechSeconds = 0; ///< of the clip
    int mouthKinds = 0; ///< kinds of mouth shape the clip shows, of kMouthKinds
    std::string network; ///< trained, e.g. "synctalk2d_160_ave (width 16)"
    std::string base; ///< its name, or empty
    bool generatorFromBase = false; ///< and not only its audio encoder
    int steps = 0, bestStep = 0;
    double seconds = 0; ///< of training
    bool endedEarly = false; ///< because nothing got better
    double mouthPsnr = 0; ///< of the best weights on held-out frames, dB: a template frame's mouth redrawn
    double templatePsnr = 0; ///< of the same template frames' own mouths
    double ownPosePsnr = 0; ///< mouth PSNR with the truth's pose around the mouth
    double syncShare = 0; ///< share of held-out faces the sync scorer was right about
    std::vector<std::string> advice; ///< sentences for the operator: what this length of video can give

    double gain() const { return mouthPsnr - templatePsnr; }
};

/// Trains an avatar and puts its networks into the package, which is replaced only when the new one is whole and
/// checked. State lies in NAME.avatar.training/: checkpoints until the end, curves.csv, curves.png, validation
/// pictures and report.json, which may be removed. Stopping saves a checkpoint and returns Interrupted; the same call
/// resumes, with the same batches. `progress` is called on the calling thread.
/// Usage when settings contradict each other or an unfinished training; InvalidInput for a clip that cannot be learnt
/// from; Resource without a device or disk.
Result<SpeakerReport> trainSpeaker(const SpeakerOptions& options,
                                   const std::function<void(const TrainingProgress&)>& progress, std::stop_token stop);

/// NAME.avatar.training beside an avatar.
std::filesystem::path trainingFolder(const std::filesystem::path& avatar);

/// The report as one JSON object.
std::string toJson(const SpeakerReport& report);

} // namespace lipsync::training
