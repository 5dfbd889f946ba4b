// SPDX-License-Identifier: GPL-3.0-or-later
// Who runs what: batches for idle workers.
#include "scheduling/scheduler.h"

#include "scheduling/batch_outlook.h"

#include <algorithm>
#include <queue>

namespace lipsync::scheduling {

void Scheduler::dispatch()
{
    expire(); // nothing starts after its deadline
    m_holdUntil.reset();
    bool gave = true;
    while (gave) {
        gave = false;
        for (auto& [id, worker] : m_workers) {
            if (worker.state == WorkerState::Idle && !worker.leaving && giveWork(worker))
                gave = true;
        }
    }
}

bool Scheduler::giveWork(WorkerRecord& worker)
{
    if (givePreparation(worker))
        return true;
    // What is tried again goes first, but does not keep everything else waiting.
    constexpr int kMostGroupsInRow = 4;
    const bool isOthersTurn = m_groupsInRow >= kMostGroupsInRow;
    if (isOthersTurn && giveBatch(worker)) {
        m_groupsInRow = 0;
        return true;
    }
    if (giveGroup(worker)) {
        ++m_groupsInRow;
        return true;
    }
    if (!isOthersTurn && giveBatch(worker)) {
        m_groupsInRow = 0;
        return true;
    }
    if (worker.prepared.empty() || m_clock.now() < worker.lastHeard + m_options.healthInterval)
        return false;
    check(worker);
    return true;
}

bool Scheduler::givePreparation(WorkerRecord& worker)
{
    const auto otherPrepares = [&](const auto& entry) { return entry.second.state == WorkerState::Preparing; };
    const bool oneAtATime = std::any_of(m_workers.begin(), m_workers.end(), otherPrepares);
    for (const auto model : worker.pending) {
        // New sizes of a model that is in use can wait until another worker has them.
        if (worker.prepared.contains(model) && oneAtATime)
            continue;
        m_actions.emplace_back(PrepareModel{worker.id, worker.incarnation, model, m_options.batchSizes});
        worker.preparing = m_options.batchSizes;
        worker.answerBy = m_clock.now() + m_options.unknownHang;
        setState(worker, WorkerState::Preparing);
        worker.pending.erase(model);
        return true;
    }
    return false;
}

std::vector<int> Scheduler::sizesFor(const WorkerRecord& worker, ModelId model) const
{
    auto sizes = worker.prepared.at(model);
    if (const auto ceiling = worker.ceilings.find(model); ceiling != worker.ceilings.end()) {
        while (sizes.size() > 1 && sizes.back() > ceiling->second.size)
            sizes.pop_back();
    }
    return sizes;
}

bool Scheduler::giveGroup(WorkerRecord& worker)
{
    for (auto group = m_groups.begin(); group != m_groups.end();) {
        std::erase_if(group->jobs, [&](JobId id) {
            const auto job = m_jobs.find(id);
            return job == m_jobs.end() || job->second.state != Record::State::Grouped;
        });
        if (group->jobs.empty()) {
            group = m_groups.erase(group);
            continue;
        }
        const auto isOther = [&](const auto& entry) {
            return entry.first != worker.id && canCompute(entry.second, group->model);
        };
        const bool mustAvoid = group->avoid == worker.id && std::any_of(m_workers.begin(), m_workers.end(), isOther);
        if (!worker.prepared.contains(group->model) || mustAvoid) {
            ++group;
            continue;
        }
        const auto sizes = sizesFor(worker, group->model);
        const auto count = std::min(group->jobs.size(), static_cast<std::size_t>(sizes.back()));
        const auto size = *std::lower_bound(sizes.begin(), sizes.end(), static_cast<int>(count));
        std::vector<JobId> jobs(group->jobs.begin(), group->jobs.begin() + static_cast<std::ptrdiff_t>(count));
        group->jobs.erase(group->jobs.begin(), group->jobs.begin() + static_cast<std::ptrdiff_t>(count));
        const auto model = group->model;
        if (group->jobs.empty())
            m_groups.erase(group);
        run(worker, model, size, std::move(jobs));
        return true;
    }
    return false;
}

bool Scheduler::giveBatch(WorkerRecord& worker)
{
    auto& queue = worker.lane.empty() ? m_queue : worker.lane;
    if (queue.empty())
        return false;
    const auto now = m_clock.now();
    // A deadline is urgent when it could not wait for another full batch.
    const auto urgentBefore = [&](ModelId model) -> std::optional<TimePoint> {
        const auto prepared = worker.prepared.find(model);
        if (prepared == worker.prepared.end())
            return {};
        const auto full = m_costs.cautious(worker.cost, model, prepared->second.back());
        const auto alone = m_costs.cautious(worker.cost, model, prepared->second.front());
        return full && alone ? now + *full + *alone : now;
    };
    const auto model = queue.nextModel(urgentBefore);
    if (!model)
        return false;
    const auto sizes = sizesFor(worker, *model);
    const auto waiting = queue.size(*model);
    const auto share = std::min(shareOf(worker, queue, *model), static_cast<std::size_t>(sizes.back()));
    if (share == 0)
        return false; // a faster worker will have finished everything before
    const auto picks = queue.pick(*model, share, *urgentBefore(*model));
    if (const auto fill = fillTime(waiting, sizes.back(), picks)) {
        m_holdUntil = m_holdUntil ? std::min(*m_holdUntil, *fill) : *fill;
        return false;
    }

    BatchSituation situation{now, picks, sizes, {}, {}, {}};
    situation.cost = [&](int size) { return m_costs.cautious(worker.cost, *model, size); };
    std::vector<ExpectedFrame> expected;
    BatchDecision decision;
    if (m_options.policy == BatchPolicy::SlackAware) {
        const auto longest = situation.cost(sizes.back()).value_or(Duration::zero());
        expected = m_streams.expected(now, now + (BatchOutlook::kBatchesAhead + 2) * longest);
        situation.expected = expected;
        situation.otherWorker = nextFree(worker, *model);
        decision = decideWithSlack(situation);
    } else {
        decision = decideLargest(situation);
    }
    if (decision.holdUntil) {
        m_holdUntil = m_holdUntil ? std::min(*m_holdUntil, *decision.holdUntil) : *decision.holdUntil;
        return false;
    }
    const std::span taken(picks.data(), static_cast<std::size_t>(decision.jobs));
    std::vector<JobId> jobs;
    for (const auto& pick : taken)
        jobs.push_back(pick.entry.id);
    queue.take(*model, taken);
    run(worker, *model, decision.paddedSize, std::move(jobs));
    return true;
}

std::size_t Scheduler::shareOf(const WorkerRecord& worker, const JobQueue& queue, ModelId model) const
{
    const auto waiting = queue.size(model);
    if (m_options.balance != Balance::FinishTime)
        return waiting;
    // What waits is shared by the workers that are idle now.
    const auto isIdle = [&](const auto& entry) {
        return entry.second.state == WorkerState::Idle && canCompute(entry.second, model);
    };
    const auto idle = static_cast<std::size_t>(std::count_if(m_workers.begin(), m_workers.end(), isIdle));
    return std::min((waiting + idle - 1) / idle, worthTaking(worker, model, waiting));
}

std::size_t Scheduler::worthTaking(const WorkerRecord& worker, ModelId model, std::size_t waiting) const
{
    using Free = std::pair<TimePoint, WorkerId>;
    std::priority_queue<Free, std::vector<Free>, std::greater<>> others;
    double othersRate = 0; ///< frames a second
    bool isOneKind = true;
    const auto now = m_clock.now();
    for (const auto& [id, other] : m_workers) {
        if (&other == &worker || !canCompute(other, model))
            continue;
        const int largest = other.prepared.at(model).back();
        const auto cost = m_costs.expected(other.cost, model, largest);
        if (!cost || *cost <= Duration::zero())
            continue;
        isOneKind = isOneKind && other.cost == worker.cost;
        othersRate += largest / seconds(*cost);
        // One that is overdue may hang: it is taken to need as long again as it is late, and is soon not waited for.
        const auto late = other.running ? now - other.running->expectedEnd : Duration::zero();
        others.emplace(now + std::chrono::abs(late), id);
    }
    const auto own = m_costs.expected(worker.cost, model, sizesFor(worker, model).back());
    if (isOneKind || !own || static_cast<double>(waiting) > othersRate * seconds(*own))
        return waiting; // there is enough for everyone

    // When would everything be finished without this worker? It takes what it can finish by then.
    TimePoint without = now;
    for (std::size_t left = waiting; left > 0;) {
        const auto [free, id] = others.top();
        const auto& other = m_workers.at(id);
        others.pop();
        const auto count = std::min(left, static_cast<std::size_t>(other.prepared.at(model).back()));
        const auto end = free + *m_costs.expected(other.cost, model, static_cast<int>(count));
        without = std::max(without, end);
        left -= count;
        others.emplace(end, id);
    }
    for (auto count = std::min(waiting, static_cast<std::size_t>(sizesFor(worker, model).back())); count > 0; --count) {
        if (now + *m_costs.expected(worker.cost, model, static_cast<int>(count)) <= without)
            return count;
    }
    return 0;
}

std::optional<TimePoint> Scheduler::nextFree(const WorkerRecord& except, ModelId model) const
{
    std::optional<TimePoint> first;
    for (const auto& [id, worker] : m_workers) {
        if (&worker == &except || !canCompute(worker, model))
            continue;
        std::optional<TimePoint> free;
        if (worker.running)
            free = worker.running->expectedEnd;
        else if (worker.state == WorkerState::Idle)
            free = m_clock.now();
        if (free && (!first || *free < *first))
            first = free;
    }
    return first;
}

std::optional<TimePoint> Scheduler::fillTime(std::size_t waiting, int largest,
                                             std::span<const JobQueue::Pick> picks) const
{
    if (m_options.maxWait <= Duration::zero() || waiting >= static_cast<std::size_t>(largest))
        return {};
    auto oldest = m_clock.now();
    for (const auto& pick : picks)
        oldest = std::min(oldest, m_jobs.at(pick.entry.id).result.submitted);
    const auto until = oldest + m_options.maxWait;
    if (until <= m_clock.now())
        return {};
    return until;
}

Scheduler::WorkerRecord* Scheduler::chooseLane(ModelId model)
{
    std::vector<WorkerRecord*> able;
    for (auto& [id, worker] : m_workers) {
        if (canCompute(worker, model))
            able.push_back(&worker);
    }
    if (able.empty()) { // one that may become able
        for (auto& [id, worker] : m_workers) {
            if (mayCompute(worker, model))
                able.push_back(&worker);
        }
    }
    if (able.empty())
        return nullptr;
    const auto outstanding = [](const WorkerRecord* worker) {
        return worker->lane.size() + (worker->running ? worker->running->jobs.size() : 0);
    };
    const auto fewer = [&](const WorkerRecord* a, const WorkerRecord* b) { return outstanding(a) < outstanding(b); };
    switch (m_options.balance) {
    case Balance::LeastOutstanding:
        return *std::min_element(able.begin(), able.end(), fewer);
    case Balance::RandomOfTwo: {
        std::uniform_int_distribution<std::size_t> draw(0, able.size() - 1);
        auto* first = able[draw(m_random)];
        auto* second = able[draw(m_random)];
        return std::min(first, second, fewer);
    }
    case Balance::RoundRobin:
    case Balance::FinishTime:
        break;
    }
    const auto next =
        std::find_if(able.begin(), able.end(), [&](const WorkerRecord* worker) { return worker->id > m_lastDealt; });
    auto* chosen = next == able.end() ? able.front() : *next;
    m_lastDealt = chosen->id;
    return chosen;
}

void Scheduler::run(WorkerRecord& worker, ModelId model, int size, std::vector<JobId> jobs)
{
    const auto now = m_clock.now();
    Batch batch{++m_lastBatch, model, size, {}};
    for (const auto id : jobs) {
        auto& record = m_jobs.at(id);
        const auto jobClass = static_cast<std::size_t>(record.jobClass);
        m_waitingBytes[jobClass] -= record.job.bytes;
        --m_waiting[jobClass];
        if (record.job.deadline)
            m_deadlines.erase({*record.job.deadline, id});
        record.state = Record::State::Running;
        record.result.started = now;
        record.result.worker = worker.id;
        record.result.batch = batch.number;
        record.result.batchSize = static_cast<int>(jobs.size());
        ++record.result.attempts;
        batch.contents.push_back(record.job.content);
    }
    const auto expected = m_costs.expected(worker.cost, model, size);
    const auto patience = expected ? std::max(m_options.shortestHang,
                                              std::chrono::duration_cast<Duration>(
                                                  m_options.hangFactor * std::chrono::duration<double>(*expected)))
                                   : m_options.unknownHang;
    worker.running = Running{
        batch.number, model, size, std::move(jobs), now, now + expected.value_or(Duration::zero()), now + patience};
    setState(worker, WorkerState::Busy);
    m_actions.emplace_back(RunBatch{worker.id, std::move(batch)});
}

} // namespace lipsync::scheduling
