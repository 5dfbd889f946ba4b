// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/preparation.h"

#include "avatar/avatar_writer.h"
#include "avatar/template_video.h"
#include "base/file_system.h"
#include "base/thread_name.h"
#include "faces/crop_rule.h"
#include "faces/landmark_model.h"
#include "faces/landmark_smoothing.h"
#include "media/audio_decoder.h"
#include "preparation/clip_analysis.h"
#include "preparation/clip_faces.h"
#include "preparation/preparation_pictures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace lipsync::preparation {
namespace fs = std::filesystem;

namespace {

using faces::Landmarks68;

constexpr double kConverting = 0.35, kFinding = 0.95; ///< shares of the work at which these stages end
constexpr double kFewestFaces = 0.1; ///< of the frames: with fewer there is no avatar in it
constexpr double kSlowSource = 20.0; ///< frames a second

/// A folder that disappears with its owner.
class WorkFolder {
public:
    static Result<WorkFolder> besides(const fs::path& output)
    {
        const auto folder = fs::path(output).concat(".preparing");
        std::error_code error;
        fs::remove_all(folder, error); // what a killed one left
        if (!fs::create_directory(folder, error)) {
            return failure(ErrorCode::Resource,
                           fmt::format("{} could not be made. Check that its folder is there and can be written.",
                                       folder.string()),
                           error.message());
        }
        return WorkFolder(folder);
    }
    WorkFolder(WorkFolder&& other) noexcept
        : m_folder(std::exchange(other.m_folder, {}))
    {
    }
    ~WorkFolder()
    {
        std::error_code ignored;
        if (!m_folder.empty())
            fs::remove_all(m_folder, ignored);
    }
    fs::path file(const char* name) const { return m_folder / name; }

private:
    explicit WorkFolder(fs::path folder)
        : m_folder(std::move(folder))
    {
    }
    fs::path m_folder;
};

/// "anna" for anna.avatar, with only such characters as a name may have.
std::string nameOf(const fs::path& output)
{
    constexpr std::size_t kLongest = 64;
    std::string name;
    for (const char c : output.stem().string()) {
        const bool isAllowed =
            std::isalnum(static_cast<unsigned char>(c)) != 0 || c == ' ' || c == '-' || c == '_' || c == '.';
        name += isAllowed ? c : '-';
    }
    name = name.substr(0, kLongest);
    if (name.empty() || name.front() == '.' || name.front() == ' ')
        name = "avatar";
    return name;
}

class Preparing {
public:
    Preparing(const PreparationRequest& request, const std::function<void(const PreparationProgress&)>& progress,
              std::stop_token stop, const WorkFolder& work)
        : m_request(request)
        , m_progress(progress)
        , m_stop(std::move(stop))
        , m_clip(work.file("template.mp4"))
        , m_sound(work.file("sound.wav"))
    {
    }

    Result<QualityReport> run()
    {
        if (auto usable = faces::LandmarkModel::check(m_request.landmarkData); !usable)
            return failure(usable);
        // The model takes its time to load; meanwhile the clip is converted.
        std::optional<Result<std::shared_ptr<const faces::LandmarkModel>>> model;
        std::jthread loading([&] {
            setThreadName("landmark model");
            model.emplace(faces::LandmarkModel::load(m_request.landmarkData));
        });
        const auto converted = convert();
        loading.join();
        if (!*model)
            return failure(*model);
        if (!converted)
            return failure(converted);
        if (auto found = find(std::move(**model)); !found)
            return failure(found);
        if (auto judged = judge(); !judged)
            return failure(judged);
        tell("writing", kFinding, 0);
        if (auto written = write(); !written)
            return failure(written);
        return std::move(m_report);
    }

private:
    void tell(std::string_view stage, double share, std::int64_t frames) const
    {
        if (m_progress)
            m_progress({stage, share, frames});
    }

    Status convert()
    {
        avatar::TemplateVideoOptions options;
        options.startSeconds = m_request.startSeconds;
        options.seconds = m_request.seconds;
        options.threads = m_request.threads;
        options.soundFile = m_sound;
        auto made = avatar::makeTemplateVideo(
            m_request.video, m_clip, options,
            [&](const auto& state) { tell("converting", kConverting * state.share, state.frames); }, m_stop);
        if (!made)
            return failure(made);
        m_video = std::move(*made);
        return {};
    }

    Status find(std::shared_ptr<const faces::LandmarkModel> model)
    {
        faces::FaceTrackerOptions options;
        options.model = std::move(model);
        options.box = m_request.faceBox;
        options.number = m_request.faceNumber;
        const cv::Rect2f picture(0, 0, static_cast<float>(m_video.width), static_cast<float>(m_video.height));
        if (options.box && (*options.box & picture).area() < options.box->area() / 2) {
            return failure(ErrorCode::Usage,
                           fmt::format("The box of --face lies outside of the picture, which is {} × {} pixels.",
                                       m_video.width, m_video.height));
        }
        auto found = findFaces(
            m_clip, options,
            [&](std::int64_t frames) {
                tell("finding the face",
                     kConverting + (kFinding - kConverting) * static_cast<double>(frames) / m_video.frames, frames);
            },
            m_stop);
        if (!found)
            return failure(found);
        m_frames = std::move(*found);
        return {};
    }

