// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/avatar_manifest.h"
#include "avatar/crop_rectangle.h"
#include "base/error.h"
#include "base/npy.h"
#include "nn/weight_set.h"

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace lipsync::nn {
class AudioEncoder;
}

namespace lipsync::avatar {

/// How strictly an avatar is opened.
struct OpenOptions {
    bool verifyHashes = true; ///< compare every file with its SHA-256 in the manifest
};

/// A folder NAME.avatar/ that was found whole and consistent when it was opened. Immutable, but for what it keeps to
/// itself; any thread.
class AvatarPackage {
public:
    /// Opens and checks everything: files, hashes, weights (whole, finite, of the network the manifest names),
    /// crop rectangles, template video, thumbnail, shape of landmarks and features. A TorchScript generator is not
    /// opened here. InvalidInput names the file and what is wrong with it.
    static Result<std::shared_ptr<const AvatarPackage>> open(const std::filesystem::path& folder,
                                                             const OpenOptions& options = {});
    ~AvatarPackage();

    const std::filesystem::path& folder() const { return m_folder; }
    const AvatarManifest& manifest() const { return m_manifest; }

    /// One rectangle for each template frame.
    const std::vector<CropRectangle>& crops() const { return m_crops; }

    std::filesystem::path templateVideo() const { return m_folder / kTemplateFile; }
    std::filesystem::path generatorFile() const { return m_folder / m_manifest.generatorFile(); }
    std::filesystem::path audioEncoderFile() const { return m_folder / kAudioEncoderFile; }
    std::filesystem::path thumbnailFile() const { return m_folder / kThumbnailFile; }
    /// The clip's own sound, report and strip of faces, where the avatar has them.
    std::optional<std::filesystem::path> soundFile() const { return optionalFile(kSoundFile); }
    std::optional<std::filesystem::path> reportFile() const { return optionalFile(kReportFile); }
    std::optional<std::filesystem::path> previewFile() const { return optionalFile(kPreviewFile); }

    bool isTrained() const { return m_manifest.isTrained(); }
    /// InvalidInput, saying how to train it, when the avatar is only prepared. Whatever needs a network asks first.
    Status checkTrained() const;

    /// Read from disk at each call, so that the package itself stays small. Weights: as checkTrained() says; of a
    /// TorchScript generator there are none to be read here.
    Result<nn::WeightSet> generatorWeights() const;
    Result<nn::WeightSet> audioEncoderWeights() const;
    /// What hears for the network, computing in float32 with so many threads. The first call reads and packs the
    /// weights, which all that are handed out share and the package keeps. Fails as audioEncoderWeights().
    Result<std::unique_ptr<nn::AudioEncoder>> audioEncoder(int threads) const;
    /// frames × 68 × 2: x, y of the iBUG points in pixels of the template frame, not a number in frames
    /// without a face; nothing where the avatar has none.
    Result<std::optional<NpyArray>> landmarks() const;
    /// rows × numbers: precomputed features of soundFile(); nothing where the avatar has none.
    Result<std::optional<NpyArray>> features() const;

private:
    AvatarPackage();
    std::optional<std::filesystem::path> optionalFile(const char* file) const;
    Result<std::optional<NpyArray>> optionalArray(const char* file) const;

    std::filesystem::path m_folder;
    AvatarManifest m_manifest;
    std::vector<CropRectangle> m_crops;
    mutable std::mutex m_hearing; ///< of the next one
    mutable std::unique_ptr<const nn::AudioEncoder> m_audioEncoder; ///< null before the first is asked for
};

} // namespace lipsync::avatar
