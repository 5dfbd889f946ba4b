// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/speaker_package.h"

#include "avatar/avatar_writer.h"
#include "base/file_system.h"

#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

namespace lipsync::training {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSettingsFile = "settings.json";
constexpr const char* kReportFile = "report.json";
constexpr const char* kCheckpointSuffix = ".checkpoint";
constexpr std::size_t kMaxReportBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxSettingsBytes = std::size_t{1} << 16;

bool isCheckpoint(const fs::path& file)
{
    return file.extension() == kCheckpointSuffix;
}

bool holdsCheckpoint(const fs::path& folder)
{
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (isCheckpoint(entry.path()))
            return true;
    }
    return false;
}

/// What must be the same for a training to go on.
Json settingsOf(const avatar::AvatarPackage& package, const SpeakerBase& base, const SpeakerOptions& options)
{
    const auto& hashes = package.manifest().fileHashes;
    const auto clip = hashes.find(avatar::kTemplateFile);
    return {{"clip", clip == hashes.end() ? std::string() : clip->second},
            {"network", base.spec.name()},
            {"from", base.name},
            {"batch", options.batch},
            {"seed", options.seed},
            {"tune_encoder", options.tuneEncoder},
            {"precision", static_cast<int>(options.precision)}};
}

/// Everything of a package but its networks.
Result<avatar::AvatarParts> partsOf(const avatar::AvatarPackage& package)
{
    avatar::AvatarParts parts;
    parts.manifest = package.manifest();
    parts.templateVideo = package.templateVideo();
    parts.crops = package.crops();
    parts.sound = package.soundFile().value_or(fs::path());
    auto landmarks = package.landmarks();
    auto features = package.features();
    if (!landmarks || !features)
        return failure(landmarks ? features : landmarks);
    parts.landmarks = std::move(*landmarks).value_or(NpyArray());
    parts.features = std::move(*features).value_or(NpyArray());
    if (const auto report = package.reportFile()) {
        const auto text = readFile(*report, kMaxReportBytes);
        if (!text)
            return failure(text);
        parts.report.assign(text->begin(), text->end());
    }
    try {
        parts.thumbnail = cv::imread(package.thumbnailFile().string(), cv::IMREAD_COLOR);
        if (const auto preview = package.previewFile())
            parts.preview = cv::imread(preview->string(), cv::IMREAD_COLOR);
    } catch (const cv::Exception& problem) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The pictures of {} cannot be read.", package.folder().string()), problem.what());
    }
    return parts;
}

} // namespace

Status writeTrained(const avatar::AvatarPackage& package, const nn::GeneratorSpec& spec, nn::WeightSet generator,
                    nn::WeightSet encoder)
{
    auto parts = partsOf(package);
    if (!parts)
        return failure(parts);
    parts->manifest.network = spec;
    parts->manifest.cropResize = avatar::defaultCropResize(spec.kind);
    parts->generator = std::move(generator);
    parts->audioEncoder = std::move(encoder);
    return avatar::writeAvatar(package.folder(), *parts, /*overwrite=*/true);
}

Status claimFolder(const fs::path& folder, const avatar::AvatarPackage& package, const SpeakerBase& base,
                   const SpeakerOptions& options)
{
    const auto file = folder / kSettingsFile;
    const auto settings = settingsOf(package, base, options);
    if (!holdsCheckpoint(folder))
        return writeFile(file, settings.dump(2) + "\n");
    const auto text = readFile(file, kMaxSettingsBytes);
    if (!text)
        return failure(text);
    const auto before = Json::parse(text->begin(), text->end(), nullptr, /*allow_exceptions=*/false);
    for (const auto& [name, value] : settings.items()) {
        if (before.is_object() && before.contains(name) && before[name] == value)
            continue;
        return failure(ErrorCode::Usage,
                       fmt::format("{} holds an unfinished training with another setting of '{}'. Repeat its options "
                                   "to go on with it, or begin anew with --restart.",
                                   folder.string(), name));
    }
    return {};
}

Status closeFolder(const fs::path& folder, const std::string& report)
{
    if (auto written = writeFile(folder / kReportFile, report + "\n"); !written)
        return written;
    std::vector<fs::path> checkpoints;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (isCheckpoint(entry.path()))
            checkpoints.push_back(entry.path());
    }
    for (const auto& file : checkpoints)
        fs::remove(file, error);
    return {};
}

} // namespace lipsync::training
