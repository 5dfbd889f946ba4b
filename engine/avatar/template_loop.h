// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/network_profile.h"

#include <cstdint>

namespace lipsync::avatar {

using nn::LoopRule;

/// Which template frame belongs to which output frame. A value; any thread.
class TemplateLoop {
public:
    /// Plays frames startFrame … frameCount − 1. Needs 0 ≤ startFrame < frameCount, as every valid manifest has.
    /// Where the reference would add the start frame and run off the clip's end, the fold happens at the end instead.
    TemplateLoop(LoopRule rule, int frameCount, int startFrame);

    /// Template frame of output frame 0, 1, …; negative ones continue the same sequence to the left.
    int frameAt(std::int64_t outputFrame) const;

    /// Output frames after which the sequence repeats.
    std::int64_t period() const;

private:
    LoopRule m_rule;
    int m_startFrame;
    std::int64_t m_length; ///< template frames in play
};

} // namespace lipsync::avatar
