// SPDX-License-Identifier: GPL-3.0-or-later
#include "importing/avatar_import.h"

#include "avatar/avatar_writer.h"
#include "base/file_system.h"
#include "importing/archive.h"
#include "importing/clip.h"
#include "importing/face_boxes.h"
#include "importing/face_search.h"
#include "media/video_reader.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <system_error>

#include <opencv2/imgproc.hpp>

namespace lipsync::importing {
namespace fs = std::filesystem;

namespace {

constexpr int kThumbnailSize = 256;
constexpr std::size_t kLongestName = 64;
constexpr const char* kReadingStage = "unpacking";
constexpr const char* kFramesStage = "frames";
constexpr const char* kFacesStage = "faces";
constexpr const char* kWritingStage = "writing";

/// A folder for files in the making, which goes with its owner.
class WorkFolder {
public:
    static Result<WorkFolder> create(const fs::path& folder)
    {
        std::error_code error;
        fs::remove_all(folder, error); // what an interrupted import left
        if (!fs::create_directory(folder, error))
            return failure(ErrorCode::Resource,
                           fmt::format("{} cannot be made. Check that its folder exists, is writable and has room.",
                                       folder.string()),
                           error.message());
        return WorkFolder(folder);
    }
    ~WorkFolder()
    {
        std::error_code ignored;
        if (!m_folder.empty())
            fs::remove_all(m_folder, ignored);
    }
    WorkFolder(WorkFolder&& other) noexcept
        : m_folder(std::exchange(other.m_folder, fs::path()))
    {
    }
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;
    const fs::path& path() const { return m_folder; }

private:
    explicit WorkFolder(fs::path folder)
        : m_folder(std::move(folder))
    {
    }
    fs::path m_folder;
};

/// "sanders v2" of /models/sanders v2.avatar: what a manifest accepts as a name.
std::string nameOf(const fs::path& output)
{
    std::string name = output.stem().string();
    for (char& character : name)
        if (std::isalnum(static_cast<unsigned char>(character)) == 0 && character != ' ' && character != '-' &&
            character != '_' && character != '.')
            character = '_';
    name.resize(std::min(name.size(), kLongestName));
    return name.empty() ? "avatar" : name;
}

/// Output folder as it is meant, whether a slash ends it or not.
fs::path withoutSlash(const fs::path& folder)
{
    return folder.has_filename() ? folder : folder.parent_path();
}

Status checkOptions(const ImportOptions& options)
{
    const auto output = withoutSlash(options.output);
    if (output.extension() != ".avatar")
        return failure(
            ErrorCode::Usage,
            fmt::format("An avatar is a folder NAME.avatar; '{}' does not end so.", options.output.string()));
    std::error_code ignored;
    if (!fs::exists(output, ignored))
        return checkKeepsInputs(output, {options.source});
    if (!options.overwrite)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} exists already. Choose another name or ask to replace it.", output.string()));
    return checkKeepsInputs(output, {options.source});
}

/// The mode's own rate as a whole number of frames a second.
int frameRateOf(const nn::GeneratorSpec& network)
{
    return static_cast<int>(std::lround(network.profile().frameRate));
}

class Importing {
public:
    Importing(const ImportOptions& options, const ImportEvents& events, const std::stop_token& stop)
        : m_options(options)
        , m_events(events)
        , m_stop(stop)
        , m_output(withoutSlash(options.output))
    {
    }

    Result<ImportReport> run()
    {
        if (auto sensible = checkOptions(m_options); !sensible)
            return failure(sensible);
        auto folder = WorkFolder::create(fs::path(m_output).concat(".import"));
        if (!folder)
            return failure(folder);
        auto source = openSource(folder->path());
        if (!source)
            return failure(source);
        auto network = readNetworkFiles(*source, m_options.network);
        if (!network)
            return failure(network);
        describe(*source, *network);
        if (auto possible = checkCombination(*source, network->spec); !possible)
            return failure(possible);
        auto clip = makeClip(
            *source, folder->path(), clipOptions(network->spec), [&](double share) { progress(kFramesStage, share); },
            m_stop);
        if (!clip)
            return failure(clip);
        if (auto written = write(*source, *network, *clip); !written)
            return failure(written);
        return std::move(m_report);
    }

private:
    void progress(const char* stage, double share) const
    {
        if (m_events.progress)
            m_events.progress(stage, share);
    }

