// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What FFmpeg calls the parts of a format, for the .cpp files of this room only.

#include "media/ffmpeg_handles.h"
#include "media/video_format.h"

namespace lipsync::media {

/// FFmpeg's names for a format's container and encoders, and what people call them.
struct FormatCodecs {
    const char* container;
    const char* pictureEncoder; ///< the usual one
    AVCodecID pictures;
    const char* picturesName;
    const char* soundEncoder;
    const char* soundName;
};

const FormatCodecs& codecsOf(VideoFormat format);

} // namespace lipsync::media
