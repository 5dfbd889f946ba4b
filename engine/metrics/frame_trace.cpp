// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/frame_trace.h"

#include <algorithm>

namespace lipsync::metrics {

namespace {

Duration between(TimePoint begin, TimePoint end)
{
    return std::max(end - begin, Duration{});
}

} // namespace

std::string_view toString(FrameOutcome outcome)
{
    switch (outcome) {
    case FrameOutcome::Done:
        return "done";
    case FrameOutcome::Failed:
        return "failed";
    case FrameOutcome::Expired:
        return "expired";
    case FrameOutcome::Cancelled:
        return "cancelled";
    }
    return "";
}

TimePoint FrameTrace::end() const
{
    return std::max({finished, pasted, delivered});
}

Duration FrameTrace::queueTime() const
{
    return between(submitted, isComputed() ? started : finished);
}

Duration FrameTrace::computeTime() const
{
    return isComputed() ? between(started, finished) : Duration{};
}

Duration FrameTrace::pasteTime() const
{
    return between(finished, pasted);
}

Duration FrameTrace::deliverTime() const
{
    return between(std::max(finished, pasted), delivered);
}

Duration FrameTrace::lateness() const
{
    return deadline ? between(*deadline, end()) : Duration{};
}

bool FrameTrace::isLate() const
{
    return outcome == FrameOutcome::Expired || (outcome == FrameOutcome::Done && lateness() > Duration{});
}

} // namespace lipsync::metrics
