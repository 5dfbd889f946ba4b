// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "metrics/frame_trace.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace lipsync::scheduling {

using JobId = std::uint64_t;
using StreamId = std::uint64_t;
using ModelId = std::uint32_t; ///< one avatar's network
using WorkerId = std::uint32_t;

/// Who waits for a frame; metrics count by the same classes.
using JobClass = FrameClass;
inline constexpr std::size_t kJobClasses = kFrameClasses;

/// What a worker needs to compute a frame, and what it makes; the scheduler only passes them on.
struct JobContent {
    virtual ~JobContent() = default;
};
struct JobOutput {
    virtual ~JobOutput() = default;
};

/// Asks for one generated frame.
struct FrameJob {
    StreamId stream = 0;
    std::int64_t sequence = 0; ///< the stream's own number of the frame
    ModelId model = 0;
    std::optional<TimePoint> deadline; ///< useless afterwards: expires in the queue
    std::size_t bytes = 0; ///< memory it holds while it waits, for the queue's bound
    std::shared_ptr<const JobContent> content;
};

/// How a job ended; every accepted job ends exactly once. Cancelled: by its stream, which was closed, sought elsewhere,
/// or had a newer wish.
using JobOutcome = metrics::FrameOutcome;

/// Where a batch's time went inside a worker.
struct BatchTimes {
    Duration input{}; ///< gathering, and copying to the device or the child
    Duration infer{};
    Duration output{}; ///< copying back, to bytes
};

/// The end of a job, delivered in the order of submission within its stream.
struct JobResult {
    JobId id = 0;
    StreamId stream = 0;
    std::int64_t sequence = 0;
    JobClass jobClass = JobClass::Bulk;
    JobOutcome outcome = JobOutcome::Done;
    Error error; ///< when Failed
    std::shared_ptr<const JobOutput> output; ///< when Done
    std::optional<TimePoint> deadline;
    TimePoint submitted;
    TimePoint started; ///< when its last batch was given to a worker; submitted when there was none
    TimePoint finished; ///< when it ended; delivery may wait for earlier frames
    WorkerId worker = 0; ///< of its last batch
    std::uint64_t batch = 0; ///< number of its last batch; 0 when there was none
    int batchSize = 0; ///< jobs in that batch
    int attempts = 0; ///< batches it was in
    BatchTimes times; ///< of its last batch

    bool isLate() const { return outcome == JobOutcome::Expired || (deadline && finished > *deadline); }
};

/// Why a job was not accepted.
struct Refusal {
    enum class Reason : std::uint8_t {
        QueueFull, ///< the class's bound of jobs or bytes
        WaitTooLong, ///< the class's bound of predicted waiting time
        DeadlineUnreachable, ///< it would be late
        NotReady, ///< no worker is or becomes able to compute it
        Draining, ///< no new work is taken
        UnknownStream,
    };
    Reason reason = Reason::QueueFull;
    Duration predictedWait{}; ///< until a job like it would be finished

    /// A sentence for the operator.
    std::string text() const;
};
std::string_view toString(Refusal::Reason reason);

} // namespace lipsync::scheduling
