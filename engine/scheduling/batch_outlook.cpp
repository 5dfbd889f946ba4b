// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheduling/batch_outlook.h"

#include <algorithm>

namespace lipsync::scheduling {

namespace {

constexpr std::size_t kMostTried = 3; ///< sizes at every moment
constexpr int kLongestWaitShare = 8; ///< waits at most 1/8 of the largest batch's time for a frame
constexpr double kWorthWaiting = 0.02; ///< frames: what comes later than expected makes waits dearer than they look
constexpr double kBroken = -1e6; ///< worth of what makes a frame late

} // namespace

BatchOutlook::BatchOutlook(std::span<const int> sizes, std::span<const Duration> costs,
                           std::span<const ExpectedFrame> expected)
    : m_sizes(sizes)
    , m_costs(costs)
    , m_expected(expected)
    , m_fullRate(sizes.back() / seconds(costs.back()))
{
    const auto growth = seconds(costs.back() - costs.front());
    const double perSecond = growth > 0 ? (sizes.back() - sizes.front()) / growth : m_fullRate;
    m_worthOfRoom = std::max(0.0, perSecond - m_fullRate);
}

std::optional<BatchOutlook::Step> BatchOutlook::best(TimePoint now, int urgent, TimePoint deadline) const
{
    const Moment moment{now, 0, urgent, deadline, 0};
    std::optional<Step> best;
    double bestWorth = kBroken;
    for (const auto size : worthTrying(moment)) {
        const double found = worth(afterBatch(moment, size), kBatchesAhead);
        if (found > bestWorth) {
            bestWorth = found;
            best = Step{m_sizes[size], {}};
        }
    }
    if (const auto later = afterWait(moment)) {
        for (const auto size : worthTrying(*later)) {
            if (worth(afterBatch(*later, size), kBatchesAhead) > bestWorth + kWorthWaiting)
                best = Step{0, later->time};
        }
    }
    return best;
}

/// Frames that the best so many further batches compute more than full ones in the same time would, and what the time
/// that is left to the next batch is worth.
double BatchOutlook::worth(const Moment& moment, int batches) const
{
    if (batches == 0) {
        const auto room = std::clamp(latestEnd(moment) - moment.time, Duration::zero(), m_costs.back());
        return moment.gain + m_worthOfRoom * seconds(room);
    }
    double best = kBroken;
    for (const auto size : worthTrying(moment))
        best = std::max(best, worth(afterBatch(moment, size), batches - 1));
    if (const auto later = afterWait(moment)) {
        for (const auto size : worthTrying(*later))
            best = std::max(best, worth(afterBatch(*later, size), batches - 1));
    }
    return best;
}

/// When a batch must have ended so that its members and the frames that come meanwhile are in time.
TimePoint BatchOutlook::latestEnd(const Moment& moment) const
{
    auto latest = std::min(moment.deadline, moment.time + m_costs.back());
    auto strictest = TimePoint::max();
    int come = 0;
    for (auto frame = moment.next; frame < m_expected.size() && m_expected[frame].arrival <= latest; ++frame) {
        strictest = std::min(strictest, m_expected[frame].deadline);
        const auto bound = strictest - costOf(++come);
        if (bound < m_expected[frame].arrival) // better to be free when it comes
            return std::min(latest, std::max(bound, m_expected[frame].arrival));
        latest = std::min(latest, bound);
    }
    return latest;
}

BatchOutlook::Moment BatchOutlook::afterBatch(const Moment& moment, std::size_t size) const
{
    auto after = moment;
    after.time += m_costs[size];
    after.gain += m_sizes[size] - m_fullRate * seconds(m_costs[size]);
    after.urgent = std::max(0, moment.urgent - m_sizes[size]);
    if (after.urgent == 0)
        after.deadline = TimePoint::max();
    for (; after.next < m_expected.size() && m_expected[after.next].arrival <= after.time; ++after.next) {
        ++after.urgent;
        after.deadline = std::min(after.deadline, m_expected[after.next].deadline);
    }
    return after;
}

std::optional<BatchOutlook::Moment> BatchOutlook::afterWait(const Moment& moment) const
{
    if (moment.next >= m_expected.size())
        return {};
    const auto& frame = m_expected[moment.next];
    const bool isFar = frame.arrival <= moment.time || frame.arrival - moment.time > m_costs.back() / kLongestWaitShare;
    if (isFar || frame.arrival + costOf(moment.urgent + 1) > std::min(moment.deadline, frame.deadline))
        return {};
    auto after = moment;
    after.time = frame.arrival;
    after.gain -= m_fullRate * seconds(frame.arrival - moment.time);
    for (; after.next < m_expected.size() && m_expected[after.next].arrival <= after.time; ++after.next) {
        ++after.urgent;
        after.deadline = std::min(after.deadline, m_expected[after.next].deadline);
    }
    return after;
}

/// The largest batch that keeps everything, then those that end just after a frame has come, the latest first.
std::vector<std::size_t> BatchOutlook::worthTrying(const Moment& moment) const
{
    const auto end = latestEnd(moment);
    std::vector<std::size_t> sizes;
    const auto largest = largestUntil(moment, end);
    if (!largest)
        return sizes;
    sizes.push_back(*largest);
    const auto first = m_expected.begin() + static_cast<std::ptrdiff_t>(moment.next);
    auto frame = std::upper_bound(first, m_expected.end(), end, [](TimePoint time, const ExpectedFrame& expected) {
        return time < expected.arrival;
    });
    while (frame != first && sizes.size() < kMostTried) {
        --frame;
        const auto smallest = std::lower_bound(m_costs.begin(), m_costs.end(), frame->arrival - moment.time);
        const auto size = static_cast<std::size_t>(smallest - m_costs.begin());
        if (size < sizes.back())
            sizes.push_back(size);
    }
    return sizes;
}

std::optional<std::size_t> BatchOutlook::largestUntil(const Moment& moment, TimePoint end) const
{
    const auto over = std::upper_bound(m_costs.begin(), m_costs.end(), end - moment.time);
    if (over == m_costs.begin())
        return {};
    return static_cast<std::size_t>(over - m_costs.begin() - 1);
}

Duration BatchOutlook::costOf(int frames) const
{
    const auto fitting = std::lower_bound(m_sizes.begin(), m_sizes.end(), frames);
    return fitting == m_sizes.end() ? m_costs.back() : m_costs[static_cast<std::size_t>(fitting - m_sizes.begin())];
}

} // namespace lipsync::scheduling
