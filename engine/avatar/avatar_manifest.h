// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/template_loop.h"
#include "base/error.h"
#include "nn/network_spec.h"

#include <map>
#include <string>
#include <string_view>

namespace lipsync::avatar {

using nn::CropResize;

/// What the reference of that network does at inference: cubic for the 328 generator, linear for the 160 one.
CropResize defaultCropResize(nn::GeneratorKind kind);

/// Names of an avatar folder's files.
inline constexpr const char* kManifestFile = "avatar.json";
inline constexpr const char* kTemplateFile = "template.mp4";
inline constexpr const char* kCropsFile = "crops.json";
inline constexpr const char* kGeneratorFile = "generator.safetensors";
inline constexpr const char* kAudioEncoderFile = "audio_encoder.safetensors";
inline constexpr const char* kThumbnailFile = "thumbnail.png";
inline constexpr const char* kTorchScriptFile = "generator.pt"; ///< in place of generator.safetensors
inline constexpr const char* kSoundFile = "sound.wav"; ///< of the clip: 16 kHz mono PCM16, sample 0 = start of frame 0
inline constexpr const char* kLandmarksFile = "landmarks.npy"; ///< float32, frames × 68 × 2, pixels of the frame
inline constexpr const char* kFeaturesFile = "features.npy"; ///< float32, of sound.wav, for hubert and wenet networks
inline constexpr const char* kReportFile = "report.json"; ///< what preparation thinks of the clip
inline constexpr const char* kPreviewFile = "preview.png"; ///< a strip of faces across the clip

/// What every avatar holds, and what it may hold besides; all of it is hashed in its manifest.
inline constexpr const char* kRequiredFiles[] = {kTemplateFile, kCropsFile, kThumbnailFile};
inline constexpr const char* kOptionalFiles[] = {kGeneratorFile, kTorchScriptFile, kAudioEncoderFile, kSoundFile,
                                                 kLandmarksFile, kFeaturesFile,    kReportFile,       kPreviewFile};

/// Highest schema version that can be read. Version 1 had five files, both networks among them, and no more.
inline constexpr int kManifestSchemaVersion = 2;

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
    nn::GeneratorSpec network; ///< of a prepared avatar the one it is meant for
    LoopRule loop = LoopRule::PingPong;
    int startFrame = 0; ///< first template frame in play; at least two must remain
    int frameRateNumerator = 25;
    int frameRateDenominator = 1;
    int frameWidth = 0; ///< of the template video, pixels
    int frameHeight = 0; ///< of the template video, pixels
    int frameCount = 0; ///< of the template video
    CropResize cropResize = CropResize::Linear;
    std::map<std::string, std::string> fileHashes; ///< SHA-256 in lower-case hex by name, of every file but avatar.json

    double frameRate() const { return static_cast<double>(frameRateNumerator) / frameRateDenominator; }
    bool has(const std::string& file) const { return fileHashes.contains(file); }
    /// generator.pt of a TorchScript network, generator.safetensors of all others.
    const char* generatorFile() const;
    /// Without a generator an avatar is prepared: it can be looked at and trained, but does not speak.
    bool isTrained() const { return has(generatorFile()); }
    /// SHA-256 of the generator's file; empty when the avatar is not trained.
    std::string generatorHash() const;

    bool operator==(const AvatarManifest&) const = default;
};

/// Reads the text of an avatar.json. InvalidInput names the key that is missing or cannot be used.
/// Keys it does not know are ignored, so that later versions may add some.
Result<AvatarManifest> parseManifest(std::string_view json);

/// The text of an avatar.json; parseManifest() gives the same manifest back.
std::string toJson(const AvatarManifest& manifest);

} // namespace lipsync::avatar
