// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "facade/avatar_and_voice.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace lipsync {

/// How a live session behaves.
struct LiveOptions {
    /// Whether frames come all the time: the template's own while nobody speaks, at its frame rate. Otherwise frames
    /// come only of sound.
    bool idles = false;
    double silenceLevel = -50; ///< dB below full scale under which sound counts as silence
    double silenceSeconds = 0.8; ///< of silence after which the idle loop begins
};

/// Counters of a live session; poll a few times a second.
struct LiveStatistics {
    double delayMs = 0; ///< from the arrival of the last sound a frame shows to its picture, mean over the last frames
    double framesPerSecond = 0;
    std::int64_t computed = 0; ///< frames with a mouth of ours
    std::int64_t dropped = 0; ///< frames that were left out to keep up
    bool isIdle = false; ///< the idle loop is shown
};

/// A speech whose sound arrives while it is spoken. Its destructor stops it. Any thread; nothing waits for the engine.
class LiveSession {
public:
    /// Called from the engine's threads; must not call back into the session.
    struct Events {
        std::function<void(Result<AvatarInfo>)> ready; ///< once: opened, or why not
        std::function<void(std::shared_ptr<const Picture>)> picture; ///< every frame, in order
        std::function<void(Status)> finished; ///< once, after the last picture or the first failure
    };

    virtual ~LiveSession() = default;
    /// Appends sound, 16 kHz mono, −1 to 1. Frames follow as soon as the sound around them is known.
    virtual void push(std::span<const float> samples) = 0;
    /// What has been pushed and is not shown yet is forgotten at once; sound pushed afterwards is a new utterance.
    virtual void interrupt() = 0;
    /// The speech ends here; its last frames follow, then finished().
    virtual void finish() = 0;
    virtual LiveStatistics statistics() const = 0;
};

} // namespace lipsync
