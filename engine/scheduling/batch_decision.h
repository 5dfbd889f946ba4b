// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scheduling/job_queue.h"

#include <functional>
#include <optional>
#include <span>

namespace lipsync::scheduling {

/// A frame that a paced stream is going to ask for.
struct ExpectedFrame {
    TimePoint arrival;
    TimePoint deadline;
};

/// What an idle worker knows when it decides how much to take.
struct BatchSituation {
    TimePoint now;
    std::span<const JobQueue::Pick> picks; ///< what waits, in the order in which it should be taken; not empty
    std::span<const int> sizes; ///< allowed sizes, ascending; not empty
    std::function<std::optional<Duration>(int size)> cost; ///< cautious time of a batch; nothing while unknown
    std::span<const ExpectedFrame> expected; ///< of the next batches, in the order of arrival
    std::optional<TimePoint> otherWorker; ///< when another worker could take what arrives meanwhile
};

/// How many of the waiting jobs run now, or that the worker had better wait for a frame that is about to come.
struct BatchDecision {
    int jobs = 0; ///< the first so many of the picks; 0 when holding
    int paddedSize = 0; ///< the allowed size they run at
    std::optional<TimePoint> holdUntil; ///< when it would rather wait than be busy then
};

/// The largest allowed batch that keeps the deadline of each member and of the next expected frames. A deadline that
/// cannot be kept even alone does not hold the others back.
BatchDecision decideWithSlack(const BatchSituation& situation);

/// The largest allowed batch, whatever comes next.
BatchDecision decideLargest(const BatchSituation& situation);

} // namespace lipsync::scheduling
