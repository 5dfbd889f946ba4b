// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "metrics/frame_trace.h"

namespace lipsync::metrics {

/// A moment, in milliseconds of a made-up day that does not begin at zero.
inline TimePoint at(double ms)
{
    return TimePoint{} + std::chrono::hours(1) + fromMilliseconds(ms);
}

/// A preview frame of stream 3 that waits 4 ms, is computed alone in 10 ms (1 input, 8 infer, 1 output), pasted in 2 ms
/// and delivered 1 ms later, all from `submittedMs`; its deadline is 40 ms away.
inline FrameTrace someFrame(std::int64_t sequence, double submittedMs)
{
    FrameTrace trace;
    trace.stream = 3;
    trace.sequence = sequence;
    trace.frameClass = FrameClass::Preview;
    trace.model = 1;
    trace.worker = 2;
    trace.batch = static_cast<std::uint64_t>(sequence) + 100;
    trace.batchSize = 1;
    trace.attempts = 1;
    trace.submitted = at(submittedMs);
    trace.started = at(submittedMs + 4);
    trace.finished = at(submittedMs + 14);
    trace.pasted = at(submittedMs + 16);
    trace.delivered = at(submittedMs + 17);
    trace.input = fromMilliseconds(1);
    trace.infer = fromMilliseconds(8);
    trace.output = fromMilliseconds(1);
    trace.deadline = at(submittedMs + 40);
    return trace;
}

} // namespace lipsync::metrics
