// SPDX-License-Identifier: GPL-3.0-or-later
// The lives of the workers: start, preparation, loss, restart with back-off, replacement.
#include "scheduling/scheduler.h"

#include <algorithm>

namespace lipsync::scheduling {

namespace {

constexpr int kStartsUntilFailed = 3; ///< that failed in a row before nobody waits for a worker any more

} // namespace

std::string_view toString(WorkerState state)
{
    constexpr std::array<std::string_view, 7> names{"starting", "preparing",  "idle",  "busy",
                                                    "checking", "restarting", "failed"};
    return names[static_cast<std::size_t>(state)];
}

Scheduler::WorkerRecord* Scheduler::find(WorkerId id, int incarnation)
{
    const auto found = m_workers.find(id);
    if (found == m_workers.end() || found->second.incarnation != incarnation)
        return nullptr;
    return &found->second;
}

void Scheduler::setState(WorkerRecord& worker, WorkerState state)
{
    const auto isWorking = [](WorkerState some) {
        return some == WorkerState::Idle || some == WorkerState::Busy || some == WorkerState::Checking;
    };
    if (!isWorking(state) || !isWorking(worker.state))
        ++m_stateVersion;
    worker.state = state;
    worker.since = m_clock.now();
}

bool Scheduler::canCompute(const WorkerRecord& worker, ModelId model) const
{
    return worker.prepared.contains(model) && !worker.leaving;
}

bool Scheduler::mayCompute(const WorkerRecord& worker, ModelId model) const
{
    // While a worker that could not prepare a model is checked, it may turn out to be lost and start anew.
    const bool isRefused = worker.refused.contains(model) && worker.state != WorkerState::Checking;
    return worker.state != WorkerState::Failed && !worker.leaving && !isRefused;
}

WorkerId Scheduler::addWorker(const WorkerTraits& traits)
{
    const WorkerId id = ++m_lastWorker;
    const auto key = m_costKeys.emplace(traits.costKey, static_cast<CostKey>(m_costKeys.size())).first->second;
    auto& worker = m_workers.emplace(id, WorkerRecord(id, traits, key, m_options)).first->second;
    worker.lastHeard = m_clock.now();
    start(worker);
    if (m_options.balance != Balance::FinishTime) // jobs that no worker could be chosen for
        enqueueAll(m_queue);
    return id;
}

void Scheduler::start(WorkerRecord& worker)
{
    ++worker.incarnation;
    worker.restartAt.reset();
    worker.prepared.clear();
    worker.refused.clear();
    worker.pending = m_models;
    // A worker that failed for good stays so until a start succeeds: nobody waits for it.
    if (worker.failedStarts < kStartsUntilFailed)
        setState(worker, WorkerState::Starting);
    worker.answerBy = m_clock.now() + m_options.unknownHang;
    m_actions.emplace_back(StartWorker{worker.id, worker.incarnation});
}

void Scheduler::workerStarted(WorkerId id, int incarnation, const Status& status)
{
    auto* worker = find(id, incarnation);
    if (!worker)
        return;
    worker->answerBy.reset();
    if (!status) {
        lose(*worker, status.error());
    } else {
        worker->lastHeard = m_clock.now();
        setState(*worker, WorkerState::Idle);
    }
    review();
}

void Scheduler::modelPrepared(WorkerId id, int incarnation, ModelId model, const Status& status)
{
    auto* worker = find(id, incarnation);
    if (!worker)
        return;
    worker->answerBy.reset();
    worker->lastHeard = m_clock.now();
    setState(*worker, WorkerState::Idle);
    if (!m_models.contains(model)) {
        m_actions.emplace_back(ReleaseModel{id, model});
    } else if (status) {
        worker->prepared[model] = worker->preparing;
        worker->failedStarts = 0;
        if (worker->preparing != m_options.batchSizes) // they have changed meanwhile
            worker->pending.insert(model);
    } else {
        worker->prepared.erase(model);
        worker->refused[model] = status.error();
        worker->lastError = status.error().text();
        check(*worker); // is it the model, or the worker?
    }
    review();
}

void Scheduler::review()
{
    letGo();
    retireReplaced();
    failUncomputable();
    dispatch();
}

void Scheduler::healthChecked(WorkerId id, int incarnation, const Status& status)
{
    auto* worker = find(id, incarnation);
    if (!worker)
        return;
    worker->answerBy.reset();
    if (status) {
        worker->lastHeard = m_clock.now();
        worker->failedStarts = 0;
        setState(*worker, WorkerState::Idle);
    } else {
        lose(*worker, status.error());
    }
    review();
}

void Scheduler::check(WorkerRecord& worker)
{
    setState(worker, WorkerState::Checking);
    worker.answerBy = m_clock.now() + m_options.healthPatience;
    m_actions.emplace_back(CheckHealth{worker.id, worker.incarnation});
}

void Scheduler::lose(WorkerRecord& worker, const Error& error)
{
    m_actions.emplace_back(StopWorker{worker.id, /*abandon=*/true});
    worker.answerBy.reset();
    auto lost = std::exchange(worker.running, {});
    ++worker.incarnation; // what it still reports is ignored
    scheduleRestart(worker, error);
    if (lost) {
        worker.busy += m_clock.now() - lost->started;
        retryElsewhere(*lost, worker.id, error);
    }
}

void Scheduler::scheduleRestart(WorkerRecord& worker, const Error& error)
{
    worker.lastError = error.text();
    // Jobs that kill workers must not make a worker a failed one: only a start that came to nothing counts.
    worker.failedStarts = worker.prepared.empty() ? worker.failedStarts + 1 : 0;
    worker.prepared.clear();
    ++worker.failures;
    ++worker.restarts;
    // The first restart comes at once: a crash should cost no more than loading.
    auto delay = Duration::zero();
    if (worker.failures > 1) {
        constexpr int kMostDoublings = 20;
        delay = m_options.firstRestartDelay * (1 << std::min(worker.failures - 2, kMostDoublings));
        delay = std::min(delay, m_options.longestRestartDelay);
    }
    worker.restartAt = m_clock.now() + delay;
    setState(worker, worker.failedStarts >= kStartsUntilFailed ? WorkerState::Failed : WorkerState::Restarting);
    enqueueAll(worker.lane);
}

void Scheduler::restartWorker(WorkerId id)
{
    const auto found = m_workers.find(id);
    if (found == m_workers.end())
        return;
    auto& worker = found->second;
    worker.failures = worker.failedStarts = 0;
    if (worker.restartAt) {
        start(worker);
    } else {
        lose(worker, {ErrorCode::Interrupted, "The operator restarted the worker", {}});
        worker.failures = worker.failedStarts = 0;
    }
    review();
}

void Scheduler::removeWorker(WorkerId id)
{
    const auto found = m_workers.find(id);
    if (found == m_workers.end())
        return;
    found->second.leaving = true;
    ++m_stateVersion;
    enqueueAll(found->second.lane);
    review();
}

void Scheduler::letGo()
{
    for (auto at = m_workers.begin(); at != m_workers.end();) {
        const auto& worker = at->second;
        if (!worker.leaving || worker.running) {
            ++at;
            continue;
        }
        if (!worker.restartAt) // else it has been stopped already
            m_actions.emplace_back(StopWorker{worker.id, /*abandon=*/false});
        at = m_workers.erase(at);
        ++m_stateVersion;
    }
}

void Scheduler::replaceWorkers(const std::vector<WorkerId>& old, const std::vector<WorkerId>& fresh)
{
    Replacement replacement{old, fresh};
    if (m_replacement) // the earlier one is overtaken: its fresh workers leave with the old ones
        replacement.old.insert(replacement.old.end(), m_replacement->old.begin(), m_replacement->old.end());
    std::sort(replacement.old.begin(), replacement.old.end());
    replacement.old.erase(std::unique(replacement.old.begin(), replacement.old.end()), replacement.old.end());
    m_replacement = std::move(replacement);
    m_replacementError.clear();
    review();
}

void Scheduler::retireReplaced()
{
    if (!m_replacement)
        return;
    bool anyReady = false, anyOpen = false;
    std::string error;
    for (const auto id : m_replacement->fresh) {
        const auto found = m_workers.find(id);
        if (found == m_workers.end())
            continue;
        const auto& worker = found->second;
        const bool started = worker.state == WorkerState::Idle || worker.state == WorkerState::Busy ||
            worker.state == WorkerState::Checking;
        const bool refusesAll = !worker.refused.empty() && worker.prepared.empty();
        if (started && worker.pending.empty() && !refusesAll)
            anyReady = true;
        else if (worker.state == WorkerState::Failed || (started && refusesAll && worker.pending.empty()))
            error = worker.lastError;
        else
            anyOpen = true;
    }
    if (anyOpen)
        return;
    ++m_stateVersion;
    const auto done = std::exchange(m_replacement, {});
    if (!anyReady)
        m_replacementError = error.empty() ? std::string("No new worker could be started") : error;
    for (const auto id : anyReady ? done->old : done->fresh)
        removeWorker(id);
}

void Scheduler::failUncomputable()
{
    const auto isTroubled = [](const auto& entry) {
        return entry.second.state == WorkerState::Failed || !entry.second.refused.empty();
    };
    if (std::none_of(m_workers.begin(), m_workers.end(), isTroubled))
        return;
    for (const auto model : m_models) {
        const auto able = [&](const auto& entry) { return mayCompute(entry.second, model); };
        if (std::any_of(m_workers.begin(), m_workers.end(), able))
            continue;
        const auto state = modelState(model);
        if (state && !*state)
            cancelWaitingOf(model, JobOutcome::Failed, state->error());
    }
}

void Scheduler::setBatching(const std::vector<int>& batchSizes, Duration maxWait, Balance balance)
{
    m_options.maxWait = maxWait;
    if (batchSizes != m_options.batchSizes) {
        m_options.batchSizes = batchSizes;
        for (auto& [id, worker] : m_workers) {
            worker.ceilings.clear();
            for (const auto& [model, sizes] : worker.prepared)
                worker.pending.insert(model);
        }
    }
    if (balance != m_options.balance) {
        m_options.balance = balance;
        enqueueAll(m_queue);
        for (auto& [id, worker] : m_workers)
            enqueueAll(worker.lane);
    }
    dispatch();
}

} // namespace lipsync::scheduling
