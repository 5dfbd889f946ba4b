// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheduling/batch_decision.h"

#include "scheduling/batch_outlook.h"

#include <algorithm>
#include <vector>

namespace lipsync::scheduling {

namespace {

/// A batch that could be run: so many jobs at an allowed size.
struct Candidate {
    int jobs = 0;
    int size = 0;
};

/// Possible batches, the largest first. Padding up to a size is worth it when it makes more frames a second than
/// leaving the remainder for another batch.
std::vector<Candidate> candidates(const BatchSituation& situation)
{
    const auto& sizes = situation.sizes;
    const int waiting = static_cast<int>(situation.picks.size());
    std::vector<Candidate> found;
    for (auto size = sizes.rbegin(); size != sizes.rend(); ++size) {
        if (*size <= waiting) {
            found.push_back({*size, *size});
            continue;
        }
        const bool isSmallest = size + 1 == sizes.rend();
        if (!isSmallest && *(size + 1) >= waiting)
            continue; // fits into a smaller one
        if (isSmallest) {
            found.push_back({waiting, *size});
            continue;
        }
        const int below = *(size + 1);
        const auto padded = situation.cost(*size), split = situation.cost(below);
        if (padded && split && waiting * split->count() >= below * padded->count())
            found.push_back({waiting, *size});
    }
    return found;
}

/// The smallest allowed size for so many frames; the largest where there are more.
int sizeFor(std::span<const int> sizes, int frames)
{
    const auto fitting = std::lower_bound(sizes.begin(), sizes.end(), frames);
    return fitting == sizes.end() ? sizes.back() : *fitting;
}

bool keepsMembers(const BatchSituation& situation, const Candidate& candidate, TimePoint finish, Duration alone)
{
    for (int i = 0; i < candidate.jobs; ++i) {
        const auto& entry = situation.picks[static_cast<std::size_t>(i)].entry;
        const bool isHopeless = situation.now + alone > entry.order;
        if (entry.hasDeadline && !isHopeless && finish > entry.order)
            return false;
    }
    return true;
}

/// When the worker should be free for the first expected frame that this batch would make late; nothing when none is.
std::optional<TimePoint> firstHarmed(const BatchSituation& situation, TimePoint finish, Duration alone)
{
    const auto free = situation.otherWorker ? std::min(finish, *situation.otherWorker) : finish;
    int arrived = 0;
    std::optional<TimePoint> strictest, firstArrival;
    TimePoint lastArrival{};
    for (const auto& frame : situation.expected) {
        if (frame.arrival > free) // later ones find a worker that is free
            break;
        if (frame.arrival + alone > frame.deadline) // not even an idle worker could keep it
            continue;
        ++arrived;
        lastArrival = frame.arrival;
        strictest = strictest ? std::min(*strictest, frame.deadline) : frame.deadline;
        if (!firstArrival)
            firstArrival = frame.arrival;
    }
    if (arrived == 0)
        return {};
    const auto together = situation.cost(sizeFor(situation.sizes, arrived));
    if (std::max(free, lastArrival) + *together <= *strictest)
        return {};
    return firstArrival;
}

/// The decision of a worker that has more to do than fits into a batch, while frames are expected. Nothing when there
/// is no such need, or no way to keep everything.
std::optional<BatchDecision> decideWithOutlook(const BatchSituation& situation, Duration alone)
{
    const bool isFull = situation.picks.size() >= static_cast<std::size_t>(situation.sizes.back());
    if (!isFull || situation.expected.empty() || situation.otherWorker)
        return {};
    std::vector<Duration> costs;
    for (const int size : situation.sizes) {
        const auto cost = *situation.cost(size);
        costs.push_back(costs.empty() ? cost : std::max(cost, costs.back()));
    }
    int urgent = 0;
    auto deadline = TimePoint::max();
    for (const auto& pick : situation.picks) {
        if (!pick.entry.hasDeadline || situation.now + alone > pick.entry.order)
            continue;
        ++urgent;
        deadline = std::min(deadline, pick.entry.order);
    }
    const auto step = BatchOutlook(situation.sizes, costs, situation.expected).best(situation.now, urgent, deadline);
    if (!step)
        return {};
    return BatchDecision{step->size, step->size, step->waitUntil};
}

} // namespace

BatchDecision decideWithSlack(const BatchSituation& situation)
{
    const auto options = candidates(situation);
    const auto alone = situation.cost(situation.sizes.front());
    if (!alone) { // nothing measured yet: learn from the largest, or from the least where someone is in a hurry
        const bool isHurried = situation.picks.front().entry.hasDeadline || !situation.expected.empty();
        const auto& option = isHurried ? options.back() : options.front();
        return {option.jobs, option.size, {}};
    }
    if (const auto decision = decideWithOutlook(situation, *alone))
        return *decision;
    std::optional<TimePoint> harmed;
    for (const auto& option : options) {
        const auto finish = situation.now + *situation.cost(option.size);
        if (!keepsMembers(situation, option, finish, *alone))
            continue;
        harmed = firstHarmed(situation, finish, *alone);
        if (!harmed)
            return {option.jobs, option.size, {}};
    }
    const auto& smallest = options.back();
    const auto& first = situation.picks.front().entry;
    const bool isPatient = !first.hasDeadline && first.order > situation.now;
    if (isPatient && harmed && *harmed > situation.now)
        return {0, 0, harmed};
    return {smallest.jobs, smallest.size, {}};
}

BatchDecision decideLargest(const BatchSituation& situation)
{
    const auto options = candidates(situation);
    return {options.front().jobs, options.front().size, {}};
}

} // namespace lipsync::scheduling
