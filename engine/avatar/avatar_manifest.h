// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/template_loop.h"
#include "base/error.h"
#include "nn/network_spec.h"

#include <map>
#include <string>
#include <string_view>

namespace lipsync::avatar {

/// Interpolation by which a face crop becomes the network's square (specification section 1.11).
enum class CropResize { Cubic, Linear, Area };

/// Cubic for the 328 generator, linear for the 160 one: what the reference does at inference.
CropResize defaultCropResize(nn::GeneratorKind kind);

/// Names of an avatar folder's files.
inline constexpr const char* kManifestFile = "avatar.json";
inline constexpr const char* kTemplateFile = "template.mp4";
inline constexpr const char* kCropsFile = "crops.json";
inline constexpr const char* kGeneratorFile = "generator.safetensors";
inline constexpr const char* kAudioEncoderFile = "audio_encoder.safetensors";
inline constexpr const char* kThumbnailFile = "thumbnail.png";

/// The files whose hashes a manifest holds: all but avatar.json itself.
inline constexpr const char* kHashedFiles[] = {kTemplateFile, kCropsFile, kGeneratorFile, kAudioEncoderFile,
                                               kThumbnailFile};

/// Highest schema version that can be read.
inline constexpr int kManifestSchemaVersion = 1;

/// Largest avatar.json, frame side and clip length that are accepted.
inline constexpr std::size_t kMaxManifestBytes = std::size_t{1} << 20;
inline constexpr int kMaxFrameSide = 8192;
inline constexpr int kMaxFrameCount = 100000;

/// What avatar.json says about an avatar.
struct AvatarManifest {
    int schemaVersion = kManifestSchemaVersion;
    std::string name; ///< 1–64 letters, digits, spaces, '-', '_' or '.'
    std::string title; ///< for people
    std::string licence; ///< of the pictures and weights
    std::string attribution; ///< whom to thank
    nn::GeneratorSpec network;
    LoopRule loop = LoopRule::PingPong;
    int startFrame = 0; ///< first template frame in play; at least two must remain
    int frameRateNumerator = 25;
    int frameRateDenominator = 1;
    int frameWidth = 0; ///< of the template video, pixels
    int frameHeight = 0; ///< of the template video, pixels
    int frameCount = 0; ///< of the template video
    CropResize cropResize = CropResize::Linear;
    std::map<std::string, std::string> fileHashes; ///< SHA-256 in lower-case hex by file name, for kHashedFiles

    double frameRate() const { return static_cast<double>(frameRateNumerator) / frameRateDenominator; }

    bool operator==(const AvatarManifest&) const = default;
};

/// Reads the text of an avatar.json. InvalidInput names the key that is missing or cannot be used.
/// Keys it does not know are ignored, so that later versions may add some.
Result<AvatarManifest> parseManifest(std::string_view json);

/// The text of an avatar.json; parseManifest() gives the same manifest back.
std::string toJson(const AvatarManifest& manifest);

} // namespace lipsync::avatar
