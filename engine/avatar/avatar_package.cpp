// SPDX-License-Identifier: GPL-3.0-or-later
#include "avatar/avatar_package.h"

#include "base/file_system.h"
#include "media/video_reader.h"
#include "nn/audio_encoder.h"
#include "nn/network_shapes.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string_view>

#include <fmt/ranges.h>
#include <opencv2/imgcodecs.hpp>

namespace lipsync::avatar {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxThumbnailBytes = std::size_t{16} << 20;
constexpr std::uint32_t kMaxThumbnailSide = 4096;
constexpr std::size_t kLandmarkCount = 68;
constexpr std::string_view kEncoderPrefix = "audio_encoder.";
constexpr std::string_view kParallelPrefix = "module.";

/// A sentence about an avatar as a whole: every error of open() begins with its folder.
tl::unexpected<Error> broken(const fs::path& folder, const std::string& what, std::string cause = {})
{
    return failure(ErrorCode::InvalidInput, fmt::format("The avatar {} cannot be used: {}", folder.string(), what),
                   std::move(cause));
}

/// The same for an Error of a file inside; failures of disk or memory keep their code.
tl::unexpected<Error> broken(const fs::path& folder, const Error& error)
{
    if (error.code != ErrorCode::InvalidInput)
        return tl::unexpected<Error>(error);
    return broken(folder, error.message, error.cause);
}

Status checkIsAvatar(const fs::path& folder)
{
    std::error_code ignored;
    if (!fs::exists(folder, ignored)) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("There is no avatar {}. Name a folder NAME.avatar.", folder.string()));
    }
    if (!fs::is_directory(folder, ignored)) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} is not an avatar: an avatar is a folder NAME.avatar.", folder.string()));
    }
    if (!fs::is_regular_file(folder / kManifestFile, ignored))
        return broken(folder,
                      fmt::format("the file {} is missing. Copy the whole avatar folder again.", kManifestFile));
    return {};
}

Status checkFilesPresent(const fs::path& folder, const AvatarManifest& manifest)
{
    std::error_code ignored;
    for (const auto& [file, hash] : manifest.fileHashes) {
        if (!fs::is_regular_file(folder / file, ignored))
            return broken(folder, fmt::format("the file {} is missing. Copy the whole avatar folder again.", file));
    }
    return {};
}

Result<AvatarManifest> readManifest(const fs::path& folder)
{
    const auto text = readFile(folder / kManifestFile, kMaxManifestBytes);
    if (!text)
        return broken(folder, text.error());
    auto manifest = parseManifest({text->data(), text->size()});
    if (!manifest)
        return broken(folder, manifest.error());
    return manifest;
}

Result<std::vector<CropRectangle>> readCrops(const fs::path& folder, const AvatarManifest& manifest)
{
    const auto text = readFile(folder / kCropsFile, kMaxCropsBytes);
    if (!text)
        return broken(folder, text.error());
    auto crops = parseCrops({text->data(), text->size()});
    if (!crops)
        return broken(folder, crops.error());
    if (crops->size() != static_cast<std::size_t>(manifest.frameCount)) {
        return broken(folder,
                      fmt::format("{} holds {} rectangles, but the template has {} frames.", kCropsFile, crops->size(),
                                  manifest.frameCount));
    }
    const auto profile = manifest.network.profile();
    for (std::size_t i = 0; i < crops->size(); ++i) {
        const auto checked =
            checkCrop((*crops)[i], static_cast<int>(i), manifest.frameWidth, manifest.frameHeight, profile.squareCrop);
        if (!checked)
            return broken(folder, checked.error());
    }
    return crops;
}

/// An audio encoder's tensors may be named bare, as `audio_encoder.…` or as `module.audio_encoder.…`.
std::string_view bareName(std::string_view name)
{
    for (const auto prefix : {kParallelPrefix, kEncoderPrefix}) {
        if (name.starts_with(prefix))
            name.remove_prefix(prefix.size());
    }
    return name;
}

