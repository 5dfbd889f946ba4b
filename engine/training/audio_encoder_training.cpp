// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/ave_network.h"
#include "nn/module_weights.h"
#include "training/heard_features.h"
#include "training/mel_augmentation.h"
#include "training/training_stage.h"

#include <cmath>

namespace lipsync::training {

namespace {

constexpr int kWindow = 16; ///< mel columns the encoder hears
constexpr int kHistory = 16; ///< columns before them that give reverberation its past
constexpr int kBands = 80;
/// The middle of mel window i is frame i + 2: it covers 0.2 s from i · 0.04 s on.
constexpr int kCentreFrame = 2;
/// Features are scaled so that the generator sees numbers like those of the original encoder.
constexpr double kFeatureScale = 4.0;
constexpr double kEvennessWeight = 0.05;

/// A mel window (mel-major) of a clip, augmented or as it is.
void copyWindow(const TrainingClip& clip, int window, bool augmented, std::mt19937& random, float* out)
{
    const int start = melWindowColumn(window);
    const int first = std::max(0, start - kHistory);
    std::vector<float> mel(clip.mel.begin() + first * kBands, clip.mel.begin() + (start + kWindow) * kBands);
    if (augmented)
        augmentMel(mel, random);
    const float* columns = mel.data() + (start - first) * kBands;
    for (int band = 0; band < kBands; ++band) {
        for (int t = 0; t < kWindow; ++t)
            *out++ = columns[t * kBands + band];
    }
}

/// The fixed head. The generator reads a feature as two 16×16 tiles and convolves them, so the encoder is taught to
/// write each number of the pose evenly over an area there: openness over the first tile, width and roundness over
/// the halves of the second. Returns eight area means (B×8) and the unevenness within the areas.
std::pair<torch::Tensor, torch::Tensor> readFeature(const torch::Tensor& feature)
{
    const auto areas = feature.view({feature.size(0), 8, 64});
    const auto means = areas.mean(2);
    const auto unevenness = (areas - means.unsqueeze(2)).pow(2).mean();
    return {means / kFeatureScale, unevenness};
}

/// Openness four times, width twice, roundness twice, for the areas of readFeature.
torch::Tensor areaTargets(const torch::Tensor& poses)
{
    const auto open = poses.slice(1, 0, 1), width = poses.slice(1, 1, 2), round = poses.slice(1, 2, 3);
    return torch::cat({open, open, open, open, width, width, round, round}, 1);
}

struct MelBatch {
    torch::Tensor windows; ///< B×1×80×16
    torch::Tensor targets; ///< B×8
};

MelBatch drawBatch(const std::vector<TrainingClip>& clips, int batch, bool augmented, std::mt19937& random)
{
    MelBatch drawn{torch::empty({batch, 1, kBands, kWindow}), {}};
    auto poses = torch::empty({batch, kPoseNumbers});
    for (int b = 0; b < batch; ++b) {
        const auto& clip = clips[std::uniform_int_distribution<std::size_t>(0, clips.size() - 1)(random)];
        const int last = std::min(clip.melWindows(), clip.frames - kCentreFrame) - 1;
        const int window = std::uniform_int_distribution<int>(0, last)(random);
        copyWindow(clip, window, augmented && random() % 8 != 0, random,
                   drawn.windows.data_ptr<float>() + b * kBands * kWindow);
        std::copy_n(clip.poses.data() + (window + kCentreFrame) * kPoseNumbers, kPoseNumbers,
                    poses.data_ptr<float>() + b * kPoseNumbers);
    }
    drawn.targets = areaTargets(poses);
    return drawn;
}

double correlation(const torch::Tensor& a, const torch::Tensor& b)
{
    const auto x = a - a.mean(), y = b - b.mean();
    return ((x * y).sum() / (x.norm() * y.norm())).item<double>();
}

} // namespace

Status trainAudioEncoder(const TrainingContext& context)
{
    auto network = std::make_shared<nn::AveNetwork>();
    TrainingStage stage;
    stage.name = "audio encoder";
    stage.steps = context.options.encoderSteps;
    stage.validateEvery = context.options.validateEvery;
    stage.module = network;
    stage.loss = [&](std::mt19937& random) {
        const auto batch = drawBatch(context.set.training, context.options.encoderBatch, true, random);
        const auto [read, unevenness] = readFeature(network->forward(batch.windows.to(context.device)));
        return torch::l1_loss(read, batch.targets.to(context.device)) + kEvennessWeight * unevenness;
    };
    stage.validate = [&](int) -> std::pair<double, std::string> {
        constexpr int kBatch = 64;
        std::vector<torch::Tensor> reads, targets;
        std::mt19937 random(7);
        for (int i = 0; i < 16; ++i) {
            const auto batch = drawBatch(context.set.validation, kBatch, false, random);
            reads.push_back(readFeature(network->forward(batch.windows.to(context.device))).first.cpu());
            targets.push_back(batch.targets);
        }
        const auto read = torch::cat(reads), target = torch::cat(targets);
        return {torch::l1_loss(read, target).item<double>(),
                fmt::format("openness r {:.3f}, width r {:.3f}, roundness r {:.3f}",
                            correlation(read.select(1, 0), target.select(1, 0)),
                            correlation(read.select(1, 4), target.select(1, 4)),
                            correlation(read.select(1, 6), target.select(1, 6)))};
    };
    if (auto run = runStage(context, stage); !run)
        return run;
    return nn::writeSafetensors(context.options.output / "audio_encoder.safetensors", nn::extractWeights(*network));
}

} // namespace lipsync::training
