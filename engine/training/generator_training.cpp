// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/audio_encoder.h"
#include "nn/module_weights.h"
#include "nn/synctalk2d.h"
#include "training/heard_features.h"
#include "training/network_pictures.h"
#include "training/picture_losses.h"
#include "training/training_stage.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgcodecs.hpp>

namespace lipsync::training {

namespace {

constexpr int kFeature = nn::kAudioFeatureSize;
constexpr double kEntropyWeight = 0.25;
constexpr double kWorstWeight = 0.3;
constexpr int kWorstValues = 256; ///< of a picture's 3·S² numbers

/// A clip with what was heard in it.
struct HeardClip {
    const TrainingClip* clip;
    HeardFeatures features;
};

Result<std::vector<HeardClip>> hear(nn::AudioEncoder& encoder, const std::vector<TrainingClip>& clips,
                                    int augmentedWays, std::uint64_t seed)
{
    std::vector<HeardClip> heard;
    std::mt19937 random(static_cast<std::uint32_t>(seed));
    for (const auto& clip : clips) {
        auto features = HeardFeatures::hear(encoder, clip.mel, clip.melWindows(), augmentedWays, random);
        if (!features)
            return failure(features);
        heard.push_back({&clip, std::move(*features)});
    }
    return heard;
}

/// The generator and, for its first stage, a throw-away reading of what its audio branch understood.
struct GeneratorWithReader : torch::nn::Module {
    explicit GeneratorWithReader(const nn::GeneratorSpec& spec)
        : generator(register_module("generator", std::make_shared<nn::SyncTalk2D>(spec)))
        , reader(register_module("reader", torch::nn::Linear(16 * spec.width, kPoseNumbers)))
    {
    }
    torch::Tensor readPose(const torch::Tensor& windows)
    {
        return reader->forward(generator->listen(windows).mean({2, 3}));
    }

    std::shared_ptr<nn::SyncTalk2D> generator;
    torch::nn::Linear reader;
};

struct Batch {
    torch::Tensor pictures; ///< B×6×S×S
    torch::Tensor windows; ///< B×32×16×16
    torch::Tensor targets; ///< B×3×S×S
    torch::Tensor poses; ///< B×3
};

class GeneratorTraining {
public:
    GeneratorTraining(const TrainingContext& context, std::vector<HeardClip> training,
                      std::vector<HeardClip> validation)
        : m_context(context)
        , m_spec(context.options.network)
        , m_training(std::move(training))
        , m_validation(std::move(validation))
        , m_network(std::make_shared<GeneratorWithReader>(m_spec))
        , m_weight(lossWeight().to(context.device))
    {
        useChannelsLast(*m_network);
    }

    Status trainListening()
    {
        TrainingStage stage;
        stage.name = "audio branch";
        stage.steps = m_context.options.listenerSteps;
        stage.validateEvery = 100;
        stage.rate = 1.5e-3;
        stage.module = m_network;
        const auto loss = [this](const std::vector<HeardClip>& clips, int ways, std::mt19937& random) {
            const auto batch = drawListening(clips, m_context.options.encoderBatch, ways, random);
            return torch::l1_loss(m_network->readPose(batch.windows), batch.poses);
        };
        stage.loss = [&](std::mt19937& random) { return loss(m_training, m_training[0].features.ways(), random); };
        stage.validate = [&](int) -> std::pair<double, std::string> {
            std::mt19937 random(7);
            double sum = 0;
            for (int i = 0; i < 8; ++i)
                sum += loss(m_validation, 1, random).item<double>();
            return {sum / 8, "mean error of the pose"};
        };
        return runStage(m_context, stage);
    }

