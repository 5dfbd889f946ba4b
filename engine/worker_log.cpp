// SPDX-License-Identifier: GPL-3.0-or-later
#include "worker_log.h"

#include "base/thread_name.h"

#include <set>

namespace lipsync {

namespace {

constexpr const char* kSource = "workers";

bool canCompute(scheduling::WorkerState state)
{
    return state == scheduling::WorkerState::Idle || state == scheduling::WorkerState::Busy ||
        state == scheduling::WorkerState::Checking;
}

} // namespace

WorkerLog::WorkerLog(std::shared_ptr<EventLog> log)
    : m_log(std::move(log))
{
}

void WorkerLog::changed()
{
    {
        std::lock_guard lock(m_mutex);
        m_hasChanged = true;
    }
    m_news.notify_one();
}

void WorkerLog::start(const scheduling::WorkerPool& pool)
{
    m_thread = std::jthread([this, &pool](std::stop_token stop) {
        setThreadName("worker log");
        watch(pool, stop);
    });
}

void WorkerLog::stop()
{
    m_thread = {};
}

void WorkerLog::watch(const scheduling::WorkerPool& pool, const std::stop_token& stop)
{
    while (true) {
        {
            std::unique_lock lock(m_mutex);
            if (!m_news.wait(lock, stop, [&] { return m_hasChanged; }))
                return;
            m_hasChanged = false;
        }
        compare(pool.snapshot());
    }
}

void WorkerLog::compare(const scheduling::SchedulerSnapshot& snapshot)
{
    std::set<scheduling::WorkerId> present;
    for (const auto& worker : snapshot.workers) {
        present.insert(worker.id);
        auto [place, isNew] = m_known.try_emplace(worker.id);
        if (isNew)
            place->second.device = worker.traits.device;
        compare(worker, place->second);
    }
    std::erase_if(m_known, [&](const auto& entry) {
        const bool isGone = !present.contains(entry.first);
        if (isGone)
            m_log->info(kSource, fmt::format("Worker {} on {} has left.", entry.first, entry.second.device));
        return isGone;
    });
}

void WorkerLog::compare(const scheduling::WorkerSnapshot& worker, Known& known)
{
    const auto name = fmt::format("Worker {} on {}", worker.id, known.device);
    const auto reason = worker.lastError.empty() ? std::string("no reason is known") : worker.lastError;
    const bool isLost = worker.state == scheduling::WorkerState::Restarting || worker.restarts > known.restarts;
    if (isLost && !known.isLost) {
        known.isLost = true;
        m_log->warning(kSource, fmt::format("{} was lost and starts again: {}", name, reason));
    }
    known.restarts = worker.restarts;
    if (worker.state == scheduling::WorkerState::Failed && !known.isGivenUp) {
        known.isGivenUp = true;
        m_log->error(kSource, fmt::format("{} does not start any more: {}", name, reason));
    }
    if (!canCompute(worker.state))
        return;
    if (!known.isReady)
        m_log->info(kSource, name + " is ready.");
    else if (known.isLost || known.isGivenUp)
        m_log->info(kSource, name + " is back.");
    known.isReady = true;
    known.isLost = known.isGivenUp = false;
}

} // namespace lipsync
