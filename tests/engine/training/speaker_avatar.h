// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "avatar/avatar_writer.h"

#include <filesystem>

namespace lipsync::test {

/// What a made-up speaker is like; a test changes what shall be wrong with it.
struct SpeakerAvatarOptions {
    int frames = 60;
    int frameRate = 25;
    bool hasSound = true, isSilent = false;
    bool hasLandmarks = true;
};

/// The prepared avatar of a grey face whose mouth is as wide open as a swelling tone is loud. `folder` must not exist.
Status makeSpeakerAvatar(const std::filesystem::path& folder, const SpeakerAvatarOptions& options = {});

} // namespace lipsync::test
