// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scheduling/worker_pool.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace lipsync::scheduling {

struct NumberedOutput final : JobOutput {
    explicit NumberedOutput(std::size_t size)
        : batchSize(size)
    {
    }
    std::size_t batchSize;
};

inline BatchOutcome goodOutcome(const Batch& batch)
{
    BatchOutcome outcome;
    for (std::size_t i = 0; i < batch.contents.size(); ++i)
        outcome.outputs.push_back(std::make_shared<NumberedOutput>(batch.contents.size()));
    return outcome;
}

inline BatchOutcome badOutcome(BatchFailure kind)
{
    return {kind, {ErrorCode::Resource, "The scripted worker was told to fail", {}}, {}, {}};
}

/// What all scripted workers of a test do, and what they have done. Any thread.
class Script {
public:
    /// Whether the next start works.
    std::atomic<bool> canStart = true;
    std::atomic<int> starts = 0, batches = 0;
    /// The failure of the next so many batches.
    std::atomic<int> lostBatches = 0, hangingBatches = 0;
    /// Whether workers compute in processes of their own, and how many of these end while they have nothing to do.
    std::atomic<bool> hasProcesses = false;
    std::atomic<int> endingProcesses = 0;

    /// Batches wait until open() while closed.
    void close() { setOpen(false); }
    void open() { setOpen(true); }
    /// Returns once a batch waits at the closed gate.
    void waitUntilSomeoneWaits()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_waiting > 0; });
    }
    void pass(const std::atomic<bool>& abandoned)
    {
        std::unique_lock lock(m_mutex);
        ++m_waiting;
        m_changed.notify_all();
        m_changed.wait(lock, [&] { return m_isOpen || abandoned; });
        --m_waiting;
    }
    void hang(const std::atomic<bool>& abandoned)
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return abandoned.load(); });
    }
    void tellAbandoned(std::atomic<bool>& abandoned)
    {
        std::lock_guard lock(m_mutex);
        abandoned = true;
        m_changed.notify_all();
    }
    static bool takeOne(std::atomic<int>& count)
    {
        int left = count;
        while (left > 0 && !count.compare_exchange_weak(left, left - 1)) { }
        return left > 0;
    }

private:
    void setOpen(bool isOpen)
    {
        std::lock_guard lock(m_mutex);
        m_isOpen = isOpen;
        m_changed.notify_all();
    }
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_isOpen = true;
    int m_waiting = 0;
};

class ScriptedWorker final : public Worker {
public:
    explicit ScriptedWorker(std::shared_ptr<Script> script)
        : m_script(std::move(script))
    {
    }
    Status start() override
    {
        ++m_script->starts;
        return m_script->canStart ? Status() : failure(ErrorCode::Resource, "The scripted worker does not start");
    }
    Status prepare(ModelId, const std::vector<int>&) override { return {}; }
    void release(ModelId) override { }
    BatchOutcome run(const Batch& batch) override
    {
        ++m_script->batches;
        if (Script::takeOne(m_script->lostBatches))
            return badOutcome(BatchFailure::WorkerLost);
        if (Script::takeOne(m_script->hangingBatches))
            m_script->hang(m_abandoned);
        m_script->pass(m_abandoned);
        return m_abandoned ? badOutcome(BatchFailure::WorkerLost) : goodOutcome(batch);
    }
    Status checkHealth() override { return {}; }
    int processId() const override { return m_script->hasProcesses ? 1 : 0; }
    std::optional<Error> processEnd() override
    {
        if (!Script::takeOne(m_script->endingProcesses))
            return {};
        return Error{ErrorCode::Resource, "The scripted process ended", {}};
    }
    void abandon() noexcept override { m_script->tellAbandoned(m_abandoned); }

private:
    const std::shared_ptr<Script> m_script;
    std::atomic<bool> m_abandoned = false;
};

inline WorkerSpec scripted(const std::shared_ptr<Script>& script)
{
    return {{"cpu", "scripted"}, [script] { return std::make_unique<ScriptedWorker>(script); }};
}

} // namespace lipsync::scheduling
