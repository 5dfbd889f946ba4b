// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/speaker_training.h"

#include "base/file_system.h"
#include "nn/audio_encoder.h"
#include "nn/generator.h"
#include "nn/module_weights.h"
#include "nn/torch_runtime.h"
#include "training/encoder_lesson.h"
#include "training/speaker_base.h"
#include "training/speaker_lesson.h"
#include "training/speaker_package.h"
#include "training/speaker_report.h"
#include "training/voice_hearing.h"

#include <algorithm>

namespace lipsync::training {

namespace fs = std::filesystem;

namespace {

constexpr double kTuneRate = 3e-4; ///< of a generator that knows this speaker already
constexpr double kTeachRate = 1e-3;
constexpr std::string_view kEncoderPrefix = "audio_encoder.";
constexpr std::size_t kFramesToHear = 1500; ///< a minute: of less a base's audio branch would only unlearn
constexpr double kHearingRate = 0.1;
constexpr int kHearings = 2000; ///< frames times augmented ways of hearing them, about
constexpr int kPairsAtTheEnd = 3; ///< times those of a validation

Status checkOptions(const SpeakerOptions& options)
{
    if (options.kind && *options.kind != nn::GeneratorKind::SyncTalk2D160 &&
        *options.kind != nn::GeneratorKind::SyncTalk2D328) {
        return failure(
            ErrorCode::Usage,
            fmt::format("Training makes synctalk2d_160 or synctalk2d_328, not {}.", nn::toString(*options.kind)));
    }
    if (options.width && *options.width % 2 != 0)
        return failure(ErrorCode::Usage, fmt::format("A network's width must be even; {} is not.", *options.width));
    return {};
}

bool usesBf16(TrainingPrecision precision, const torch::Device& device)
{
    if (precision == TrainingPrecision::Automatic)
        return device.is_cuda() || nn::fastBf16Available();
    return precision == TrainingPrecision::Bf16;
}

/// Puts fresh numbers in place of a base's last layers: what they painted of another face saturates, and stays for long
/// as spots on this one.
void forgetFace(nn::WeightSet& weights, const nn::WeightSet& fresh)
{
    std::string last; // the uppermost "up" block
    for (const auto& [name, weight] : fresh) {
        if (name.starts_with("up"))
            last = name.substr(0, name.find('.') + 1);
    }
    for (const auto& [name, weight] : fresh) {
        if (name.starts_with("outc.") || (!last.empty() && name.starts_with(last)))
            weights[name] = weight;
    }
}

/// One training from an opened package to its report.
class SpeakerTraining {
public:
    SpeakerTraining(const SpeakerOptions& options, const StageContext& context, const avatar::AvatarPackage& package,
                    SpeakerBase base)
        : m_options(options)
        , m_context(context)
        , m_package(package)
        , m_base(std::move(base))
    {
    }

    Result<SpeakerReport> run()
    {
        auto clip = SpeakerClip::load(m_package, m_base.spec.pictureSize(), m_context.stop);
        if (!clip)
            return failure(clip);
        m_clip = std::move(*clip);
        m_split = splitFrames(m_clip.speaking);
        if (auto prepared = prepareFolder(); !prepared)
            return failure(prepared);
        if (auto ready = haveEncoder(); !ready)
            return failure(ready);
        auto heard = hear();
        if (!heard)
            return failure(heard);

        const SpeakerBatches batches(m_clip, m_split, *heard, m_base.spec.kind);
        SpeakerJudge judge(m_clip, m_split, batches, m_context.device, m_options.judgedPairs);
        auto networks = std::make_shared<SpeakerNetworks>(m_base.spec, m_options.tuneEncoder);
        if (auto begun = begin(*networks); !begun)
            return failure(begun);
        SpeakerLesson lesson(m_context, lessonOptions(), m_clip, batches, judge, networks);
        if (auto held = lesson.run(); !held)
            return failure(held);
        return finish(*networks, batches, lesson.endedEarly());
    }

private:
    Status prepareFolder() const
    {
        std::error_code error;
        if (m_options.restart)
            fs::remove_all(m_context.folder, error);
        fs::create_directories(m_context.folder, error);
        if (error) {
            return failure(ErrorCode::Resource,
                           fmt::format("The folder {} could not be created.", m_context.folder.string()),
                           error.message());
        }
        return claimFolder(m_context.folder, m_package, m_base, m_options);
    }

    Status haveEncoder()
    {
        if (!m_base.encoder.empty())
            return {};
        auto encoder = teachEncoder(m_context, m_clip, m_split, m_options.encoderSteps);
        if (!encoder)
            return failure(encoder);
        m_base.encoder = std::move(*encoder);
        return {};
    }

    Result<HeardFeatures> hear() const
    {
        auto encoder = nn::AudioEncoder::create(m_base.encoder, {nn::Precision::Fp32, m_options.threads});
        if (!encoder)
            return failure(encoder);
        std::mt19937 random(static_cast<std::uint32_t>(m_options.seed));
        return HeardFeatures::hear(**encoder, m_clip.mel, m_clip.frames, std::clamp(kHearings / m_clip.frames, 2, 12),
                                   random);
    }

