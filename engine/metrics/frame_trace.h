// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "metrics/stats_snapshot.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace lipsync::metrics {

/// How a frame ended.
enum class FrameOutcome : std::uint8_t {
    Done, ///< may still be late
    Failed,
    Expired, ///< its deadline passed in the queue
    Cancelled,
};
std::string_view toString(FrameOutcome outcome);

/// Where one frame's time went. A plain value of a few words: made once a frame, when it has ended.
struct FrameTrace {
    std::uint64_t stream = 0;
    std::int64_t sequence = 0; ///< the stream's own number of the frame
    FrameClass frameClass = FrameClass::Bulk;
    FrameOutcome outcome = FrameOutcome::Done;
    std::uint32_t model = 0;
    std::uint32_t worker = 0; ///< of its last batch, as are device, size and times
    std::uint32_t device = 0; ///< index into TraceNames::devices
    std::uint64_t batch = 0; ///< number of its last batch; 0 when there was none
    std::int32_t batchSize = 0; ///< frames in that batch
    std::int32_t attempts = 0; ///< batches it was in
    TimePoint submitted;
    TimePoint started; ///< when its last batch was given to a worker
    TimePoint finished; ///< when its batch ended, or it did in the queue
    TimePoint pasted; ///< when it was a full frame; default where that never was
    TimePoint delivered; ///< when its reader had it; default where that never was
    Duration input{}, infer{}, output{}; ///< of its last batch inside the worker
    std::optional<TimePoint> deadline;

    /// When it was of use, or ended without being.
    TimePoint end() const;
    /// Whether it was in a batch; otherwise all its life was waiting.
    bool isComputed() const { return batch != 0; }
    /// From its submission until its last batch started, or it ended in the queue.
    Duration queueTime() const;
    /// From the start of its last batch to that batch's end; 0 when there was none.
    Duration computeTime() const;
    Duration pasteTime() const; ///< from the batch's end to the full frame, waiting included
    Duration deliverTime() const; ///< from the full frame to its reader
    /// How long after its deadline it was of use; 0 when on time, without a deadline, or expired at it.
    Duration lateness() const;
    /// Expired, or done after its deadline.
    bool isLate() const;
};

} // namespace lipsync::metrics
