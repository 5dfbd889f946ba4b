// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "facade/avatar_and_voice.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace lipsync {

/// What a preview shows once it is ready.
struct PreviewInfo {
    AvatarInfo avatar;
    VoiceInfo voice;
    std::shared_ptr<const VoiceSound> sound;
    std::int64_t frames = 0;
    double frameRate = 0;
};

/// Counters of a preview; poll a few times a second.
struct PreviewStatistics {
    double framesPerSecond = 0; ///< computed, over the last second of work
    double latencyMs = 0; ///< from the wish for a frame to its picture, mean over the last frames
    std::int64_t computed = 0; ///< pictures made since the preview opened
    std::int64_t dropped = 0; ///< frames whose time passed during play before they were made
};

/// A live preview of one voice on one avatar. Its destructor stops its thread. All functions may be called from any
/// one thread (the window's) and never wait for the engine.
class Preview {
public:
    /// Called from the engine's threads; must not call back into the preview.
    struct Events {
        std::function<void(Result<PreviewInfo>)> ready; ///< once: opened, or why not
        std::function<void(std::int64_t frame)> picture; ///< a picture was made and can be taken; nearly in order
        std::function<void(Error)> failed; ///< a frame could not be made; the preview goes on
    };

    virtual ~Preview() = default;

    /// Computes the one frame (paused, scrub): only the newest wish counts.
    virtual void show(std::int64_t frame) = 0;
    /// Computes from `frame` on, some frames ahead of the playhead.
    virtual void play(std::int64_t frame) = 0;
    /// While playing: the frame that is heard now. Frames before it that are not made yet are dropped and counted.
    virtual void setPlayhead(std::int64_t frame) = 0;
    /// Stops computing ahead.
    virtual void pause() = 0;

    /// The newest picture at or before `frame` since the last show() or play(); null when there is none yet.
    /// Pictures before the returned one are forgotten.
    virtual std::shared_ptr<const Picture> pictureAt(std::int64_t frame) = 0;

    /// Whether pictures made from now on carry the frame as it was filmed too (for a before/after wipe). Off at first.
    virtual void setOriginalsWanted(bool areWanted) = 0;

    virtual PreviewStatistics statistics() const = 0;
};

} // namespace lipsync
