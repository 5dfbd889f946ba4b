// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scheduling/batch_decision.h"
#include "scheduling/frame_job.h"

#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace lipsync::scheduling {

/// What a stream of frames is.
struct StreamOptions {
    JobClass jobClass = JobClass::Bulk;
    bool latestWins = false; ///< a new job cancels the ones before it: scrubbing
    Duration period{}; ///< pace at which its frames come; 0 when they come as they come
};

/// The open streams: the order in which their results leave, and when their next frames are expected. One thread.
class StreamTable {
public:
    StreamId open(const StreamOptions& options, TimePoint now);
    bool contains(StreamId stream) const { return m_streams.contains(stream); }
    const StreamOptions& options(StreamId stream) const { return m_streams.at(stream).options; }

    /// A job was accepted; its result leaves after those before it.
    void add(StreamId stream, JobId job, TimePoint now, std::optional<TimePoint> deadline);
    /// Jobs whose results have not left yet, in order.
    const std::deque<JobId>& outstanding(StreamId stream) const { return m_streams.at(stream).outstanding; }
    /// The first result of the stream left.
    void popFront(StreamId stream);
    /// No further jobs; the stream is forgotten once its last result has left.
    void close(StreamId stream);
    bool isClosed(StreamId stream) const { return m_streams.at(stream).closed; }

    /// Frames that paced streams should ask for until `horizon`, in the order of arrival.
    std::vector<ExpectedFrame> expected(TimePoint now, TimePoint horizon) const;

private:
    struct Stream {
        StreamOptions options;
        std::deque<JobId> outstanding;
        TimePoint nextExpected; ///< of a paced stream
        std::optional<Duration> patience; ///< from submission to deadline; nothing when its frames have none
        bool closed = false;
    };

    void forgetIfDone(StreamId stream);

    std::map<StreamId, Stream> m_streams;
    StreamId m_last = 0;
};

} // namespace lipsync::scheduling