    Status goOn() const
    {
        if (m_stop.stop_requested())
            return failure(ErrorCode::Interrupted, "Stopped; nothing was written.");
        return {};
    }

    Result<Source> openSource(const fs::path& folder)
    {
        std::error_code ignored;
        if (!fs::is_regular_file(m_options.source, ignored) || !isZip(m_options.source) ||
            m_options.source.extension() == ".pth" || m_options.source.extension() == ".pt")
            return recogniseSource(m_options.source);
        const auto unpacked = folder / "archive";
        fs::create_directory(unpacked, ignored);
        progress(kReadingStage, 0.0);
        if (auto done = unpackZip(m_options.source, unpacked, isPartOfSource, m_stop); !done)
            return failure(done);
        auto source = recogniseSource(unpacked);
        if (!source && source.error().code == ErrorCode::InvalidInput)
            return failure(ErrorCode::InvalidInput,
                           fmt::format("The archive {} cannot be imported. Unpacked, {}", m_options.source.string(),
                                       source.error().message),
                           source.error().cause);
        return source;
    }

    void describe(const Source& source, const NetworkFiles& network)
    {
        m_report.source = source.description();
        m_report.network = network.spec.name();
        m_report.checkpoint = network.checkpoint;
        if (m_events.recognised)
            m_events.recognised(fmt::format("{}: {}, with the network {} ({})", m_options.source.string(),
                                            m_report.source, m_report.network, network.checkpoint.string()));
    }

    /// Says at once what would fail after all frames were decoded.
    Status checkCombination(const Source& source, const nn::GeneratorSpec& network) const
    {
        const auto usage = [](std::string sentence) { return failure(ErrorCode::Usage, std::move(sentence)); };
        if (source.kind != SourceKind::Video) {
            if (m_options.startSeconds > 0.0 || m_options.seconds)
                return usage(
                    "--start and --seconds are for videos; of a data set or package take a part with --frames.");
            return {};
        }
        if (m_options.frames)
            return usage("--frames is for data sets and packages; of a video take a part with --start and --seconds.");
        if (m_options.face || network.kind != nn::GeneratorKind::TorchScript)
            return {};
        return usage(
            "Only you know what a TorchScript network wants to see of a video: say where the face is with --face "
            "x,y,width,height.");
    }

    ClipOptions clipOptions(const nn::GeneratorSpec& network) const
    {
        ClipOptions options;
        options.frameRate = frameRateOf(network);
        options.frames = m_options.frames;
        options.pictureRate = m_options.pictureRate;
        options.startSeconds = m_options.startSeconds;
        options.seconds = m_options.seconds;
        options.threads = m_options.threads;
        return options;
    }

    /// One rectangle a frame of the clip.
    Result<std::vector<avatar::CropRectangle>> cropsOf(const Source& source, const nn::GeneratorSpec& network,
                                                       const Clip& clip)
    {
        const bool mustBeSquare = network.profile().squareCrop;
        const auto count = static_cast<int>(clip.sourceFrames.size());
        if (m_options.face) {
            auto crops = fixedFace(*m_options.face, count);
            if (auto fits = fitCrops(crops, {0, count - 1}, clip.size, mustBeSquare, m_report.warnings); !fits)
                return failure(fits);
            return crops;
        }
        if (source.kind == SourceKind::Video)
            return searchFaces(clip, mustBeSquare);
        auto bySource = readCrops(source, clip.range, m_report.warnings, m_stop);
        if (!bySource)
            return failure(bySource);
        if (auto fits = fitCrops(*bySource, clip.range, clip.size, mustBeSquare, m_report.warnings); !fits)
            return failure(fits);
        std::vector<avatar::CropRectangle> crops;
        crops.reserve(clip.sourceFrames.size());
        for (const int frame : clip.sourceFrames)
            crops.push_back((*bySource)[static_cast<std::size_t>(frame - clip.range.first)]);
        return crops;
    }

