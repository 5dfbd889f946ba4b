// SPDX-License-Identifier: GPL-3.0-or-later
#include "avatar/avatar_writer.h"

#include "avatar/avatar_package.h"
#include "base/file_system.h"
#include "media/video_reader.h"

#include <algorithm>
#include <functional>
#include <map>
#include <span>
#include <system_error>

#include <opencv2/imgcodecs.hpp>

namespace lipsync::avatar {
namespace fs = std::filesystem;

namespace {

/// A folder that disappears with its owner unless it was put in place.
class StagingFolder {
public:
    explicit StagingFolder(fs::path folder)
        : m_folder(std::move(folder))
    {
    }
    StagingFolder(const StagingFolder&) = delete;
    StagingFolder& operator=(const StagingFolder&) = delete;
    ~StagingFolder()
    {
        std::error_code ignored;
        if (!m_kept)
            fs::remove_all(m_folder, ignored);
    }
    void keep() { m_kept = true; }

private:
    const fs::path m_folder;
    bool m_kept = false;
};

tl::unexpected<Error> cannotWrite(const fs::path& folder, const std::error_code& error)
{
    return failure(
        ErrorCode::Resource,
        fmt::format("The avatar {} could not be written. Check free space and permissions.", folder.string()),
        error.message());
}

/// The manifest with the template's facts, which the caller need not know.
Result<AvatarManifest> completeManifest(const AvatarParts& parts)
{
    const auto info = media::probeVideo(parts.templateVideo);
    if (!info)
        return failure(info);
    AvatarManifest manifest = parts.manifest;
    manifest.schemaVersion = kManifestSchemaVersion;
    manifest.frameWidth = info->width;
    manifest.frameHeight = info->height;
    manifest.frameCount = static_cast<int>(std::min<std::int64_t>(info->frameCount, kMaxFrameCount + 1));
    manifest.frameRateNumerator = info->frameRateNumerator;
    manifest.frameRateDenominator = info->frameRateDenominator;
    return manifest;
}

Status writePicture(const fs::path& file, const cv::Mat& picture)
{
    if (picture.empty() || picture.type() != CV_8UC3)
        return failure(ErrorCode::Usage, fmt::format("An avatar's {} needs BGR bytes.", file.filename().string()));
    std::vector<unsigned char> bytes;
    try {
        cv::imencode(".png", picture, bytes);
    } catch (const cv::Exception& problem) {
        return failure(ErrorCode::Internal, fmt::format("An avatar's {} could not be made.", file.filename().string()),
                       problem.what());
    }
    return writeFile(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

/// Writes the pieces of an avatar into a folder; after a failure nothing more.
class PieceWriter {
public:
    PieceWriter(const fs::path& folder, const AvatarParts& parts)
        : m_folder(folder)
        , m_parts(parts)
    {
    }

    /// Everything but the manifest.
    Status write()
    {
        copy(m_parts.templateVideo, kTemplateFile);
        add(kCropsFile, true, [&](const auto& file) { return writeFile(file, toJson(m_parts.crops)); });
        addWeights(kGeneratorFile, m_parts.generator);
        copy(m_parts.torchScript, kTorchScriptFile);
        addWeights(kAudioEncoderFile, m_parts.audioEncoder);
        add(kThumbnailFile, true, [&](const auto& file) { return writePicture(file, m_parts.thumbnail); });
        copy(m_parts.sound, kSoundFile);
        addArray(kLandmarksFile, m_parts.landmarks);
        addArray(kFeaturesFile, m_parts.features);
        add(kReportFile, !m_parts.report.empty(), [&](const auto& file) { return writeFile(file, m_parts.report); });
        add(kPreviewFile, !m_parts.preview.empty(),
            [&](const auto& file) { return writePicture(file, m_parts.preview); });
        return m_status;
    }

    /// SHA-256 of everything written, by name.
    Result<std::map<std::string, std::string>> hashes() const
    {
        std::map<std::string, std::string> hashes;
        for (const char* file : m_written) {
            auto hash = sha256(m_folder / file);
            if (!hash)
                return failure(hash);
            hashes.emplace(file, std::move(*hash));
        }
        return hashes;
    }

private:
    void add(const char* file, bool present, const std::function<Status(const fs::path&)>& writer)
    {
        if (!present || !m_status)
            return;
        m_status = writer(m_folder / file);
        m_written.push_back(file);
    }

    void addWeights(const char* name, const nn::WeightSet& weights)
    {
        add(name, !weights.empty(),
            [&](const auto& file) { return nn::writeSafetensors(file, weights, m_parts.weightStorage); });
    }

    void addArray(const char* name, const NpyArray& array)
    {
        add(name, !array.shape.empty(), [&](const auto& file) {
            return writeNpy(file, std::span<const std::size_t>(array.shape), std::span<const float>(array.values));
        });
    }

    void copy(const fs::path& source, const char* name)
    {
        add(name, !source.empty(), [&](const auto& file) -> Status {
            std::error_code error;
            fs::copy_file(source, file, error);
            return error ? Status(cannotWrite(m_folder, error)) : Status();
        });
    }

    const fs::path m_folder;
    const AvatarParts& m_parts;
    std::vector<const char*> m_written;
    Status m_status;
};

Status writeFiles(const fs::path& folder, const AvatarParts& parts)
{
    auto manifest = completeManifest(parts);
    if (!manifest)
        return failure(manifest);
    PieceWriter pieces(folder, parts);
    if (auto written = pieces.write(); !written)
        return written;
    auto hashes = pieces.hashes();
    if (!hashes)
        return failure(hashes);
    manifest->fileHashes = std::move(*hashes);
    return writeFile(folder / kManifestFile, toJson(*manifest));
}

/// Puts `staged` in the place of `folder`; a replaced avatar is removed only once the new one has its name.
Status putInPlace(const fs::path& staged, const fs::path& folder)
{
    std::error_code error;
    const auto replaced = fs::path(folder).concat(".replaced");
    const bool replaces = fs::exists(folder);
    if (replaces) {
        fs::rename(folder, replaced, error);
        if (error)
            return cannotWrite(folder, error);
    }
    fs::rename(staged, folder, error);
    if (error) {
        std::error_code ignored;
        if (replaces)
            fs::rename(replaced, folder, ignored);
        return cannotWrite(folder, error);
    }
    if (replaces)
        fs::remove_all(replaced, error);
    return {};
}

} // namespace

Status checkAvatarTarget(const fs::path& folder, bool overwrite)
{
    std::error_code ignored;
    if (!folder.has_filename())
        return failure(ErrorCode::Usage, "An avatar needs a folder name such as NAME.avatar.");
    if (!fs::exists(folder, ignored))
        return {};
    if (!overwrite) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} exists already. Choose another name or ask to replace it.", folder.string()));
    }
    if (!fs::is_regular_file(folder / kManifestFile, ignored)) {
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{} exists and is no avatar, so it is not replaced. Choose another name.", folder.string()));
    }
    return {};
}

Status writeAvatar(const fs::path& folder, const AvatarParts& parts, bool overwrite)
{
    if (auto target = checkAvatarTarget(folder, overwrite); !target)
        return target;
    const auto staged = fs::path(folder).concat(".part");
    std::error_code error;
    if (fs::equivalent(parts.templateVideo.parent_path(), staged, error))
        return failure(ErrorCode::Usage, fmt::format("The template video may not lie in {}.", staged.string()));
    fs::remove_all(staged, error); // what an interrupted writer left
    StagingFolder staging(staged);
    if (!fs::create_directory(staged, error))
        return cannotWrite(folder, error);

    if (auto written = writeFiles(staged, parts); !written)
        return written;
    if (const auto checked = AvatarPackage::open(staged); !checked) {
        return failure(checked.error().code,
                       fmt::format("{} was not written: its parts do not fit together. {}", folder.string(),
                                   checked.error().message),
                       checked.error().cause);
    }
    if (auto placed = putInPlace(staged, folder); !placed)
        return placed;
    staging.keep();
    return {};
}

} // namespace lipsync::avatar