bool isGenerator(const nn::WeightSet& weights)
{
    const auto found = nn::detectGenerator(weights);
    return found || found.error().code == ErrorCode::Usage; // ave or hubert
}

std::string shapeText(const std::vector<std::int64_t>& shape)
{
    return fmt::format("[{}]", fmt::join(shape, ", "));
}

/// Every tensor of `expected` must be there in its shape, and no other. Batch counters do not matter.
Status checkTensors(const char* file, const nn::WeightSet& weights, const nn::NetworkShapes& expected)
{
    std::map<std::string_view, const nn::Weight*> found;
    for (const auto& [name, weight] : weights) {
        if (!name.ends_with("num_batches_tracked"))
            found.emplace(bareName(name), &weight);
    }
    for (const auto& [name, shape] : expected) {
        const auto tensor = found.find(bareName(name));
        if (tensor == found.end())
            return failure(ErrorCode::InvalidInput, fmt::format("{} lacks the tensor {}.", file, name));
        if (tensor->second->shape != shape) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("in {} the tensor {} has the shape {} instead of {}.", file, name,
                                       shapeText(tensor->second->shape), shapeText(shape)));
        }
        found.erase(tensor);
    }
    if (!found.empty()) {
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{} holds the tensor {}, which its network does not have.", file, found.begin()->first));
    }
    return {};
}

/// `encoder`: the audio encoder's weights, which might have been exchanged with these; empty when there are none.
Status checkGenerator(const fs::path& folder, const AvatarManifest& manifest, const nn::WeightSet& generator,
                      const nn::WeightSet& encoder)
{
    if (nn::isAudioEncoder(generator) && isGenerator(encoder)) {
        return broken(folder,
                      fmt::format("{} and {} are swapped. Exchange their names.", kGeneratorFile, kAudioEncoderFile));
    }
    if (nn::isAudioEncoder(generator))
        return broken(folder, fmt::format("{} holds an audio encoder instead of a generator.", kGeneratorFile));
    const auto found = nn::detectGenerator(generator, manifest.network.mode);
    if (!found)
        return broken(folder, fmt::format("{}: {}", kGeneratorFile, found.error().message), found.error().cause);
    if (!found->sharesWeightsWith(manifest.network)) {
        return broken(folder,
                      fmt::format("{} is a {}, but {} says {}.", kGeneratorFile, found->name(), kManifestFile,
                                  manifest.network.name()));
    }
    if (auto good = checkTensors(kGeneratorFile, generator, nn::generatorShapes(manifest.network)); !good)
        return broken(folder, good.error());
    return {};
}

Status checkAudioEncoder(const fs::path& folder, const nn::WeightSet& encoder)
{
    if (isGenerator(encoder))
        return broken(folder, fmt::format("{} holds a generator instead of an audio encoder.", kAudioEncoderFile));
    if (auto good = checkTensors(kAudioEncoderFile, encoder, nn::audioEncoderShapes()); !good)
        return broken(folder, good.error());
    return {};
}

Status checkWeights(const fs::path& folder, const AvatarManifest& manifest)
{
    nn::WeightSet encoder;
    if (manifest.has(kAudioEncoderFile)) {
        auto read = nn::readSafetensors(folder / kAudioEncoderFile);
        if (!read)
            return broken(folder, read.error());
        encoder = std::move(*read);
    }
    if (manifest.has(kGeneratorFile)) {
        const auto generator = nn::readSafetensors(folder / kGeneratorFile);
        if (!generator)
            return broken(folder, generator.error());
        if (auto good = checkGenerator(folder, manifest, *generator, encoder); !good)
            return good;
    }
    return manifest.has(kAudioEncoderFile) ? checkAudioEncoder(folder, encoder) : Status();
}

