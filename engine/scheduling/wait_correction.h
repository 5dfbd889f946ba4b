// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

namespace lipsync::scheduling {

/// By how much jobs that queue take longer than was predicted for them: a factor that 299 of 300 stay below, learnt from
/// how each of them ended. What a prediction cannot know is in it: workers that wait for a processor between batches,
/// jobs that overtake. One of 100 may be late; the rest of that is left for the way back to whoever asked. One thread.
class WaitCorrection {
public:
    /// Between 1 and kMost: a moment in which the machine stood still is nothing to plan with.
    double factor() const { return m_factor; }
    Duration corrected(Duration predicted) const;

    /// Of a job that was computed.
    void took(Duration predicted, Duration actual);
    /// Of one that ended before: it would have taken longer than it waited.
    void gaveUp(Duration predicted, Duration waited);

    static constexpr double kMost = 2;

private:
    void learn(bool exceeded);

    double m_factor = 1;
};

} // namespace lipsync::scheduling