    Status trainPictures()
    {
        TrainingStage stage;
        stage.name = "generator";
        stage.steps = m_context.options.generatorSteps;
        stage.validateEvery = m_context.options.validateEvery;
        stage.rate = 1.5e-3;
        stage.module = m_network;
        stage.loss = [this](std::mt19937& random) {
            const auto batch =
                draw(m_training, m_context.options.generatorBatch, m_training[0].features.ways(), random);
            const auto logits = m_network->generator->logits(batch.pictures, batch.windows);
            // The cross entropy keeps a gradient where the sigmoid is saturated; L1 alone leaves such spots for good.
            // A spot is few pixels among many, so the worst of every picture count once more by themselves.
            const auto entropy =
                torch::binary_cross_entropy_with_logits(logits, batch.targets, {}, {}, at::Reduction::None);
            const auto worst = std::get<0>((entropy - idealEntropy(batch.targets)).flatten(1).topk(kWorstValues, 1));
            return ((logits.sigmoid() - batch.targets).abs() * m_weight).mean() +
                kEntropyWeight * (entropy * m_weight).mean() + kWorstWeight * worst.mean();
        };
        stage.validate = [this](int step) { return validate(step); };
        return runStage(m_context, stage);
    }

    nn::WeightSet weights() const { return nn::extractWeights(*m_network->generator); }

private:
    torch::Tensor lossWeight() const
    {
        const int size = m_spec.pictureSize();
        auto weight = torch::ones({1, 1, size, size});
        weight += maskBorder(m_spec.kind, kBorderWeight - 1);
        const auto [bx, by, bw, bh] = m_context.set.mouthBox;
        weight.slice(2, by, by + bh).slice(3, bx, bx + bw).fill_(kMouthWeight);
        return weight;
    }

    Batch drawListening(const std::vector<HeardClip>& clips, int batch, int ways, std::mt19937& random) const
    {
        Batch drawn;
        auto windows = torch::empty({batch, 32, 16, 16});
        auto poses = torch::empty({batch, kPoseNumbers});
        for (int b = 0; b < batch; ++b) {
            const auto& heard = clips[std::uniform_int_distribution<std::size_t>(0, clips.size() - 1)(random)];
            const int frame = std::uniform_int_distribution<int>(0, heard.features.rows() - 1)(random);
            heard.features.copyWindow(static_cast<int>(random() % ways), frame,
                                      windows.data_ptr<float>() + b * kFeatureRows * kFeature);
            std::copy_n(heard.clip->poses.data() + frame * kPoseNumbers, kPoseNumbers,
                        poses.data_ptr<float>() + b * kPoseNumbers);
        }
        drawn.windows = windows.contiguous(torch::MemoryFormat::ChannelsLast).to(m_context.device);
        drawn.poses = poses.to(m_context.device);
        return drawn;
    }

    /// The network's picture of a frame, inside its crop.
    PictureView view(const TrainingClip& clip, int frame) const
    {
        const int crop = m_spec.cropSize();
        return {clip.crops.data() + static_cast<std::size_t>(frame) * crop * crop * 3, crop, nn::kCropBorder,
                nn::kCropBorder};
    }

    Batch draw(const std::vector<HeardClip>& clips, int batch, int ways, std::mt19937& random) const
    {
        const int size = m_spec.pictureSize();
        const auto options = torch::TensorOptions().dtype(torch::kFloat32);
        auto pictures = torch::empty({batch, 6, size, size}, options, torch::MemoryFormat::ChannelsLast);
        auto targets = torch::empty({batch, 3, size, size}, options, torch::MemoryFormat::ChannelsLast);
        auto windows = torch::empty({batch, 32, 16, 16});
        const std::size_t pixels = static_cast<std::size_t>(size) * size;
        for (int b = 0; b < batch; ++b) {
            const auto& heard = clips[std::uniform_int_distribution<std::size_t>(0, clips.size() - 1)(random)];
            std::uniform_int_distribution<int> anyFrame(0, heard.features.rows() - 1);
            const int frame = anyFrame(random);
            heard.features.copyWindow(static_cast<int>(random() % ways), frame,
                                      windows.data_ptr<float>() + b * kFeatureRows * kFeature);
            const auto truth = view(*heard.clip, frame);
            copyNetworkPictures(view(*heard.clip, anyFrame(random)), truth, truth, m_spec.kind,
                                pictures.data_ptr<float>() + b * pixels * 6,
                                targets.data_ptr<float>() + b * pixels * 3);
        }
        Batch drawn;
        drawn.pictures = pictures.to(m_context.device);
        drawn.targets = targets.to(m_context.device);
        drawn.windows = windows.contiguous(torch::MemoryFormat::ChannelsLast).to(m_context.device);
        return drawn;
    }

