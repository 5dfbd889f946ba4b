// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/speaker_lesson.h"

#include "nn/module_weights.h"
#include "nn/torch_autocast.h"
#include "training/picture_file.h"
#include "training/picture_losses.h"
#include "training/voice_hearing.h"

#include <limits>

namespace lipsync::training {

namespace {

constexpr double kEdgeWeight = 1.0;
constexpr double kStructureWeight = 0.02;
constexpr double kSpeakerEntropyWeight = 0.05; ///< keeps a gradient where the sigmoid is saturated
/// Of each picture's worst numbers, once settled: a spot is few pixels, and a mean hides it. Earlier it would only slow
/// the rest down, since spots come from statistics that are not those of rendering.
constexpr double kSpeakerWorstWeight = 0.05;
constexpr double kWorstShare = 1.0 / 300; ///< of a picture's numbers
constexpr double kSettled = 0.6; ///< share of a training after which statistics stay as they are
constexpr double kSyncWeight = 0.03;
constexpr double kScorerShare = 0.01; ///< of the sum that is shown; Adam does not mind
constexpr double kSyncLearnt = 0.7; ///< share of held-out faces the scorer must be right about before it is heeded
constexpr double kEncoderRate = 1e-4;
constexpr double kAveraging = 0.99;
constexpr double kBetter = 0.01; ///< dB: less is no progress
constexpr int kCurveNumbers = 6;

/// The statistics of the audio branch's BatchNorm stay as they are.
void keepHearingStatistics(nn::SyncTalk2D& generator)
{
    for (auto& child : generator.named_children()) {
        if (child.key() == "audio_model")
            child.value()->eval();
    }
}

/// into = share · into + (1 − share) · from, for parameters and statistics.
void average(const torch::nn::Module& from, torch::nn::Module& into, double share)
{
    torch::NoGradGuard noGradient;
    const auto source = nn::namedTensors(from);
    for (auto& [name, tensor] : nn::namedTensors(into))
        tensor.mul_(share).add_(source.at(name), 1 - share);
}

bool isHearing(const std::string& parameter)
{
    return parameter.starts_with("audio_model.");
}

} // namespace

SpeakerNetworks::SpeakerNetworks(const nn::GeneratorSpec& spec, bool learningEncoder)
    : generator(register_module("generator", std::make_shared<nn::SyncTalk2D>(spec)))
    , averaged(register_module("averaged", std::make_shared<nn::SyncTalk2D>(spec)))
    , best(register_module("best", std::make_shared<nn::SyncTalk2D>(spec)))
    , scorer(register_module("scorer", std::make_shared<SyncScorer>()))
    , m_state(register_buffer("state", torch::zeros({Numbers}, torch::kFloat64)))
    , m_curve(register_buffer("curve", torch::zeros({0, kCurveNumbers}, torch::kFloat64)))
{
    setNumber(BestScore, -1);
    if (learningEncoder) {
        encoder = register_module("encoder", std::make_shared<nn::AveNetwork>());
        bestEncoder = register_module("best_encoder", std::make_shared<nn::AveNetwork>());
    }
    for (auto& parameter : averaged->parameters())
        parameter.requires_grad_(false);
    for (auto& parameter : best->parameters())
        parameter.requires_grad_(false);
}

std::vector<CurvePoint> SpeakerNetworks::curve() const
{
    std::vector<CurvePoint> points;
    const auto rows = m_curve.cpu().contiguous();
    const auto* number = rows.data_ptr<double>();
    for (std::int64_t i = 0; i < rows.size(0); ++i, number += kCurveNumbers)
        points.push_back({number[0], number[1], number[2], number[3], number[4], number[5]});
    return points;
}

void SpeakerNetworks::addToCurve(const CurvePoint& point)
{
    const auto row =
        torch::tensor({point.step, point.seconds, point.loss, point.mouth, point.shown, point.sync}, torch::kFloat64);
    m_curve.set_data(torch::cat({m_curve.cpu(), row.unsqueeze(0)}).to(m_curve.device()));
}

SpeakerLesson::SpeakerLesson(const StageContext& context, const LessonOptions& options, const SpeakerClip& clip,
                             const SpeakerBatches& batches, SpeakerJudge& judge,
                             std::shared_ptr<SpeakerNetworks> networks)
    : m_context(context)
    , m_options(options)
    , m_clip(clip)
    , m_batches(batches)
    , m_judge(judge)
    , m_networks(std::move(networks))
{
}

Status SpeakerLesson::run()
{
    TrainingStage stage;
    stage.name = "speaker";
    stage.steps = m_options.steps > 0 ? m_options.steps : std::numeric_limits<int>::max();
    stage.rate = m_options.rate;
    stage.warmUpSteps = 30;
    stage.validateEvery = m_options.validateEvery;
    stage.module = m_networks;
    stage.groups = parameterGroups();
    stage.loss = [this](std::mt19937& random) { return loss(random); };
    stage.stepped = [this](int step) { stepped(step); };
    stage.validate = [this](int step) { return validate(step); };
    stage.timeShare = [this] { return timeShare(); };
    stage.enough = [this] { return endedEarly(); };
    m_lastStep = std::chrono::steady_clock::now();
    if (auto run = runStage(m_context, stage); !run)
        return run;
    return m_written;
}

std::vector<ParameterGroup> SpeakerLesson::parameterGroups()
{
    ParameterGroup seeing{{}, m_options.rate}, hearing{{}, m_options.rate * m_options.hearingRate};
    for (const auto& parameter : m_networks->generator->named_parameters())
        (isHearing(parameter.key()) ? hearing : seeing).parameters.push_back(parameter.value());
    std::vector<ParameterGroup> groups{std::move(seeing), {m_networks->scorer->parameters(), m_options.rate}};
    for (auto& parameter : hearing.parameters)
        parameter.requires_grad_(m_options.hearingRate > 0);
    if (m_options.hearingRate > 0)
        groups.push_back(std::move(hearing));
    if (m_networks->encoder)
        groups.push_back({m_networks->encoder->parameters(), kEncoderRate});
    return groups;
}

bool SpeakerLesson::endedEarly() const
{
    return m_options.patience > 0 && m_networks->number(SpeakerNetworks::Settled) > 0 &&
        m_networks->number(SpeakerNetworks::Stale) >= m_options.patience;
}

double SpeakerLesson::timeShare() const
{
    return m_options.seconds > 0 ? m_networks->number(SpeakerNetworks::Seconds) / m_options.seconds : 0;
}

double SpeakerLesson::share() const
{
    const double steps = m_options.steps > 0 ? m_networks->number(SpeakerNetworks::Steps) / m_options.steps : 0;
    return std::max(steps, timeShare());
}

/// From here on the best is sought: BatchNorm's statistics stay as they are.
void SpeakerLesson::settle()
{
    if (m_networks->number(SpeakerNetworks::Settled) > 0)
        return;
    m_networks->setNumber(SpeakerNetworks::Settled, 1);
    m_networks->setNumber(SpeakerNetworks::Stale, 0);
}

torch::Tensor SpeakerLesson::loss(std::mt19937& random)
{
    auto batch = m_batches.draw(m_options.batch, random).to(m_context.device);
    if (encoderLearns())
        batch.windows = hearFrames(*m_networks->encoder, m_clip, batch.frames, m_context.device);
    if (share() >= kSettled)
        settle();
    if (m_networks->number(SpeakerNetworks::Settled) > 0)
        m_networks->generator->eval(); // statistics as in rendering, so that what differs there can be unlearnt
    else if (m_options.hearingRate == 0)
        keepHearingStatistics(*m_networks->generator);
    torch::Tensor logits;
    {
        const nn::Bf16Autocast autocast(m_options.bf16, m_context.device);
        logits = m_networks->generator->logits(batch.pictures, batch.windows);
    }
    logits = logits.to(torch::kFloat32);
    const auto output = logits.sigmoid();
    const auto pictures = pictureLoss(batch, logits, output);
    const double value = pictures.item<double>(), mean = m_networks->number(SpeakerNetworks::Loss);
    m_networks->setNumber(SpeakerNetworks::Loss, mean == 0 ? value : mean + 0.02 * (value - mean));
    return pictures + syncLoss(batch, output);
}

torch::Tensor SpeakerLesson::pictureLoss(const SpeakerBatch& batch, const torch::Tensor& logits,
                                         const torch::Tensor& output) const
{
    const auto entropy = torch::binary_cross_entropy_with_logits(logits, batch.targets, {}, {}, at::Reduction::None);
    auto sum = weightedDifference(output, batch.targets, batch.weights) +
        kEdgeWeight * edgeDifference(output, batch.targets, batch.weights) +
        kStructureWeight * structureDifference(output, batch.targets, batch.weights) +
        kSpeakerEntropyWeight * (entropy * batch.weights).mean();
    if (m_networks->number(SpeakerNetworks::Settled) > 0) {
        const auto numbers = static_cast<std::int64_t>(kWorstShare * static_cast<double>(entropy[0].numel()));
        const auto excess = (entropy - idealEntropy(batch.targets)).flatten(1);
        sum = sum + kSpeakerWorstWeight * std::get<0>(excess.topk(numbers, 1)).mean();
    }
    return sum;
}

torch::Tensor SpeakerLesson::syncLoss(const SpeakerBatch& batch, const torch::Tensor& output)
{
    auto& scorer = *m_networks->scorer;
    const auto faces = scorer.see(lowerFaces(batch.targets, m_options.spec.kind));
    const auto windows = batch.windows.detach();
    auto sum = kScorerShare *
        (agreementLoss(faces, scorer.hear(windows), 1) + agreementLoss(faces, scorer.hear(batch.strangeWindows), 0));
    if (m_networks->number(SpeakerNetworks::SyncShare) < kSyncLearnt)
        return sum;
    // What the scorer says about drawn mouths teaches the generator, not the scorer.
    const FrozenModule frozen(scorer);
    scorer.eval();
    sum =
        sum + kSyncWeight * agreementLoss(scorer.see(lowerFaces(output, m_options.spec.kind)), scorer.hear(windows), 1);
    scorer.train();
    return sum;
}

void SpeakerLesson::stepped(int step)
{
    // Young averages must not be made of the first weights, which know nothing of this speaker.
    m_networks->setNumber(SpeakerNetworks::Steps, step);
    average(*m_networks->generator, *m_networks->averaged, std::min(kAveraging, step / (step + 10.0)));
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - m_lastStep).count();
    m_lastStep = now;
    m_networks->setNumber(SpeakerNetworks::Seconds, m_networks->number(SpeakerNetworks::Seconds) + seconds);
}

