// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scheduling/batch_decision.h"

#include <optional>
#include <span>
#include <vector>

namespace lipsync::scheduling {

/// Plays some batches ahead on a worker that always has more to do than fits into a batch, and finds which first one
/// lets it compute the most frames a second without making an expected frame late. Two batches must fit between a
/// frame's arrival and its deadline, so it pays when a batch ends just after a frame has come.
class BatchOutlook {
public:
    static constexpr int kBatchesAhead = 3; ///< after the first one
    /// `costs` are those of `sizes`. What it is given must outlive it.
    BatchOutlook(std::span<const int> sizes, std::span<const Duration> costs, std::span<const ExpectedFrame> expected);

    /// What to do first: a batch of `size` now, or to wait.
    struct Step {
        int size = 0;
        std::optional<TimePoint> waitUntil;
    };
    /// `urgent` jobs wait already, the first of which is due at `deadline`. Nothing when no batch keeps everything.
    std::optional<Step> best(TimePoint now, int urgent, TimePoint deadline) const;

private:
    /// A moment at which the worker is free.
    struct Moment {
        TimePoint time;
        std::size_t next = 0; ///< first expected frame that has not come
        int urgent = 0; ///< frames with deadlines that wait
        TimePoint deadline = TimePoint::max(); ///< the strictest of them
        double gain = 0; ///< frames computed so far, less what full batches make in that time
    };

    double worth(const Moment& moment, int batches) const;
    TimePoint latestEnd(const Moment& moment) const;
    Moment afterBatch(const Moment& moment, std::size_t size) const;
    std::optional<Moment> afterWait(const Moment& moment) const;
    std::vector<std::size_t> worthTrying(const Moment& moment) const;
    std::optional<std::size_t> largestUntil(const Moment& moment, TimePoint end) const;
    Duration costOf(int frames) const;

    std::span<const int> m_sizes;
    std::span<const Duration> m_costs;
    std::span<const ExpectedFrame> m_expected;
    double m_fullRate; ///< frames a second in full batches
    double m_worthOfRoom = 0; ///< frames a second of time by which a batch may be longer
};

} // namespace lipsync::scheduling
