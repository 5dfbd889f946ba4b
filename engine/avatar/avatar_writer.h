// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/avatar_manifest.h"
#include "avatar/crop_rectangle.h"
#include "base/error.h"
#include "nn/weight_set.h"

#include <filesystem>
#include <vector>

#include <opencv2/core/mat.hpp>

namespace lipsync::avatar {

/// The pieces of an avatar. Frame size, rate and count and the file hashes of `manifest` are filled in from the rest.
struct AvatarParts {
    AvatarManifest manifest;
    std::filesystem::path templateVideo; ///< H.264 MP4 with a key frame every kTemplateBlockFrames frames; copied
    std::vector<CropRectangle> crops; ///< one a template frame
    nn::WeightSet generator;
    nn::WeightSet audioEncoder;
    nn::WeightStorage weightStorage = nn::WeightStorage::Float32; ///< of both networks' files
    cv::Mat thumbnail; ///< BGR bytes
};

/// Writes `folder` (NAME.avatar) by way of NAME.avatar.part, which is opened and checked like any avatar before it is
/// renamed; on failure nothing is left behind. InvalidInput when `folder` exists and may not be replaced, or when
/// the parts do not fit together; only a folder that holds an avatar.json is ever replaced.
Status writeAvatar(const std::filesystem::path& folder, const AvatarParts& parts, bool overwrite = false);

} // namespace lipsync::avatar