    Status begin(SpeakerNetworks& networks) const
    {
        if (!m_base.generator.empty()) {
            auto weights = m_base.generator;
            if (!m_base.knowsSpeaker)
                forgetFace(weights, nn::extractWeights(*networks.generator));
            if (auto loaded = nn::loadWeights(*networks.generator, weights, m_base.spec.name()); !loaded)
                return loaded;
        }
        if (networks.encoder) {
            for (auto* encoder : {networks.encoder.get(), networks.bestEncoder.get()}) {
                if (auto loaded = loadEncoder(*encoder); !loaded)
                    return loaded;
            }
        }
        for (auto* module : {networks.generator.get(), networks.averaged.get(), networks.best.get()})
            useChannelsLast(*module);
        return {};
    }

    /// The base's encoder, whose names may lack their prefix.
    Status loadEncoder(nn::AveNetwork& encoder) const
    {
        nn::WeightSet prefixed;
        for (const auto& [name, weight] : m_base.encoder) {
            const auto prefix = name.find(kEncoderPrefix);
            const auto bare = prefix == std::string::npos ? name : name.substr(prefix + kEncoderPrefix.size());
            prefixed.emplace(std::string(kEncoderPrefix) + bare, weight);
        }
        return nn::loadWeights(encoder, prefixed, "AVE audio encoder");
    }

    LessonOptions lessonOptions() const
    {
        LessonOptions lesson;
        lesson.spec = m_base.spec;
        lesson.steps = m_options.steps;
        lesson.seconds = 60 * m_options.minutes;
        if (m_options.steps == 0 && m_options.minutes == 0)
            lesson.seconds = 60 * kDefaultMinutes;
        lesson.batch = m_options.batch > 0 ? m_options.batch : m_context.device.is_cuda() ? 16 : 4;
        lesson.validateEvery = m_options.validateEvery;
        lesson.patience = m_options.patience;
        lesson.rate = m_base.knowsSpeaker ? kTuneRate : kTeachRate;
        lesson.bf16 = usesBf16(m_options.precision, m_context.device);
        lesson.hearingRate = m_base.generator.empty() ? 1 : m_split.training.size() < kFramesToHear ? 0 : kHearingRate;
        return lesson;
    }

    Result<SpeakerReport> finish(SpeakerNetworks& networks, const SpeakerBatches& batches, bool endedEarly) const
    {
        const SpeakerJudge judge(m_clip, m_split, batches, m_context.device, kPairsAtTheEnd * m_options.judgedPairs);
        networks.eval();
        const auto quality = judge.judge(*networks.best);
        const auto curve = networks.curve();
        SpeakerReport report;
        report.frames = m_clip.frames;
        report.trainingFrames = static_cast<int>(m_split.training.size());
        report.heldFirst = m_split.heldFirst;
        report.heldCount = m_split.heldCount;
        report.speechSeconds = m_clip.speechSeconds();
        report.mouthKinds = m_clip.mouthKindsShown(2);
        report.network = m_base.spec.name();
        report.base = m_base.name;
        report.generatorFromBase = !m_base.generator.empty();
        report.steps = curve.empty() ? 0 : static_cast<int>(curve.back().step);
        report.bestStep = static_cast<int>(networks.number(SpeakerNetworks::BestStep));
        report.seconds = networks.number(SpeakerNetworks::Seconds);
        report.endedEarly = endedEarly;
        report.mouthPsnr = quality.trained;
        report.templatePsnr = quality.shown;
        report.ownPosePsnr = judge.judge(*networks.best, true).trained;
        report.syncShare = networks.number(SpeakerNetworks::SyncShare);
        report.advice = adviceFor(report, m_clip);
        if (auto written = writeTrained(m_package, m_base.spec, nn::extractWeights(*networks.best),
                                        networks.encoder ? nn::extractWeights(*networks.bestEncoder) : m_base.encoder);
            !written)
            return failure(written);
        if (auto closed = closeFolder(m_context.folder, toJson(report)); !closed)
            return failure(closed);
        return report;
    }

    const SpeakerOptions& m_options;
    const StageContext& m_context;
    const avatar::AvatarPackage& m_package;
    SpeakerBase m_base;
    SpeakerClip m_clip;
    FrameSplit m_split;
};

} // namespace

fs::path trainingFolder(const fs::path& avatar)
{
    auto folder = avatar;
    if (!folder.has_filename()) // NAME.avatar/
        folder = folder.parent_path();
    return folder.concat(".training");
}

Result<SpeakerReport> trainSpeaker(const SpeakerOptions& options,
                                   const std::function<void(const TrainingProgress&)>& progress, std::stop_token stop)
{
    if (auto good = checkOptions(options); !good)
        return failure(good);
    const auto device = findTrainingDevice(options.device);
    if (!device)
        return failure(device);
    const auto package = avatar::AvatarPackage::open(options.avatar);
    if (!package)
        return failure(package);
    auto base = SpeakerBase::find(options, **package);
    if (!base)
        return failure(base);
    Result<SpeakerReport> report = failure(ErrorCode::Internal, "Training did not begin.");
    const auto done = nn::guarded("Training", [&]() -> Status {
        nn::useThreads(nn::RunOptions{nn::Precision::Fp32, options.threads}.threadCount());
        torch::manual_seed(options.seed);
        const StageContext context{
            trainingFolder(options.avatar), options.seed, options.validateEvery, *device, progress, stop};
        report = SpeakerTraining(options, context, **package, std::move(*base)).run();
        return {};
    });
    if (!done)
        return failure(done);
    return report;
}

} // namespace lipsync::training
