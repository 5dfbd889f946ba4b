// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/window_track.h"

namespace lipsync::audio {

Status checkWindow(std::size_t frame, std::size_t readyFrames, std::size_t size, std::size_t expectedSize)
{
    if (frame < readyFrames && size == expectedSize)
        return {};
    return failure(ErrorCode::Usage,
                   fmt::format("The sound of frame {} was asked for, but only {} frames are ready, each with {} "
                               "numbers.",
                               frame, readyFrames, expectedSize));
}

} // namespace lipsync::audio
