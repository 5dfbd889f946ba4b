// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace lipsync::training {

/// Which frames of a clip are learnt from, and which stretch is only ever looked at to judge.
struct FrameSplit {
    int heldFirst = 0; ///< first held-out frame
    int heldCount = 0;
    int gap = 0; ///< frames on each side of the held-out ones that are not used at all: neighbours look alike
    std::vector<int> training; ///< in order

    bool isHeld(int frame) const { return frame >= heldFirst && frame < heldFirst + heldCount; }
};

/// Holds out a stretch of 15 % (8 frames to 15 s): the last one in which the person speaks as much as in the whole
/// clip, so that the end's silence does not flatter. `speaking` has one entry a frame.
FrameSplit splitFrames(std::span<const std::uint8_t> speaking);

} // namespace lipsync::training
