// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <functional>
#include <memory>

namespace lipsync::ui {

/// What the playback's time is read from: the sound that is heard, or a timer where nothing can be heard.
/// Belongs to the window's thread.
class PlaybackClock {
public:
    virtual ~PlaybackClock() = default;

    /// Runs from `seconds` of the voice on.
    virtual void start(double seconds) = 0;
    virtual void stop() = 0;
    /// Seconds of the voice that have been heard; stays where it was after stop().
    virtual double position() const = 0;
    /// Whether the voice is really heard.
    virtual bool isAudible() const = 0;
    /// How loud the voice is, 0 to 1 in amplitude; also before start(). Nothing where nothing is heard.
    virtual void setVolume(double /*volume*/) { }
};

/// Makes the clock of a preview for its voice; tests inject one that they turn by hand.
using ClockFactory = std::function<std::unique_ptr<PlaybackClock>(std::shared_ptr<const VoiceSound> sound)>;

/// Clocks that play the sound on the default device.
ClockFactory soundClocks();

} // namespace lipsync::ui
