// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of batches: results, and what is tried again after a failure.
#include "scheduling/scheduler.h"

#include <algorithm>

namespace lipsync::scheduling {

void Scheduler::batchFinished(WorkerId id, std::uint64_t number, BatchOutcome outcome)
{
    const auto found = m_workers.find(id);
    if (found == m_workers.end() || !found->second.running || found->second.running->number != number)
        return; // given up meanwhile
    auto& worker = found->second;
    if (outcome.failure == BatchFailure::None && outcome.outputs.size() != worker.running->jobs.size()) {
        outcome.failure = BatchFailure::Job;
        outcome.error = {ErrorCode::Internal, "A worker gave another number of pictures than it was asked for", {}};
    }
    if (outcome.failure == BatchFailure::WorkerLost) {
        lose(worker, outcome.error);
    } else {
        const auto batch = *std::exchange(worker.running, {});
        worker.busy += m_clock.now() - batch.started;
        worker.lastHeard = m_clock.now();
        setState(worker, WorkerState::Idle);
        settle(worker, batch, outcome);
    }
    review();
}

void Scheduler::settle(WorkerRecord& worker, const Running& batch, BatchOutcome& outcome)
{
    switch (outcome.failure) {
    case BatchFailure::OutOfMemory:
        lowerCeiling(worker, batch, outcome.error);
        return;
    case BatchFailure::Job:
        worker.lastError = outcome.error.text();
        bisect(batch, worker.id, outcome.error);
        return;
    case BatchFailure::WorkerLost:
    case BatchFailure::None:
        break;
    }
    m_costs.record(worker.cost, batch.model, batch.size, m_clock.now() - batch.started);
    raiseCeiling(worker, batch);
    worker.failures = 0;
    ++worker.batches;
    worker.frames += batch.jobs.size();
    std::set<StreamId> touched;
    for (std::size_t i = 0; i < batch.jobs.size(); ++i) {
        const auto job = m_jobs.find(batch.jobs[i]);
        if (job == m_jobs.end() || job->second.state != Record::State::Running)
            continue; // cancelled meanwhile
        job->second.result.output = std::move(outcome.outputs[i]);
        job->second.result.times = outcome.times;
        touched.insert(job->second.result.stream);
        end(job->second, JobOutcome::Done);
    }
    for (const auto stream : touched)
        flush(stream);
}

std::vector<JobId> Scheduler::stillRunning(const Running& batch) const
{
    std::vector<JobId> jobs;
    for (const auto id : batch.jobs) {
        const auto job = m_jobs.find(id);
        if (job != m_jobs.end() && job->second.state == Record::State::Running)
            jobs.push_back(id);
    }
    return jobs;
}

void Scheduler::fail(JobId id, Error error)
{
    auto& record = m_jobs.at(id);
    const auto stream = record.result.stream;
    end(record, JobOutcome::Failed, std::move(error));
    flush(stream);
}

void Scheduler::cancel(JobId id)
{
    auto& record = m_jobs.at(id);
    const auto stream = record.result.stream;
    end(record, JobOutcome::Cancelled);
    flush(stream);
}

void Scheduler::bisect(const Running& batch, WorkerId worker, const Error& error)
{
    const auto jobs = stillRunning(batch);
    if (batch.jobs.size() == 1 && !jobs.empty())
        return fail(jobs.front(), error);
    if (!jobs.empty()) // even one that is left: another that was cancelled may have been the bad one
        regroup(batch.model, jobs, worker, (jobs.size() + 1) / 2);
}

void Scheduler::retryElsewhere(const Running& batch, WorkerId worker, const Error& error)
{
    std::vector<JobId> once, alone;
    for (const auto id : stillRunning(batch)) {
        auto& record = m_jobs.at(id);
        if (++record.losses > m_options.mostRetries) {
            fail(id,
                 {ErrorCode::Resource,
                  fmt::format("The frame was given up: {} workers failed while they computed it", record.losses),
                  error.text()});
        } else {
            (record.losses > 1 ? alone : once).push_back(id);
        }
    }
    // Halves the first time, then one by one: a job that kills workers takes no other with it.
    regroup(batch.model, alone, worker, 1);
    regroup(batch.model, once, worker, std::max<std::size_t>(1, (once.size() + 1) / 2));
}

void Scheduler::regroup(ModelId model, const std::vector<JobId>& jobs, WorkerId avoid, std::size_t groupSize)
{
    if (!m_models.contains(model)) { // removed while the batch ran
        for (const auto id : jobs)
            cancel(id);
        return;
    }
    for (std::size_t at = 0; at < jobs.size(); at += groupSize) {
        const auto end = jobs.begin() + static_cast<std::ptrdiff_t>(std::min(at + groupSize, jobs.size()));
        m_groups.push_back({model, {jobs.begin() + static_cast<std::ptrdiff_t>(at), end}, avoid});
    }
    for (const auto id : jobs) {
        auto& record = m_jobs.at(id);
        const auto jobClass = static_cast<std::size_t>(record.jobClass);
        record.state = Record::State::Grouped;
        m_waitingBytes[jobClass] += record.job.bytes;
        ++m_waiting[jobClass];
        if (record.job.deadline)
            m_deadlines.emplace(*record.job.deadline, id);
    }
}

void Scheduler::lowerCeiling(WorkerRecord& worker, const Running& batch, const Error& error)
{
    worker.lastError = error.text();
    const auto jobs = stillRunning(batch);
    const auto prepared = worker.prepared.find(batch.model);
    if (prepared == worker.prepared.end()) // the model was removed while the batch ran
        return regroup(batch.model, jobs, /*avoid=*/0, 1);
    const auto& sizes = prepared->second;
    if (batch.size <= sizes.front()) { // not even the smallest fits here
        const auto isOther = [&](const auto& entry) {
            return entry.first != worker.id && canCompute(entry.second, batch.model);
        };
        if (std::any_of(m_workers.begin(), m_workers.end(), isOther))
            return retryElsewhere(batch, worker.id, error);
        for (const auto id : jobs)
            fail(id, error);
        return;
    }
    auto& ceiling = worker.ceilings.try_emplace(batch.model, Ceiling{0, 0, m_options.regrowAfter, false}).first->second;
    constexpr int kMostNeeded = 1 << 14;
    if (ceiling.isTrial) // it had grown back too early
        ceiling.needed = std::min(2 * ceiling.needed, kMostNeeded);
    // The largest size of at most half the frames; one step back after a trial.
    const auto limit = ceiling.isTrial ? batch.size - 1 : batch.size / 2;
    const auto above = std::upper_bound(sizes.begin(), sizes.end(), limit);
    ceiling.size = above == sizes.begin() ? sizes.front() : *std::prev(above);
    ceiling.successes = 0;
    ceiling.isTrial = false;
    regroup(batch.model, jobs, /*avoid=*/0, static_cast<std::size_t>(ceiling.size));
}

void Scheduler::raiseCeiling(WorkerRecord& worker, const Running& batch)
{
    const auto found = worker.ceilings.find(batch.model);
    if (found == worker.ceilings.end() || batch.size < found->second.size ||
        ++found->second.successes < found->second.needed)
        return;
    const auto prepared = worker.prepared.find(batch.model);
    if (prepared == worker.prepared.end())
        return;
    const auto larger = std::upper_bound(prepared->second.begin(), prepared->second.end(), found->second.size);
    found->second.isTrial = larger != prepared->second.end();
    if (found->second.isTrial)
        found->second.size = *larger;
    found->second.successes = 0;
}

} // namespace lipsync::scheduling
