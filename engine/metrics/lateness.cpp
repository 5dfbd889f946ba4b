// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/lateness.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace lipsync::metrics {

namespace {

/// Computing counts as slower than usual from this share above the usual time.
constexpr double kUnusual = 1.25;

std::string inMs(Duration duration)
{
    return fmt::format("{:.1f} ms", milliseconds(duration));
}

bool isSameFrame(const FrameTrace& a, const FrameTrace& b)
{
    return a.stream == b.stream && a.sequence == b.sequence && a.submitted == b.submitted;
}

Duration median(std::vector<Duration> durations)
{
    const auto middle = durations.begin() + static_cast<std::ptrdiff_t>(durations.size() / 2);
    std::nth_element(durations.begin(), middle, durations.end());
    return *middle;
}

/// Usual computing time of the frame's network on its device at its batch size, from other batches than its own.
std::optional<Duration> usualComputeTime(const FrameTrace& frame, std::span<const FrameTrace> others)
{
    std::vector<Duration> times;
    for (const FrameTrace& other : others) {
        if (other.outcome == FrameOutcome::Done && other.isComputed() && other.batch != frame.batch &&
            other.model == frame.model && other.device == frame.device && other.batchSize == frame.batchSize)
            times.push_back(other.computeTime());
    }
    return times.empty() ? std::nullopt : std::optional(median(std::move(times)));
}

/// The shortest time in which another frame of the same network was computed alone: no batch is faster.
std::optional<Duration> shortestComputeTime(const FrameTrace& frame, std::span<const FrameTrace> others)
{
    std::optional<Duration> shortest;
    for (const FrameTrace& other : others) {
        if (other.outcome == FrameOutcome::Done && other.batchSize == 1 && other.model == frame.model &&
            other.batch != frame.batch)
            shortest = std::min(shortest.value_or(Duration::max()), other.computeTime());
    }
    return shortest;
}

/// Frames that were given to a worker while this one waited, of the class that had most of them.
struct FramesAhead {
    std::size_t count = 0;
    FrameClass frameClass = FrameClass::Bulk;
};

TimePoint endOfWait(const FrameTrace& frame)
{
    return frame.submitted + frame.queueTime();
}

FramesAhead framesAhead(const FrameTrace& frame, std::span<const FrameTrace> others)
{
    std::array<std::size_t, kFrameClasses> counts{};
    for (const FrameTrace& other : others) {
        if (other.isComputed() && !isSameFrame(other, frame) && other.started > frame.submitted &&
            other.started < endOfWait(frame))
            ++counts[static_cast<std::size_t>(other.frameClass)];
    }
    const auto most = std::max_element(counts.begin(), counts.end());
    return {*most, static_cast<FrameClass>(most - counts.begin())};
}

/// The batch that ran when the frame was submitted and kept a worker from it for longest; the frame's own worker's
/// where it had one.
const FrameTrace* batchInTheWay(const FrameTrace& frame, std::span<const FrameTrace> others)
{
    const FrameTrace* longest = nullptr;
    for (const FrameTrace& other : others) {
        const bool ran = other.isComputed() && other.started <= frame.submitted && other.finished > frame.submitted;
        if (!ran || isSameFrame(other, frame) || (frame.isComputed() && other.worker != frame.worker))
            continue;
        if (longest == nullptr || other.finished > longest->finished)
            longest = &other;
    }
    return longest;
}

std::string explainWait(const FrameTrace& frame, std::span<const FrameTrace> others)
{
    const FramesAhead ahead = framesAhead(frame, others);
    const FrameTrace* inTheWay = batchInTheWay(frame, others);
    const Duration wait = frame.queueTime();
    const Duration blocked = inTheWay == nullptr ? Duration{} : std::min(inTheWay->finished - frame.submitted, wait);
    const auto busy = [&] {
        return fmt::format("worker {} was busy with a batch of {} for {} of them", inTheWay->worker,
                           inTheWay->batchSize, inMs(blocked));
    };
    const auto queued = [&] {
        return fmt::format("{} {} {} went first", ahead.count, toString(ahead.frameClass),
                           ahead.count == 1 ? "frame" : "frames");
    };
    const std::string waited = fmt::format("it waited {} in the queue", inMs(wait));
    if (ahead.count == 0 && inTheWay == nullptr)
        return waited + ". No other frame was computed in that time: no worker was ready.";
    if (ahead.count == 0)
        return fmt::format("{}: {}.", waited, busy());
    if (inTheWay == nullptr)
        return fmt::format("{} behind others: {}.", waited, queued());
    if (2 * blocked >= wait)
        return fmt::format("{}: {}. Then {}.", waited, busy(), queued());
    return fmt::format("{} behind others: {}. Before, {}.", waited, queued(), busy());
}

std::string explainCompute(const FrameTrace& frame, std::span<const FrameTrace> others)
{
    const Duration time = frame.computeTime();
    const auto usual = usualComputeTime(frame, others);
    if (!usual)
        return fmt::format("computing it on worker {} in a batch of {} took {}.", frame.worker, frame.batchSize,
                           inMs(time));
    if (seconds(time) > kUnusual * seconds(*usual))
        return fmt::format("inference was slower than usual: worker {} needed {} for a batch of {}, which otherwise "
                           "takes {}.",
                           frame.worker, inMs(time), frame.batchSize, inMs(*usual));
    return fmt::format("its batch of {} took {}, as usual for that size. A smaller batch would have been faster.",
                       frame.batchSize, inMs(time));
}

std::string explainCause(const FrameTrace& frame, std::span<const FrameTrace> others)
{
    const Duration allowed = *frame.deadline - frame.submitted;
    const auto shortest = shortestComputeTime(frame, others);
    if (allowed <= Duration{})
        return fmt::format("it was submitted {} after its deadline.", inMs(-allowed));
    if (shortest && *shortest > allowed)
        return fmt::format(
            "it was submitted only {} before its deadline. Even alone, a frame of its avatar takes {}, so it "
            "could not be on time.",
            inMs(allowed), inMs(*shortest));
    const Duration wait = frame.queueTime();
    const Duration compute = frame.computeTime();
    const Duration longest = std::max({wait, compute, frame.pasteTime(), frame.deliverTime()});
    if (longest == wait && frame.attempts > 1)
        return fmt::format("it was retried. {} {} without a result, because a worker was lost or its batch failed, "
                           "and its last one started {} after its submission.",
                           frame.attempts - 1, frame.attempts == 2 ? "batch was" : "batches were", inMs(wait));
    if (longest == wait)
        return explainWait(frame, others);
    if (longest == compute)
        return explainCompute(frame, others);
    if (longest == frame.pasteTime())
        return fmt::format(
            "the mouth was ready {} before it was pasted: the paste, or the frames before it, took long.",
            inMs(longest));
    return fmt::format("it was ready for {} before its reader took it: delivery waited.", inMs(longest));
}

} // namespace

std::string explainLateness(const FrameTrace& frame, std::span<const FrameTrace> others)
{
    const std::string name = fmt::format("Frame {} of stream {}", frame.sequence, frame.stream);
    const Duration life = frame.end() - frame.submitted;
    if (frame.outcome == FrameOutcome::Cancelled || frame.outcome == FrameOutcome::Failed)
        return fmt::format("{} was not late: it {} {} after its submission.", name,
                           frame.outcome == FrameOutcome::Failed ? "failed" : "was cancelled", inMs(life));
    if (!frame.deadline)
        return fmt::format("{} had no deadline; it took {}.", name, inMs(life));
    if (!frame.isLate())
        return fmt::format("{} was on time, {} before its deadline.", name, inMs(*frame.deadline - frame.end()));
    if (frame.outcome == FrameOutcome::Expired)
        return fmt::format("{} expired {} after its submission: {}", name, inMs(life), explainCause(frame, others));
    return fmt::format("{} was {} late: {}", name, inMs(frame.lateness()), explainCause(frame, others));
}

} // namespace lipsync::metrics