    /// Mouth PSNR, and how far the brightness of the mouth follows the truth; writes a picture for a person.
    std::pair<double, std::string> validate(int step)
    {
        constexpr int kBatch = 16, kBatches = 8;
        std::mt19937 random(11);
        const auto [bx, by, bw, bh] = m_context.set.mouthBox;
        const auto mouth = [&, bx = bx, by = by, bw = bw, bh = bh](const torch::Tensor& t) {
            return t.slice(2, by, by + bh).slice(3, bx, bx + bw);
        };
        std::vector<torch::Tensor> drawnBrightness, trueBrightness;
        double squares = 0, loss = 0;
        for (int i = 0; i < kBatches; ++i) {
            const auto batch = draw(m_validation, kBatch, 1, random);
            const auto output = m_network->generator->forward(batch.pictures, batch.windows);
            loss += ((output - batch.targets).abs() * m_weight).mean().item<double>() / kBatches;
            squares += (mouth(output) - mouth(batch.targets)).pow(2).mean().item<double>() / kBatches;
            drawnBrightness.push_back(mouth(output).mean({1, 2, 3}).cpu());
            trueBrightness.push_back(mouth(batch.targets).mean({1, 2, 3}).cpu());
            if (i == 0)
                writePicture(step, output, batch.targets);
        }
        auto a = torch::cat(drawnBrightness), b = torch::cat(trueBrightness);
        a = a - a.mean();
        b = b - b.mean();
        const double follows = ((a * b).sum() / (a.norm() * b.norm() + 1e-12)).item<double>();
        return {loss,
                fmt::format("mouth PSNR {:.2f} dB, mouth brightness r {:.3f}", -10 * std::log10(squares), follows)};
    }

    void writePicture(int step, const torch::Tensor& output, const torch::Tensor& target) const
    {
        const auto rows = torch::cat({output.slice(0, 0, 8), target.slice(0, 0, 8)}, 2).permute({2, 0, 3, 1});
        const auto bytes = (rows * 255).to(torch::kUInt8).cpu().contiguous();
        const int height = static_cast<int>(bytes.size(0));
        const int width = static_cast<int>(bytes.size(1) * bytes.size(2));
        const cv::Mat picture(height, width, CV_8UC3, bytes.data_ptr<std::uint8_t>());
        cv::imwrite((m_context.folder / fmt::format("validation-{:06d}.png", step)).string(), picture);
    }

    const TrainingContext& m_context;
    const nn::GeneratorSpec m_spec;
    const std::vector<HeardClip> m_training, m_validation;
    std::shared_ptr<GeneratorWithReader> m_network;
    torch::Tensor m_weight;
};

} // namespace

Status trainGenerator(const TrainingContext& context)
{
    constexpr int kAugmentedWays = 2;
    const auto weights = nn::readSafetensors(context.options.output / "audio_encoder.safetensors");
    if (!weights)
        return failure(weights);
    auto encoder = nn::AudioEncoder::create(*weights, {nn::Precision::Fp32, context.options.threads});
    if (!encoder)
        return failure(encoder);
    auto training = hear(**encoder, context.set.training, kAugmentedWays, context.options.seed);
    if (!training)
        return failure(training);
    auto validation = hear(**encoder, context.set.validation, 0, context.options.seed);
    if (!validation)
        return failure(validation);
    encoder->reset();

    GeneratorTraining training_(context, std::move(*training), std::move(*validation));
    if (auto listened = training_.trainListening(); !listened)
        return listened;
    if (auto trained = training_.trainPictures(); !trained)
        return trained;
    return nn::writeSafetensors(context.options.output / "generator.safetensors", training_.weights());
}

} // namespace lipsync::training