/// Numbers beside the clip: one row of points a frame, and a table of features of any length.
Status checkArrays(const fs::path& folder, const AvatarManifest& manifest)
{
    const auto isFinite = [](float number) { return std::isfinite(number); };
    if (manifest.has(kLandmarksFile)) {
        const auto landmarks = readNpy(folder / kLandmarksFile);
        if (!landmarks)
            return broken(folder, landmarks.error());
        const std::vector<std::size_t> expected{static_cast<std::size_t>(manifest.frameCount), kLandmarkCount, 2};
        const auto isPoint = [](float number) { return !std::isinf(number); }; // no number: no face in the frame
        if (landmarks->shape != expected || !std::all_of(landmarks->values.begin(), landmarks->values.end(), isPoint))
            return broken(folder,
                          fmt::format("{} does not hold {} points for each of {} frames.", kLandmarksFile,
                                      kLandmarkCount, manifest.frameCount));
    }
    if (manifest.has(kFeaturesFile)) {
        const auto features = readNpy(folder / kFeaturesFile);
        if (!features)
            return broken(folder, features.error());
        if (features->shape.size() < 2 || !std::all_of(features->values.begin(), features->values.end(), isFinite))
            return broken(folder, fmt::format("{} is no table of finite numbers.", kFeaturesFile));
    }
    return {};
}

Status checkTemplate(const fs::path& folder, const AvatarManifest& manifest)
{
    const auto info = media::probeVideo(folder / kTemplateFile);
    if (!info)
        return broken(folder, info.error());
    if (info->frameCount < 2) {
        return broken(folder,
                      fmt::format("{} has {} frame(s); a template needs at least 2.", kTemplateFile, info->frameCount));
    }
    if (info->width != manifest.frameWidth || info->height != manifest.frameHeight) {
        return broken(folder,
                      fmt::format("{} is {} × {} pixels, but {} says {} × {}.", kTemplateFile, info->width,
                                  info->height, kManifestFile, manifest.frameWidth, manifest.frameHeight));
    }
    // Rates are fractions: equal when the products across are.
    if (std::int64_t{info->frameRateNumerator} * manifest.frameRateDenominator !=
        std::int64_t{manifest.frameRateNumerator} * info->frameRateDenominator) {
        return broken(folder,
                      fmt::format("{} has {:.3f} frames a second, but {} says {:.3f}.", kTemplateFile, info->frameRate,
                                  kManifestFile, manifest.frameRate()));
    }
    if (info->frameCount != manifest.frameCount) {
        return broken(folder,
                      fmt::format("{} has {} frames, but {} says {}.", kTemplateFile, info->frameCount, kManifestFile,
                                  manifest.frameCount));
    }
    return {};
}

std::uint32_t bigEndian(const char* bytes)
{
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

/// A PNG begins with its signature and the IHDR chunk, width and height at bytes 16 and 20, and ends with an empty
/// IEND chunk (W3C PNG, sections 5.2, 11.2.2 and 11.2.5).
bool isReasonablePng(const std::vector<char>& bytes)
{
    constexpr std::string_view kSignature("\x89PNG\r\n\x1a\n", 8);
    constexpr std::string_view kEnd("\0\0\0\0IEND\xae\x42\x60\x82", 12);
    const std::string_view content(bytes.data(), bytes.size());
    if (content.size() < 24 || !content.starts_with(kSignature) || !content.ends_with(kEnd))
        return false;
    const auto width = bigEndian(&bytes[16]);
    const auto height = bigEndian(&bytes[20]);
    return width >= 1 && height >= 1 && width <= kMaxThumbnailSide && height <= kMaxThumbnailSide;
}

Status checkThumbnail(const fs::path& folder)
{
    const auto bytes = readFile(folder / kThumbnailFile, kMaxThumbnailBytes);
    if (!bytes)
        return broken(folder, bytes.error());
    const auto unreadable = [&](std::string cause = {}) {
        return broken(folder,
                      fmt::format("{} is not a readable PNG picture of at most {} pixels a side.", kThumbnailFile,
                                  kMaxThumbnailSide),
                      std::move(cause));
    };
    if (!isReasonablePng(*bytes))
        return unreadable();
    try {
        if (cv::imdecode(*bytes, cv::IMREAD_COLOR).empty())
            return unreadable();
    } catch (const cv::Exception& problem) {
        return unreadable(problem.what());
    }
    return {};
}

Status checkHashes(const fs::path& folder, const AvatarManifest& manifest)
{
    for (const auto& [file, expected] : manifest.fileHashes) {
        const auto found = sha256(folder / file);
        if (!found)
            return failure(found);
        if (*found != expected) {
            return broken(folder,
                          fmt::format("{} is not the file this avatar was made with: its SHA-256 differs from "
                                      "the one in {}. Copy the avatar again.",
                                      file, kManifestFile));
        }
    }
    return {};
}

} // namespace

