// SPDX-License-Identifier: GPL-3.0-or-later
#include "file_operations.h"

#include "background_work.h"

#include "avatar/avatar_package.h"
#include "importing/avatar_import.h"
#include "preparation/preparation.h"
#include "training/speaker_training.h"

#include <algorithm>
#include <array>
#include <limits>
#include <thread>

namespace lipsync {

namespace fs = std::filesystem;

namespace {

int decodingThreads()
{
    constexpr unsigned int kMost = 16;
    return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, kMost));
}

/// Usage when only one end of a stretch is given, or they are the wrong way round.
Result<std::optional<importing::FrameRange>> rangeOf(const ImportRequest& request)
{
    if (!request.firstFrame && !request.lastFrame)
        return std::optional<importing::FrameRange>();
    if (!request.firstFrame || !request.lastFrame || *request.firstFrame < 0 ||
        *request.lastFrame <= *request.firstFrame)
        return failure(ErrorCode::Usage, "A part of the frames has a first one, from 0 on, and a last one after it.");
    return std::optional(importing::FrameRange{*request.firstFrame, *request.lastFrame});
}

Result<importing::ImportOptions> optionsOf(const ImportRequest& request)
{
    importing::ImportOptions options;
    options.source = request.source;
    options.output = request.output;
    options.network.checkpoint = request.checkpoint;
    options.network.audioEncoder = request.audioEncoder;
    options.network.manifest = request.manifest;
    options.network.features = request.features;
    options.network.allowTorchScript = request.allowTorchScript;
    if (!request.mode.empty()) {
        options.network.mode = nn::parseAudioMode(request.mode);
        if (!options.network.mode)
            return failure(ErrorCode::Usage,
                           fmt::format("A network listens to ave, hubert, wenet or mel, not to '{}'.", request.mode));
    }
    auto range = rangeOf(request);
    if (!range)
        return failure(range);
    options.frames = *range;
    options.startSeconds = request.startSeconds;
    options.seconds = request.seconds;
    if (request.face)
        options.face = cv::Rect(request.face->x, request.face->y, request.face->width, request.face->height);
    options.title = request.title;
    options.attribution = request.attribution;
    options.licence = request.licence;
    options.overwrite = request.overwrite;
    options.threads = decodingThreads();
    return options;
}

/// What a stage of an import is of the whole, by what they take of a usual video.
double shareOfImport(std::string_view stage, double share)
{
    struct Part {
        std::string_view stage;
        double begin, end;
    };
    constexpr std::array<Part, 4> kParts{
        {{"unpacking", 0, 0.1}, {"frames", 0.1, 0.6}, {"faces", 0.6, 0.95}, {"writing", 0.95, 1}}};
    const auto* part = std::find_if(kParts.begin(), kParts.end(), [&](const auto& one) { return one.stage == stage; });
    return part == kParts.end() ? share : part->begin + (part->end - part->begin) * share;
}

/// Pictures of a finished avatar: its thumbnail and its strip of faces.
std::vector<fs::path> picturesOf(const fs::path& avatar)
{
    std::vector<fs::path> pictures;
    std::error_code ignored;
    for (const char* name : {avatar::kThumbnailFile, avatar::kPreviewFile}) {
        if (fs::exists(avatar / name, ignored))
            pictures.push_back(avatar / name);
    }
    return pictures;
}

/// NAME.avatar, whether a slash ends it or not.
fs::path withoutSlash(const fs::path& folder)
{
    return folder.has_filename() ? folder : folder.parent_path();
}

Result<OperationReport> runImport(const ImportRequest& request, const OperationEvents& events,
                                  const std::stop_token& stop)
{
    const auto options = optionsOf(request);
    if (!options)
        return failure(options);
    ProgressPace pace;
    std::string recognised;
    importing::ImportEvents told;
    told.recognised = [&](const std::string& sentence) { recognised = sentence; };
    told.progress = [&](const char* stage, double share) {
        if (pace.isDue(stage))
            events.progress({stage, shareOfImport(stage, share), recognised, {}});
    };
    const auto made = importing::importAvatar(*options, told, stop);
    if (!made)
        return failure(made);
    OperationReport report;
    report.avatar = withoutSlash(request.output);
    report.summary =
        fmt::format("{} frames of {} × {} pixels from a {}, with the network {}{}.", made->frames, made->width,
                    made->height, made->source, made->network, made->hasSound ? "; its sound too" : "");
    report.warnings = made->warnings;
    report.pictures = picturesOf(report.avatar);
    return report;
}

Result<preparation::PreparationRequest> preparationOf(const PrepareRequest& request)
{
    preparation::PreparationRequest options;
    if (request.networkSize != 160 && request.networkSize != 328)
        return failure(ErrorCode::Usage,
                       fmt::format("A network to be trained sees 160 or 328 pixels, not {}.", request.networkSize));
    options.network.kind =
        request.networkSize == 328 ? nn::GeneratorKind::SyncTalk2D328 : nn::GeneratorKind::SyncTalk2D160;
    options.video = request.video;
    options.output = request.output;
    options.title = request.title;
    options.attribution = request.attribution;
    options.licence = request.licence;
    if (request.face)
        options.faceBox = cv::Rect(request.face->x, request.face->y, request.face->width, request.face->height);
    options.startSeconds = request.startSeconds;
    options.seconds = request.seconds;
    options.overwrite = request.overwrite;
    options.pictures = preparationPictures(request.output);
    return options;
}