std::pair<double, std::string> SpeakerLesson::validate(int step)
{
    auto& networks = *m_networks;
    if (encoderLearns()) {
        m_judge.hearWith([this](const std::vector<int>& frames) {
            return hearFrames(*m_networks->encoder, m_clip, frames, m_context.device);
        });
    }
    const auto quality = m_judge.judge(*networks.averaged);
    const double sync = m_judge.syncShare([&](const SpeakerBatch& batch) {
        const auto faces = networks.scorer->see(lowerFaces(batch.targets, m_options.spec.kind));
        return agreement(faces, networks.scorer->hear(batch.windows)) -
            agreement(faces, networks.scorer->hear(batch.strangeWindows));
    });
    // Held-out faces are few: one lucky validation does not make a scorer that should be heeded.
    const double known = networks.curve().empty() ? 0.5 : networks.number(SpeakerNetworks::SyncShare);
    networks.setNumber(SpeakerNetworks::SyncShare, (known + sync) / 2);
    const double score = (quality.trained + quality.picture) / 2; // a mouth is not all that can go wrong
    if (score > networks.number(SpeakerNetworks::BestScore) + kBetter) {
        average(*networks.averaged, *networks.best, 0);
        if (networks.encoder)
            average(*networks.encoder, *networks.bestEncoder, 0);
        networks.setNumber(SpeakerNetworks::BestScore, score);
        networks.setNumber(SpeakerNetworks::BestStep, step);
        networks.setNumber(SpeakerNetworks::Stale, 0);
    } else {
        networks.setNumber(SpeakerNetworks::Stale, networks.number(SpeakerNetworks::Stale) + 1);
    }
    networks.addToCurve({static_cast<double>(step), networks.number(SpeakerNetworks::Seconds),
                         networks.number(SpeakerNetworks::Loss), quality.trained, quality.shown, sync});
    for (const auto& written : {writeCurves(m_context.folder, networks.curve()),
                                writePicture(m_context.folder / fmt::format("validation-{:06d}.png", step),
                                             m_judge.picture(*networks.averaged))}) {
        if (!written && m_written)
            m_written = written;
    }
    return {quality.trained,
            fmt::format("mouth PSNR {:.2f} dB on held-out frames, the template's own {:.2f} dB ({:+.2f}); sync scorer "
                        "right about {:.0f} %",
                        quality.trained, quality.shown, quality.gain(), 100 * sync)};
}

} // namespace lipsync::training
