// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>

namespace lipsync {

struct DemoAvatarOptions {
    std::filesystem::path weights; ///< folder with the trained generator.safetensors and audio_encoder.safetensors
    std::filesystem::path output; ///< NAME.avatar
    double templateOpen = 0; ///< openness of the drawn mouth that the network replaces, 0 to 1
    bool overwrite = false;
};

/// Draws the template clip of the demo character and packs it with trained weights as an avatar.
Status writeDemoAvatar(const DemoAvatarOptions& options);

} // namespace lipsync