/// The annotated frames of a preparation, in their order.
std::vector<fs::path> annotatedFrames(const fs::path& folder)
{
    std::error_code error;
    std::vector<fs::path> found;
    for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        if (entry->path().extension() == ".png" && entry->path().filename().string().starts_with("frame-"))
            found.push_back(entry->path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

Result<OperationReport> runPreparation(const PrepareRequest& request, const OperationEvents& events,
                                       const std::stop_token& stop)
{
    const auto options = preparationOf(request);
    if (!options)
        return failure(options);
    std::error_code ignored;
    for (const auto& picture : annotatedFrames(options->pictures)) // of an earlier preparation
        fs::remove(picture, ignored);
    ProgressPace pace;
    const auto progress = [&](const preparation::PreparationProgress& state) {
        const std::string stage(state.stage);
        if (pace.isDue(stage))
            events.progress({stage, state.share, state.frames > 0 ? fmt::format("frame {}", state.frames) : "", {}});
    };
    const auto made = preparation::prepare(*options, progress, stop);
    if (!made)
        return failure(made);
    OperationReport report;
    report.avatar = withoutSlash(request.output);
    report.summary = fmt::format("{} frames, with a face in {} of them ({} seen by a detector). It has to be trained "
                                 "before it speaks.",
                                 made->frames, made->framesWithFace, made->framesDetected);
    report.warnings = made->warnings;
    report.pictures = picturesOf(report.avatar);
    const auto frames = annotatedFrames(options->pictures);
    report.pictures.insert(report.pictures.end(), frames.begin(), frames.end());
    return report;
}

/// Turns what a training tells into what a window shows.
class TrainingWatch {
public:
    TrainingWatch(fs::path folder, const OperationEvents& events)
        : m_folder(std::move(folder))
        , m_events(events)
    {
    }

    void told(const training::TrainingProgress& progress)
    {
        if (progress.validation >= 0)
            note(progress);
        if (m_pace.isDue(progress.stage) || progress.validation >= 0)
            m_events.progress({progress.stage, wholeShare(progress), detailOf(progress), m_picture});
    }

    const fs::path& picture() const { return m_picture; }

private:
    void note(const training::TrainingProgress& progress)
    {
        m_figures = progress.validationNote;
        std::error_code ignored;
        const auto picture = m_folder / fmt::format("validation-{:06d}.png", progress.step);
        if (fs::exists(picture, ignored))
            m_picture = picture;
    }

    /// An audio encoder that is taught first is a fifth of everything.
    double wholeShare(const training::TrainingProgress& progress)
    {
        constexpr const char* kEncoder = "audio encoder";
        constexpr double kEncoderShare = 0.2;
        const double share = std::clamp(progress.share, 0.0, 1.0);
        if (progress.stage == kEncoder) {
            m_hasEncoder = true;
            return kEncoderShare * share;
        }
        return m_hasEncoder ? kEncoderShare + (1 - kEncoderShare) * share : share;
    }

    std::string detailOf(const training::TrainingProgress& progress) const
    {
        const bool isLimited = progress.steps < std::numeric_limits<int>::max();
        auto text = isLimited ? fmt::format("step {} of {}", progress.step, progress.steps)
                              : fmt::format("step {}", progress.step);
        if (!m_figures.empty())
            text += ", " + m_figures;
        return text;
    }

    const fs::path m_folder;
    const OperationEvents& m_events;
    ProgressPace m_pace;
    std::string m_figures; ///< of the last validation
    fs::path m_picture; ///< the same
    bool m_hasEncoder = false;
};

Result<OperationReport> runTraining(const TrainRequest& request, const OperationEvents& events,
                                    const std::stop_token& stop)
{
    training::SpeakerOptions options;
    options.avatar = request.avatar;
    options.base = request.base;
    options.fromScratch = request.fromScratch;
    options.minutes = request.minutes;
    options.steps = request.steps;
    options.device = request.device;
    options.restart = request.restart;
    TrainingWatch watch(training::trainingFolder(request.avatar), events);
    const auto made = training::trainSpeaker(
        options, [&](const auto& progress) { watch.told(progress); }, stop);
    if (!made)
        return failure(made);
    OperationReport report;
    report.avatar = withoutSlash(request.avatar);
    report.summary = fmt::format("Trained {}{} in {} steps: its mouth is {:.1f} dB like the truth, a frame of the "
                                 "template {:.1f} dB.",
                                 made->network, made->base.empty() ? "" : " from " + made->base, made->steps,
                                 made->mouthPsnr, made->templatePsnr);
    report.warnings = made->advice;
    report.pictures = picturesOf(report.avatar);
    const auto curves = training::trainingFolder(request.avatar) / "curves.png";
    std::error_code ignored;
    for (const auto& picture : {watch.picture(), curves}) {
        if (!picture.empty() && fs::exists(picture, ignored))
            report.pictures.push_back(picture);
    }
    return report;
}

/// Runs such a function on a thread of its own and tells how it ended.
template <typename Request, typename Run>
std::unique_ptr<Operation> start(const char* threadName, const Request& request, OperationEvents events, Run run)
{
    return std::make_unique<BackgroundWork>(threadName,
                                            [request, events = std::move(events), run](const std::stop_token& stop) {
                                                auto report = run(request, events, stop);
                                                events.finished(std::move(report));
                                            });
}

} // namespace

fs::path preparationPictures(const fs::path& avatar)
{
    return withoutSlash(avatar).concat(".pictures");
}

std::unique_ptr<Operation> startImport(const ImportRequest& request, OperationEvents events)
{
    return start("import", request, std::move(events), runImport);
}

std::unique_ptr<Operation> startPreparation(const PrepareRequest& request, OperationEvents events)
{
    return start("preparation", request, std::move(events), runPreparation);
}

std::unique_ptr<Operation> startTraining(const TrainRequest& request, OperationEvents events)
{
    return start("training", request, std::move(events), runTraining);
}

} // namespace lipsync
