// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/avatar_manifest.h"
#include "base/error.h"
#include "base/npy.h"
#include "nn/network_spec.h"

#include <filesystem>

#include <opencv2/core/mat.hpp>

namespace lipsync::test {

/// What a test avatar looks like; the defaults make the smallest one that everything accepts.
struct TestAvatarOptions {
    nn::GeneratorSpec network{nn::GeneratorKind::SyncTalk2D160, nn::AudioMode::Ave, 4};
    int frameCount = 12;
    cv::Size frameSize{96, 96};
    int cropSide = 64;
    int cropHeight = 0; ///< 0: a square; otherwise for networks whose crops need not be square
    int frameRate = 25;
    int keyframeInterval = 12;
    avatar::LoopRule loop = avatar::LoopRule::PingPong;
    std::filesystem::path torchScript; ///< the archive of a TorchScript network
    std::filesystem::path sound; ///< of the clip; empty: none
    NpyArray features; ///< of that sound; empty: none
};

/// Frame `index` of a test avatar's template before it was encoded: a gradient that moves from frame to frame.
cv::Mat testTemplatePicture(int index, cv::Size size);

/// Writes the template video of a test avatar, replacing one that is there.
Status writeTestTemplate(const std::filesystem::path& file, const TestAvatarOptions& options);

/// Writes a small valid avatar with formula weights as `folder`, replacing one that is there.
Status makeTestAvatar(const std::filesystem::path& folder, const TestAvatarOptions& options = {});

} // namespace lipsync::test
