// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>
#include <string>

namespace lipsync::media {

/// What a file holds, as its head says. A stream that nothing here can decode does not count.
struct MediaSummary {
    std::string videoCodec, soundCodec; ///< FFmpeg's names; empty where there is no such stream
    bool isStillPicture = false; ///< one picture, such as a PNG or JPEG file
    bool isText = false; ///< which FFmpeg would show as the screen of an old terminal
    int width = 0, height = 0; ///< upright
    double frameRate = 0; ///< 0 when it is not known
    int sampleRate = 0, channels = 0;
    double seconds = 0; ///< 0 when the head does not say

    bool hasVideo() const { return !videoCodec.empty() && !isText && !isStillPicture; }
    bool hasSound() const { return !soundCodec.empty(); }
};

/// Looks at a file without decoding it: quick however long it is. InvalidInput when it is no media file.
Result<MediaSummary> summariseMedia(const std::filesystem::path& file);

} // namespace lipsync::media
