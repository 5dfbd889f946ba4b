// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheduling/scheduler.h"

#include <algorithm>

namespace lipsync::scheduling {

namespace {

std::size_t indexOf(JobClass jobClass)
{
    return static_cast<std::size_t>(jobClass);
}

JobQueue::Weights weightsOf(const SchedulerOptions& options)
{
    JobQueue::Weights weights{};
    for (std::size_t i = 0; i < kJobClasses; ++i)
        weights[i] = options.classes[i].weight;
    return weights;
}

} // namespace

void setWeights(SchedulerOptions& options, const ClassShares& shares)
{
    options.classes[indexOf(JobClass::Preview)].weight = shares.preview;
    options.classes[indexOf(JobClass::Live)].weight = shares.live;
    options.classes[indexOf(JobClass::Bulk)].weight = shares.bulk;
}

Scheduler::WorkerRecord::WorkerRecord(WorkerId workerId, const WorkerTraits& workerTraits, CostKey key,
                                      const SchedulerOptions& options)
    : id(workerId)
    , traits(workerTraits)
    , cost(key)
    , lane(options.policy, weightsOf(options))
{
}

Scheduler::Scheduler(const Clock& clock, SchedulerOptions options)
    : m_clock(clock)
    , m_options(std::move(options))
    , m_queue(m_options.policy, weightsOf(m_options))
    , m_random(m_options.seed)
{
}

void Scheduler::setShares(const ClassShares& shares)
{
    setWeights(m_options, shares);
    m_queue.setWeights(weightsOf(m_options));
    for (auto& [id, worker] : m_workers)
        worker.lane.setWeights(weightsOf(m_options));
}

StreamId Scheduler::openStream(const StreamOptions& options)
{
    return m_streams.open(options, m_clock.now());
}

tl::expected<JobId, Refusal> Scheduler::submit(FrameJob job)
{
    if (!m_streams.contains(job.stream) || m_streams.isClosed(job.stream))
        return tl::unexpected(Refusal{Refusal::Reason::UnknownStream, {}});
    const auto& stream = m_streams.options(job.stream);
    if (stream.latestWins)
        cancelStream(job.stream);
    expire();
    if (auto refusal = refusalOf(job))
        return tl::unexpected(*refusal);

    const auto now = m_clock.now();
    const JobId id = ++m_lastJob;
    auto& record = m_jobs[id];
    record.jobClass = stream.jobClass;
    record.entry = {job.deadline ? *job.deadline : now + m_options.classes[indexOf(stream.jobClass)].patience, id,
                    job.deadline.has_value()};
    if (m_options.policy == BatchPolicy::Fifo)
        record.entry.order = now;
    record.result.id = id;
    record.result.stream = job.stream;
    record.result.sequence = job.sequence;
    record.result.jobClass = stream.jobClass;
    record.result.deadline = job.deadline;
    record.result.submitted = record.result.started = now;
    m_streams.add(job.stream, id, now, job.deadline);
    if (job.deadline)
        m_deadlines.emplace(*job.deadline, id);
    if (m_waiting[indexOf(record.jobClass)] > 0)
        record.predicted = waitByCosts(job.model, record.jobClass);
    m_waitingBytes[indexOf(record.jobClass)] += job.bytes;
    ++m_waiting[indexOf(record.jobClass)];
    record.job = std::move(job);
    enqueue(record);
    dispatch();
    return id;
}

std::optional<Refusal> Scheduler::refusalOf(const FrameJob& job) const
{
    const auto now = m_clock.now();
    if (m_drainAt && now >= *m_drainAt)
        return Refusal{Refusal::Reason::Draining, {}};
    const auto able = [&](const auto& entry) { return mayCompute(entry.second, job.model); };
    if (!m_models.contains(job.model) || std::none_of(m_workers.begin(), m_workers.end(), able))
        return Refusal{Refusal::Reason::NotReady, {}};
    const auto jobClass = m_streams.options(job.stream).jobClass;
    const auto& bounds = m_options.classes[indexOf(jobClass)];
    const auto wait = predictedWait(job.model, jobClass);
    if (m_waiting[indexOf(jobClass)] >= bounds.mostJobs ||
        m_waitingBytes[indexOf(jobClass)] + job.bytes > bounds.mostBytes)
        return Refusal{Refusal::Reason::QueueFull, wait.value_or(Duration::zero())};
    if (wait && bounds.longestWait && *wait > *bounds.longestWait)
        return Refusal{Refusal::Reason::WaitTooLong, *wait};
    if (!job.deadline)
        return {};
    const auto needed = mayTry(job.model, jobClass) ? shortestTime(job.model) : wait;
    if (*job.deadline <= now || (m_options.refusesLate && needed && now + *needed > *job.deadline))
        return Refusal{Refusal::Reason::DeadlineUnreachable, wait.value_or(Duration::zero())};
    return {};
}

bool Scheduler::mayTry(ModelId model, JobClass jobClass) const
{
    if (jobClass == JobClass::Preview)
        return true;
    const auto isIdle = [&](const auto& entry) {
        return entry.second.state == WorkerState::Idle && canCompute(entry.second, model);
    };
    return std::all_of(m_waiting.begin(), m_waiting.end(), [](std::size_t waiting) { return waiting == 0; }) &&
        std::any_of(m_workers.begin(), m_workers.end(), isIdle);
}

std::optional<Duration> Scheduler::shortestTime(ModelId model) const
{
    std::optional<Duration> shortest;
    for (const auto& [id, worker] : m_workers) {
        if (!canCompute(worker, model))
            continue;
        const auto time = m_costs.shortest(worker.cost, model, worker.prepared.at(model).front());
        if (!time)
            return {};
        shortest = shortest ? std::min(*shortest, *time) : *time;
    }
    return shortest;
}

std::optional<Duration> Scheduler::predictedWait(ModelId model, JobClass jobClass) const
{
    const auto wait = waitByCosts(model, jobClass);
    return wait ? std::optional(m_waitCorrections[indexOf(jobClass)].corrected(*wait)) : std::nullopt;
}

std::optional<Duration> Scheduler::waitByCosts(ModelId model, JobClass jobClass) const
{
    // Frames a second of all workers that have been measured, and when the first of them is free.
    double framesPerSecond = 0;
    std::optional<TimePoint> free;
    std::optional<Duration> alone;
    const auto now = m_clock.now();
    for (const auto& [id, worker] : m_workers) {
        if (!canCompute(worker, model))
            continue;
        const auto& sizes = worker.prepared.at(model);
        const auto largest = m_costs.expected(worker.cost, model, sizes.back());
        const auto single = m_costs.cautious(worker.cost, model, sizes.front());
        if (!largest || !single || largest->count() <= 0)
            return {};
        framesPerSecond += sizes.back() / seconds(*largest);
        const auto workerFree = worker.running ? std::max(now, worker.running->expectedEnd) : now;
        free = free ? std::min(*free, workerFree) : workerFree;
        alone = alone ? std::min(*alone, *single) : *single;
    }
    if (!free)
        return {};
    std::size_t ahead = 0;
    for (std::size_t i = 0; i <= indexOf(jobClass); ++i)
        ahead += m_waiting[i];
    return *free - now + *alone + fromMilliseconds(1000.0 * static_cast<double>(ahead) / framesPerSecond);
}

void Scheduler::enqueue(Record& record)
{
    record.state = Record::State::Queued;
    record.lane = 0;
    auto* worker = m_options.balance == Balance::FinishTime ? nullptr : chooseLane(record.job.model);
    if (worker)
        record.lane = worker->id;
    (worker ? worker->lane : m_queue).add(record.job.model, record.jobClass, record.entry);
}

void Scheduler::enqueueAll(JobQueue& queue)
{
    for (const auto& [model, entry] : queue.takeAll())
        enqueue(m_jobs.at(entry.id));
}

void Scheduler::end(Record& record, JobOutcome outcome, Error error)
{
    if (record.state == Record::State::Ended)
        return;
    const bool wasWaiting = record.state == Record::State::Queued || record.state == Record::State::Grouped;
    if (record.state == Record::State::Queued) {
        const auto lane = m_workers.find(record.lane);
        auto& queue = lane == m_workers.end() ? m_queue : lane->second.lane;
        queue.remove(record.job.model, record.jobClass, record.entry);
    }
    if (wasWaiting) {
        m_waitingBytes[indexOf(record.jobClass)] -= record.job.bytes;
        --m_waiting[indexOf(record.jobClass)];
        if (record.job.deadline)
            m_deadlines.erase({*record.job.deadline, record.result.id});
    }
    record.state = Record::State::Ended;
    record.job.content.reset();
    record.result.outcome = outcome;
    record.result.error = std::move(error);
    record.result.finished = m_clock.now();
    if (!record.predicted)
        return;
    auto& correction = m_waitCorrections[indexOf(record.jobClass)];
    const auto took = record.result.finished - record.result.submitted;
    if (wasWaiting)
        correction.gaveUp(*record.predicted, took);
    else
        correction.took(*record.predicted, took);
}

void Scheduler::flush(StreamId stream)
{
    while (m_streams.contains(stream) && !m_streams.outstanding(stream).empty()) {
        const auto head = m_jobs.find(m_streams.outstanding(stream).front());
        if (head->second.state != Record::State::Ended)
            return;
        m_actions.emplace_back(Deliver{std::move(head->second.result)});
        m_jobs.erase(head);
        m_streams.popFront(stream);
    }
}

void Scheduler::expire()
{
    const auto now = m_clock.now();
    std::set<StreamId> touched;
    while (!m_deadlines.empty() && m_deadlines.begin()->first <= now) {
        auto& record = m_jobs.at(m_deadlines.begin()->second);
        touched.insert(record.result.stream);
        end(record, JobOutcome::Expired);
    }
    for (const auto stream : touched)
        flush(stream);
}

void Scheduler::cancelStream(StreamId stream)
{
    if (!m_streams.contains(stream))
        return;
    for (const auto id : m_streams.outstanding(stream))
        end(m_jobs.at(id), JobOutcome::Cancelled);
    flush(stream);
}

void Scheduler::closeStream(StreamId stream)
{
    cancelStream(stream);
    if (m_streams.contains(stream))
        m_streams.close(stream);
}

void Scheduler::addModel(ModelId model)
{
    if (!m_models.insert(model).second)
        return;
    for (auto& [id, worker] : m_workers)
        worker.pending.insert(model);
    dispatch();
}

void Scheduler::removeModel(ModelId model)
{
    m_models.erase(model);
    cancelWaitingOf(model, JobOutcome::Cancelled, {});
    for (auto& [id, worker] : m_workers) {
        worker.pending.erase(model);
        worker.refused.erase(model);
        worker.ceilings.erase(model);
        if (worker.prepared.erase(model) > 0)
            m_actions.emplace_back(ReleaseModel{id, model});
    }
}

void Scheduler::cancelWaitingOf(ModelId model, JobOutcome outcome, const Error& error)
{
    std::set<StreamId> touched;
    for (auto& [id, record] : m_jobs) {
        const bool waits = record.state == Record::State::Queued || record.state == Record::State::Grouped;
        if (record.job.model != model || !waits)
            continue;
        end(record, outcome, error);
        touched.insert(record.result.stream);
    }
    for (const auto stream : touched)
        flush(stream);
}

std::optional<Status> Scheduler::modelState(ModelId model) const
{
    std::optional<Error> refused;
    bool isOpen = false;
    for (const auto& [id, worker] : m_workers) {
        if (worker.leaving)
            continue;
        if (canCompute(worker, model))
            return Status{};
        if (mayCompute(worker, model))
            isOpen = true;
        else if (const auto reason = worker.refused.find(model); reason != worker.refused.end())
            refused = reason->second;
        else if (!refused)
            refused = Error{ErrorCode::Resource, worker.lastError, {}};
    }
    if (isOpen || !refused)
        return {};
    return tl::unexpected(*refused);
}

void Scheduler::drain(Duration lameDuck)
{
    m_drainAt = m_clock.now() + lameDuck;
}

bool Scheduler::isDrained() const
{
    return m_drainAt && m_clock.now() >= *m_drainAt && m_jobs.empty();
}

void Scheduler::advance()
{
    const auto now = m_clock.now();
    expire();
    std::vector<WorkerId> hanging;
    for (auto& [id, worker] : m_workers) {
        const bool hangs =
            (worker.running && now >= worker.running->hangsAt) || (worker.answerBy && now >= *worker.answerBy);
        if (hangs)
            hanging.push_back(id);
        else if (worker.restartAt && now >= *worker.restartAt)
            start(worker);
    }
    for (const auto id : hanging) {
        auto& worker = m_workers.at(id);
        const auto since = worker.running ? worker.running->started : worker.since;
        lose(
            worker,
            {ErrorCode::Resource,
             fmt::format("Worker {} on {} did not answer for {:.1f} s", id, worker.traits.device, seconds(now - since)),
             {}});
    }
    review();
}

std::optional<TimePoint> Scheduler::nextWakeup() const
{
    std::optional<TimePoint> next = m_holdUntil;
    const auto consider = [&](TimePoint time) { next = next ? std::min(*next, time) : time; };
    if (!m_deadlines.empty())
        consider(m_deadlines.begin()->first);
    for (const auto& [id, worker] : m_workers) {
        if (worker.running)
            consider(worker.running->hangsAt);
        if (worker.restartAt)
            consider(*worker.restartAt);
        if (worker.answerBy)
            consider(*worker.answerBy);
        if (worker.state == WorkerState::Idle && !worker.prepared.empty())
            consider(worker.lastHeard + m_options.healthInterval);
    }
    if (m_drainAt && m_clock.now() < *m_drainAt)
        consider(*m_drainAt);
    return next;
}

std::map<int, Duration> Scheduler::measuredCosts(const std::string& costKey, ModelId model) const
{
    const auto key = m_costKeys.find(costKey);
    return key == m_costKeys.end() ? std::map<int, Duration>() : m_costs.measured(key->second, model);
}

std::vector<Action> Scheduler::takeActions()
{
    return std::exchange(m_actions, {});
}

SchedulerSnapshot Scheduler::snapshot() const
{
    SchedulerSnapshot snapshot;
    snapshot.waiting = m_waiting;
    snapshot.outstanding = m_jobs.size();
    snapshot.draining = m_drainAt.has_value();
    for (const auto& [id, worker] : m_workers) {
        if (worker.running)
            snapshot.running += worker.running->jobs.size();
        auto busy = worker.busy;
        if (worker.running)
            busy += m_clock.now() - worker.running->started;
        snapshot.workers.push_back({id, worker.traits, worker.state, worker.leaving, worker.since, worker.lastHeard,
                                    worker.batches, worker.frames, worker.restarts, busy, worker.lastError});
    }
    return snapshot;
}

} // namespace lipsync::scheduling