Result<std::shared_ptr<const AvatarPackage>> AvatarPackage::open(const fs::path& folder, const OpenOptions& options)
{
    if (auto present = checkIsAvatar(folder); !present)
        return failure(present);
    auto manifest = readManifest(folder);
    if (!manifest)
        return failure(manifest);
    if (auto present = checkFilesPresent(folder, *manifest); !present)
        return failure(present);
    if (auto good = checkTemplate(folder, *manifest); !good)
        return failure(good);
    auto crops = readCrops(folder, *manifest);
    if (!crops)
        return failure(crops);
    if (auto good = checkThumbnail(folder); !good)
        return failure(good);
    if (auto good = checkWeights(folder, *manifest); !good)
        return failure(good);
    if (auto good = checkArrays(folder, *manifest); !good)
        return failure(good);
    // Hashes last: what the checks before them say is closer to the cause than "it differs".
    if (options.verifyHashes) {
        if (auto good = checkHashes(folder, *manifest); !good)
            return failure(good);
    }
    std::shared_ptr<AvatarPackage> package(new AvatarPackage);
    package->m_folder = folder;
    package->m_manifest = std::move(*manifest);
    package->m_crops = std::move(*crops);
    return package;
}

Status AvatarPackage::checkTrained() const
{
    if (isTrained())
        return {};
    return failure(
        ErrorCode::InvalidInput,
        fmt::format("The avatar {0} is prepared but not trained yet; run 'lipsync train {0}'.", m_folder.string()));
}

Result<nn::WeightSet> AvatarPackage::generatorWeights() const
{
    if (auto trained = checkTrained(); !trained)
        return failure(trained);
    return nn::readSafetensors(generatorFile());
}

Result<nn::WeightSet> AvatarPackage::audioEncoderWeights() const
{
    if (auto trained = checkTrained(); !trained)
        return failure(trained);
    return nn::readSafetensors(audioEncoderFile());
}

AvatarPackage::AvatarPackage() = default;
AvatarPackage::~AvatarPackage() = default;

Result<std::unique_ptr<nn::AudioEncoder>> AvatarPackage::audioEncoder(int threads) const
{
    std::lock_guard lock(m_hearing);
    if (!m_audioEncoder) {
        const auto weights = audioEncoderWeights();
        if (!weights)
            return failure(weights);
        auto encoder = nn::AudioEncoder::create(*weights, {.precision = nn::Precision::Fp32, .threads = 1});
        if (!encoder)
            return failure(encoder);
        m_audioEncoder = std::move(*encoder);
    }
    return m_audioEncoder->replica(threads);
}

std::optional<fs::path> AvatarPackage::optionalFile(const char* file) const
{
    return m_manifest.has(file) ? std::optional(m_folder / file) : std::nullopt;
}

Result<std::optional<NpyArray>> AvatarPackage::optionalArray(const char* file) const
{
    if (!m_manifest.has(file))
        return std::optional<NpyArray>();
    auto array = readNpy(m_folder / file);
    if (!array)
        return failure(array);
    return std::optional(std::move(*array));
}

Result<std::optional<NpyArray>> AvatarPackage::landmarks() const
{
    return optionalArray(kLandmarksFile);
}

Result<std::optional<NpyArray>> AvatarPackage::features() const
{
    return optionalArray(kFeaturesFile);
}

} // namespace lipsync::avatar
