// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <optional>
#include <span>

namespace lipsync::audio {

/// A voice as a generator hears it: sound goes in, and for every frame of the video a window of numbers comes out.
/// One thread at a time.
class WindowTrack {
public:
    virtual ~WindowTrack() = default;

    /// Appends 16 kHz mono samples. Usage after finish().
    virtual Status push(std::span<const float> samples) = 0;
    /// The voice ends here.
    virtual Status finish() = 0;
    virtual bool finished() const = 0;

    /// Frames whose window will not change any more.
    virtual std::size_t readyFrames() const = 0;
    /// Frames of the whole video, known once finished.
    virtual std::optional<std::size_t> frameCount() const = 0;
    /// Copies what is heard at a frame. Usage when the frame is not ready or `out` has another size.
    virtual Status window(std::size_t frame, std::span<float> out) const = 0;

    /// Frames of a video of so many samples. InvalidInput when there cannot be such a one.
    virtual Result<std::size_t> framesOf(std::size_t samples) const = 0;
};

/// What window() says when it is asked for a frame that is not there.
Status checkWindow(std::size_t frame, std::size_t readyFrames, std::size_t size, std::size_t expectedSize);

} // namespace lipsync::audio
