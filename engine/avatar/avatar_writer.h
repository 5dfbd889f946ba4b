// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/avatar_manifest.h"
#include "avatar/crop_rectangle.h"
#include "base/error.h"
#include "base/npy.h"
#include "nn/weight_set.h"

#include <filesystem>
#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>

namespace lipsync::avatar {

/// The pieces of an avatar. Frame size, rate and count and the file hashes of `manifest` are filled in from the rest.
struct AvatarParts {
    AvatarManifest manifest;
    std::filesystem::path templateVideo; ///< H.264 MP4 with a key frame every kTemplateBlockFrames frames; copied
    std::vector<CropRectangle> crops; ///< one a template frame
    nn::WeightSet generator; ///< empty: a prepared avatar, or a TorchScript one
    std::filesystem::path torchScript; ///< archive in place of `generator`; copied, not opened
    nn::WeightSet audioEncoder; ///< empty for networks that do not listen to AVE features
    nn::WeightStorage weightStorage = nn::WeightStorage::Float32; ///< of both networks' files
    cv::Mat thumbnail; ///< BGR bytes
    std::filesystem::path sound; ///< sound.wav; copied; empty: none. The same for what follows
    NpyArray landmarks; ///< frames × 68 × 2
    NpyArray features; ///< rows × numbers
    std::string report; ///< text of report.json
    cv::Mat preview; ///< BGR bytes
};

/// Whether an avatar may be written as `folder`, to be asked before long work. As writeAvatar() says.
Status checkAvatarTarget(const std::filesystem::path& folder, bool overwrite);

/// Writes `folder` (NAME.avatar) by way of NAME.avatar.part, which is opened and checked like any avatar before it is
/// renamed; on failure nothing is left behind. InvalidInput when `folder` exists and may not be replaced, or when
/// the parts do not fit together; only a folder that holds an avatar.json is ever replaced.
Status writeAvatar(const std::filesystem::path& folder, const AvatarParts& parts, bool overwrite = false);

} // namespace lipsync::avatar
