// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheduling/frame_job.h"

namespace lipsync::scheduling {

std::string_view toString(Refusal::Reason reason)
{
    constexpr std::array<std::string_view, 6> names{"queue_full", "wait_too_long", "deadline_unreachable",
                                                    "not_ready",  "draining",      "unknown_stream"};
    return names[static_cast<std::size_t>(reason)];
}

std::string Refusal::text() const
{
    const double wait = milliseconds(predictedWait);
    switch (reason) {
    case Reason::QueueFull:
        return fmt::format("The queue is full; a frame would be ready in about {:.0f} ms. Ask again later.", wait);
    case Reason::WaitTooLong:
        return fmt::format("A frame would be ready only in about {:.0f} ms, later than this queue promises.", wait);
    case Reason::DeadlineUnreachable:
        return fmt::format("The frame would be ready in about {:.0f} ms, after its deadline.", wait);
    case Reason::NotReady:
        return "No worker is able to compute frames; the workers' last errors say why.";
    case Reason::Draining:
        return "The workers are finishing what they have and take no new frames.";
    case Reason::UnknownStream:
        return "The stream of this frame is closed.";
    }
    return {};
}

} // namespace lipsync::scheduling