    Status judge()
    {
        std::vector<std::optional<Landmarks68>> raw;
        std::vector<bool> startsScene;
        std::size_t faces = 0;
        for (const auto& frame : m_frames) {
            raw.push_back(frame.face.isFound() ? std::optional(frame.face.landmarks) : std::nullopt);
            startsScene.push_back(frame.face.isCut);
            faces += frame.face.isFound() ? 1 : 0;
        }
        if (m_frames.size() < 2)
            return failure(ErrorCode::InvalidInput,
                           fmt::format("{} gives {} frame(s); a template needs at least 2.", m_request.video.string(),
                                       m_frames.size()));
        if (static_cast<double>(faces) < std::max(2.0, kFewestFaces * static_cast<double>(m_frames.size())))
            return failure(ErrorCode::InvalidInput, noFaceSentence(faces));
        m_landmarks = faces::smoothLandmarks(raw, startsScene);
        m_crops = faces::planCrops(m_landmarks, startsScene, {m_video.width, m_video.height});
        if (m_crops.squares.front().width < avatar::kMinCropSide)
            return failure(ErrorCode::InvalidInput,
                           fmt::format("The face in {} is less than {} pixels wide: it cannot be used.",
                                       m_request.video.string(), avatar::kMinCropSide));
        compareMouths(m_frames);
        m_report = analyse(m_frames, m_landmarks, m_crops, kFrameRate, {m_video.width, m_video.height});
        return hear();
    }

    std::string noFaceSentence(std::size_t faces) const
    {
        return fmt::format("{} shows a face in {} of {} frames, too few to use. If there is one (a drawn face, say), "
                           "name its place in the first frame with --face x,y,w,h; the picture is {} × {} pixels.",
                           m_request.video.string(), faces, m_frames.size(), m_video.width, m_video.height);
    }

    Status hear()
    {
        if (m_video.hasSound) {
            const auto sound = media::decodeSpeech(m_sound);
            if (!sound)
                return failure(sound);
            m_report.sound = measureSound(sound->samples, sound->sampleRate);
        }
        m_report.warnings = warningsOf(m_report, m_request.network);
        if (m_video.sourceFrameRate > 0.0 && m_video.sourceFrameRate < kSlowSource) {
            m_report.warnings.push_back(fmt::format("The video has {:.1f} frames a second, so that mouths move in "
                                                    "steps; film at 25 or more.",
                                                    m_video.sourceFrameRate));
        }
        m_report.warnings.insert(m_report.warnings.end(), m_video.warnings.begin(), m_video.warnings.end());
        return {};
    }

    Status write()
    {
        const PictureSources sources{m_clip, m_frames, m_crops, m_report};
        avatar::AvatarParts parts;
        parts.manifest.name = nameOf(m_request.output);
        parts.manifest.title = m_request.title.empty() ? parts.manifest.name : m_request.title;
        parts.manifest.licence = m_request.licence;
        parts.manifest.attribution = m_request.attribution;
        parts.manifest.network = m_request.network;
        parts.manifest.cropResize = avatar::defaultCropResize(m_request.network.kind);
        parts.templateVideo = m_clip;
        for (const auto& square : m_crops.squares)
            parts.crops.push_back({square.x, square.y, square.x + square.width, square.y + square.height});
        if (m_video.hasSound)
            parts.sound = m_sound;
        parts.landmarks = landmarkArray();
        parts.report = toJson(m_report);
        auto thumbnail = makeThumbnail(sources);
        if (!thumbnail)
            return failure(thumbnail);
        parts.thumbnail = std::move(*thumbnail);
        auto preview = makePreview(sources);
        if (!preview)
            return failure(preview);
        parts.preview = std::move(*preview);
        if (m_stop.stop_requested())
            return failure(ErrorCode::Interrupted, "Stopped; nothing was written.");
        if (auto written = avatar::writeAvatar(m_request.output, parts, m_request.overwrite); !written)
            return written;
        return m_request.pictures.empty() ? Status() : writeFaultyFrames(sources, m_request.pictures);
    }

    /// frames × 68 × 2; not a number where there is no face.
    NpyArray landmarkArray() const
    {
        NpyArray array;
        array.shape = {m_landmarks.size(), faces::kLandmarkCount, 2};
        for (const auto& face : m_landmarks) {
            for (std::size_t i = 0; i < faces::kLandmarkCount; ++i) {
                constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
                array.values.push_back(face ? (*face)[i].x : kNone);
                array.values.push_back(face ? (*face)[i].y : kNone);
            }
        }
        return array;
    }

    static constexpr double kFrameRate = 25.0; ///< of SyncTalk_2D's networks

    const PreparationRequest& m_request;
    const std::function<void(const PreparationProgress&)>& m_progress;
    const std::stop_token m_stop;
    const fs::path m_clip;
    const fs::path m_sound;
    avatar::TemplateVideoReport m_video;
    std::vector<ClipFrame> m_frames;
    std::vector<std::optional<Landmarks68>> m_landmarks; ///< smoothed
    faces::CropPlan m_crops;
    QualityReport m_report;
};

} // namespace

Result<QualityReport> prepare(const PreparationRequest& request,
                              const std::function<void(const PreparationProgress&)>& progress, std::stop_token stop)
{
    if (auto target = avatar::checkAvatarTarget(request.output, request.overwrite); !target)
        return failure(target);
    if (auto kept = checkKeepsInputs(request.output, {request.video}); !kept)
        return failure(kept);
    const auto work = WorkFolder::besides(request.output);
    if (!work)
        return failure(work);
    return Preparing(request, progress, std::move(stop), *work).run();
}

} // namespace lipsync::preparation
