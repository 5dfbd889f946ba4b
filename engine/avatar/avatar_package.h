// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/avatar_manifest.h"
#include "avatar/crop_rectangle.h"
#include "base/error.h"
#include "nn/weight_set.h"

#include <filesystem>
#include <memory>
#include <vector>

namespace lipsync::avatar {

/// How strictly an avatar is opened.
struct OpenOptions {
    bool verifyHashes = true; ///< compare every file with its SHA-256 in the manifest
};

/// A folder NAME.avatar/ that was found whole and consistent when it was opened. Immutable; any thread.
class AvatarPackage {
public:
    /// Opens and checks everything: files, hashes, weights (whole, finite, of the network the manifest names),
    /// crop rectangles, template video, thumbnail. InvalidInput names the file and what is wrong with it.
    static Result<std::shared_ptr<const AvatarPackage>> open(const std::filesystem::path& folder,
                                                             const OpenOptions& options = {});

    const std::filesystem::path& folder() const { return m_folder; }
    const AvatarManifest& manifest() const { return m_manifest; }

    /// One rectangle for each template frame.
    const std::vector<CropRectangle>& crops() const { return m_crops; }

    std::filesystem::path templateVideo() const { return m_folder / kTemplateFile; }
    std::filesystem::path generatorFile() const { return m_folder / kGeneratorFile; }
    std::filesystem::path audioEncoderFile() const { return m_folder / kAudioEncoderFile; }
    std::filesystem::path thumbnailFile() const { return m_folder / kThumbnailFile; }

    /// Read from disk at each call, so that the package itself stays small.
    Result<nn::WeightSet> generatorWeights() const;
    Result<nn::WeightSet> audioEncoderWeights() const;

private:
    AvatarPackage() = default;
    std::filesystem::path m_folder;
    AvatarManifest m_manifest;
    std::vector<CropRectangle> m_crops;
};

} // namespace lipsync::avatar
