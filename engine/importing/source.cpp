// SPDX-License-Identifier: GPL-3.0-or-later
#include "importing/source.h"

#include "avatar/avatar_manifest.h"
#include "base/file_system.h"
#include "importing/archive.h"
#include "importing/picture_folder.h"
#include "media/video_reader.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>
#include <vector>

namespace lipsync::importing {
namespace fs = std::filesystem;

namespace {

constexpr const char* kPictures = "full_body_img";
constexpr const char* kLandmarks = "landmarks";
constexpr const char* kInfo = "package_info.json";
constexpr const char* kFullVideo = "full_body_video.mp4";
constexpr const char* kOlderVideo = "video.mp4";
constexpr const char* kFaceBounds = "face_bounds";
constexpr const char* kRectangleFiles[] = {"crop_rects.json", "cache/crop_rectangles.json"};
constexpr std::size_t kMostListed = 1000; // entries of a folder that are looked at

bool isFile(const fs::path& path)
{
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

bool isFolder(const fs::path& path)
{
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

std::vector<fs::path> entriesOf(const fs::path& folder)
{
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        if (entries.size() == kMostListed)
            break;
        entries.push_back(entry->path());
    }
    std::sort(entries.begin(), entries.end());
    return entries;
}

/// The recording of a data set: aud.wav, or the only WAV file there is.
fs::path findSound(const fs::path& folder)
{
    for (const char* name : {"aud.wav", "audio.wav"})
        if (isFile(folder / name))
            return folder / name;
    std::vector<fs::path> found;
    for (const auto& entry : entriesOf(folder))
        if (entry.extension() == ".wav" && isFile(entry))
            found.push_back(entry);
    return found.size() == 1 ? found.front() : fs::path();
}

void findCommonParts(Source& source)
{
    if (isFolder(source.root / kLandmarks))
        source.landmarks = source.root / kLandmarks;
    for (const char* name : kRectangleFiles)
        if (source.rectangles.empty() && isFile(source.root / name))
            source.rectangles = source.root / name;
    if (source.rectangles.empty() && isFolder(source.root / kFaceBounds))
        source.rectangles = source.root / kFaceBounds;
    source.sound = findSound(source.root);
    const std::pair<nn::AudioMode, const char*> features[] = {{nn::AudioMode::Ave, "aud_ave.npy"},
                                                              {nn::AudioMode::Hubert, "aud_hu.npy"},
                                                              {nn::AudioMode::Wenet, "aud_wenet.npy"}};
    for (const auto& [mode, name] : features)
        if (isFile(source.root / name))
            source.features[mode] = source.root / name;
}

tl::unexpected<Error> nothingKnown(const fs::path& path, const std::string& why)
{
    return failure(ErrorCode::InvalidInput, fmt::format("{} cannot be imported: {}.", path.string(), why));
}

Result<Source> readPackage(Source source)
{
    const auto file = source.root / kInfo;
    const auto text = readFile(file, kMaxInfoBytes);
    if (!text)
        return failure(text);
    auto info = parsePackageInfo({text->data(), text->size()}, file.string());
    if (!info)
        return failure(info);
    source.info = std::move(*info);
    std::vector<std::string> names{kFullVideo};
    if (!source.info.videoFile.empty())
        names.insert(names.begin(), source.info.videoFile);
    source.kind = SourceKind::Package;
    for (const auto& name : names)
        if (source.video.empty() && isFile(source.root / name))
            source.video = source.root / name;
    if (source.video.empty() && isFile(source.root / kOlderVideo)) {
        source.kind = SourceKind::OlderPackage;
        source.video = source.root / kOlderVideo;
    }
    if (source.video.empty() && isFolder(source.root / kPictures))
        source.pictures = source.root / kPictures;
    if (source.video.empty() && source.pictures.empty())
        return nothingKnown(
            source.root,
            fmt::format("it has a {} but no full frames ({}, {} or {}/)", kInfo, kFullVideo, kOlderVideo, kPictures));
    findCommonParts(source);
    if (source.landmarks.empty() && source.rectangles.empty())
        return nothingKnown(source.root,
                            fmt::format("it has frames but nothing that says where the face is ({}/, {}, {} or {}/)",
                                        kLandmarks, kRectangleFiles[0], kRectangleFiles[1], kFaceBounds));
    return source;
}

/// The folder as one of the known kinds; nothing when it is none.
Result<std::optional<Source>> readFolder(const fs::path& folder)
{
    Source source;
    source.root = folder;
    if (isFile(folder / kInfo)) {
        auto package = readPackage(std::move(source));
        return package ? Result<std::optional<Source>>(std::move(*package)) : failure(package);
    }
    if (isFolder(folder / kPictures)) {
        findCommonParts(source);
        if (source.landmarks.empty() && source.rectangles.empty())
            return nothingKnown(folder,
                                fmt::format("it has {}/ but no {}/ that say where the face is", kPictures, kLandmarks));
        source.kind = SourceKind::DataSet;
        source.pictures = folder / kPictures;
        return std::optional(std::move(source));
    }
    // The older packages are found without their info too.
    if (isFile(folder / kOlderVideo) && (isFolder(folder / kFaceBounds) || isFolder(folder / kLandmarks))) {
        source.kind = SourceKind::OlderPackage;
        source.video = folder / kOlderVideo;
        findCommonParts(source);
        return std::optional(std::move(source));
    }
    return std::optional<Source>();
}

Result<Source> recogniseFolder(const fs::path& folder)
{
    if (isFile(folder / avatar::kManifestFile))
        return nothingKnown(folder, "it is an avatar already");
    auto found = readFolder(folder);
    if (!found)
        return failure(found);
    if (*found)
        return std::move(**found);
    // Archives and downloads often hold everything in one folder.
    std::vector<fs::path> folders;
    for (const auto& entry : entriesOf(folder))
        if (isFolder(entry) && entry.filename() != "__MACOSX")
            folders.push_back(entry);
    if (folders.size() == 1) {
        auto inner = readFolder(folders.front());
        if (!inner)
            return failure(inner);
        if (*inner)
            return std::move(**inner);
    }
    if (isFile(folder / "coords.pkl"))
        return nothingKnown(folder,
                            "it looks like a LiveTalking avatar, whose boxes are in Python's own format. Import the "
                            "video that it was made of, with --checkpoint for its network");
    return nothingKnown(
        folder,
        fmt::format("it holds no {0}/ with {1}/ (a SyncTalk_2D or Ultralight data set), no {2} with {3} or "
                    "{4} (a package), and no {4} with {5}/ (an older package)",
                    kPictures, kLandmarks, kInfo, kFullVideo, kOlderVideo, kFaceBounds));
}

bool looksLikeWeights(const fs::path& file)
{
    constexpr std::array<std::string_view, 8> kEndings{".pth",         ".pt",  ".ckpt", ".bin",
                                                       ".safetensors", ".tar", ".jit",  ".onnx"};
    const std::string ending = file.extension().string();
    return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

Result<Source> recogniseFile(const fs::path& file)
{
    if (looksLikeWeights(file))
        return nothingKnown(file,
                            "it is a network without pictures. Give the data set, package or video that it belongs to, "
                            "and it with --checkpoint");
    const auto info = media::probeVideo(file);
    if (!info) {
        if (info.error().code != ErrorCode::InvalidInput)
            return failure(info);
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{} cannot be imported: it is neither a video, nor an archive or folder of a data set "
                        "or package.",
                        file.string()),
            info.error().text());
    }
    Source source;
    source.kind = SourceKind::Video;
    source.root = file;
    source.video = file;
    return source;
}

} // namespace

std::string Source::description() const
{
    const auto frames = [&] {
        if (info.frameCount)
            return fmt::format(" of {} frames", *info.frameCount);
        return std::string();
    };
    switch (kind) {
    case SourceKind::DataSet:
        return fmt::format("SyncTalk_2D or Ultralight data set of {} pictures", countPictures(pictures));
    case SourceKind::Package:
        return fmt::format("package{}{}", info.name.empty() ? "" : " '" + info.name + "'", frames());
    case SourceKind::OlderPackage:
        return fmt::format("package of the older kind{}{}", info.name.empty() ? "" : " '" + info.name + "'", frames());
    case SourceKind::Video:
        break;
    }
    return "video";
}

std::optional<nn::AudioMode> Source::mode() const
{
    if (info.mode)
        return info.mode;
    return features.size() == 1 ? std::optional(features.begin()->first) : std::nullopt;
}

Result<Source> recogniseSource(const fs::path& path)
{
    std::error_code ignored;
    if (!fs::exists(path, ignored))
        return failure(ErrorCode::InvalidInput,
                       fmt::format("There is no {}. Check the name and the folder.", path.string()));
    return isFolder(path) ? recogniseFolder(path) : recogniseFile(path);
}

bool isArchiveOfSource(const fs::path& file)
{
    return isZip(file) && zipHolds(file, [](const fs::path& inside) {
               if (inside.filename() == kInfo)
                   return true;
               const auto folder = inside.parent_path().filename();
               return folder == kPictures || folder == kFaceBounds;
           });
}

bool isPartOfSource(const std::string& path)
{
    constexpr std::array<std::string_view, 9> kDerived{
        "crops_328_video.mp4",  "rois_320_video.mp4",     "model_inputs_video.mp4",
        "face_regions_320.mp4", "masked_regions_320.mp4", "/crops_328/",
        "/rois_320/",           "/model_inputs/",         "__MACOSX/"};
    const std::string whole = "/" + path;
    return std::none_of(kDerived.begin(), kDerived.end(),
                        [&](std::string_view part) { return whole.find(part) != std::string::npos; }) &&
        !whole.ends_with(".onnx") && !whole.ends_with(".py");
}

} // namespace lipsync::importing
