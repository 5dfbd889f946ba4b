// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace lipsync::avatar {

/// How the template clip is continued past its end (specification section 1.13).
enum class LoopRule {
    PingPong, ///< 1, 2, …, last, …, 1, 0, 1, …: begins at frame 1, ends are not repeated
    Mirror, ///< 0, …, last, last, …, 0, 0, …: both ends are repeated
    Modulo, ///< 0, …, last, 0, …
};

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