    Result<std::vector<avatar::CropRectangle>> searchFaces(const Clip& clip, bool mustBeSquare)
    {
        const auto faces = findFaces(
            clip.video, [&](double share) { progress(kFacesStage, share); }, m_stop);
        if (!faces)
            return failure(faces);
        if (!faces->unseen.empty())
            m_report.warnings.push_back(
                fmt::format("The face was not seen in frame(s) {}; it is taken to be near where "
                            "it was.",
                            listFrames(faces->unseen)));
        if (mustBeSquare)
            m_report.warnings.push_back("The squares around the face were found anew. If the network was trained with "
                                        "others, import the data set that it was trained with instead: its mouths fit "
                                        "better.");
        m_landmarks = landmarkTable(*faces);
        auto crops = mustBeSquare ? syncTalkSquares(*faces) : wav2LipBoxes(*faces, m_options.pads);
        const int count = static_cast<int>(crops.size());
        if (auto fits = fitCrops(crops, {0, count - 1}, clip.size, mustBeSquare, m_report.warnings); !fits)
            return failure(fits);
        return crops;
    }

    /// The middle frame around its face, as wide as the picture allows.
    static Result<cv::Mat> thumbnailOf(const Clip& clip, const std::vector<avatar::CropRectangle>& crops)
    {
        auto reader = media::VideoReader::open(clip.video);
        if (!reader)
            return failure(reader);
        const auto middle = crops.size() / 2;
        if (auto found = (*reader)->seekToFrame(static_cast<std::int64_t>(middle)); !found)
            return failure(found);
        const auto picture = (*reader)->next();
        if (!picture)
            return failure(picture);
        if (!*picture)
            return failure(ErrorCode::Internal, "The template clip that was just written has no middle.");
        const cv::Mat& whole = **picture;
        const int side = std::min(whole.cols, whole.rows);
        const cv::Point centre(crops[middle].x1 + crops[middle].width() / 2,
                               crops[middle].y1 + crops[middle].height() / 2);
        const cv::Rect square(std::clamp(centre.x - side / 2, 0, whole.cols - side),
                              std::clamp(centre.y - side / 2, 0, whole.rows - side), side, side);
        cv::Mat small;
        cv::resize(whole(square), small, {kThumbnailSize, kThumbnailSize}, 0, 0,
                   side > kThumbnailSize ? cv::INTER_AREA : cv::INTER_CUBIC);
        return small;
    }

    Status write(const Source& source, NetworkFiles& network, const Clip& clip)
    {
        m_report.warnings.insert(m_report.warnings.end(), clip.warnings.begin(), clip.warnings.end());
        auto crops = cropsOf(source, network.spec, clip);
        if (!crops)
            return failure(crops);
        auto thumbnail = thumbnailOf(clip, *crops);
        if (!thumbnail)
            return failure(thumbnail);
        auto features =
            readFeatures(source, m_options.network, network.spec, clip.range, clip.sourceRate, m_report.warnings);
        if (!features)
            return failure(features);
        if (auto going = goOn(); !going)
            return going;
        progress(kWritingStage, 0.0);

        const auto profile = network.spec.profile();
        avatar::AvatarParts parts;
        parts.manifest.name = nameOf(m_output);
        parts.manifest.title = m_options.title.empty() ? parts.manifest.name : m_options.title;
        parts.manifest.licence = m_options.licence;
        parts.manifest.attribution = m_options.attribution;
        parts.manifest.network = network.spec;
        parts.manifest.loop = profile.loop;
        parts.manifest.cropResize = profile.cropResize;
        parts.templateVideo = clip.video;
        parts.crops = std::move(*crops);
        parts.generator = std::move(network.generator);
        parts.torchScript = network.torchScript;
        parts.audioEncoder = std::move(network.audioEncoder);
        parts.thumbnail = std::move(*thumbnail);
        parts.landmarks = std::move(m_landmarks);
        parts.sound = clip.sound;
        parts.features = std::move(*features);
        if (auto written = avatar::writeAvatar(m_output, parts, m_options.overwrite); !written)
            return written;
        m_report.frames = static_cast<int>(clip.sourceFrames.size());
        m_report.width = clip.size.width;
        m_report.height = clip.size.height;
        m_report.sourceRate = clip.sourceRate;
        m_report.hasSound = !clip.sound.empty();
        progress(kWritingStage, 1.0);
        return {};
    }

    const ImportOptions& m_options;
    const ImportEvents& m_events;
    const std::stop_token m_stop;
    const fs::path m_output;
    ImportReport m_report;
    NpyArray m_landmarks; ///< of a face that was searched for
};

} // namespace

Result<ImportReport> importAvatar(const ImportOptions& options, const ImportEvents& events, const std::stop_token& stop)
{
    return Importing(options, events, stop).run();
}

} // namespace lipsync::importing
