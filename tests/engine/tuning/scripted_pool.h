// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scheduling/worker_pool.h"

#include <condition_variable>
#include <mutex>

namespace lipsync::test {

/// A door that work waits at until it is opened.
class Gate {
public:
    void open()
    {
        {
            std::lock_guard lock(m_mutex);
            m_open = true;
        }
        m_changed.notify_all();
    }
    void pass()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_open; });
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_open = false;
};

/// What a job makes a GatedWorker do.
struct GatedContent final : scheduling::JobContent {
    bool fails = false;
};

/// A worker without a network whose batches pass a gate.
class GatedWorker final : public scheduling::Worker {
public:
    explicit GatedWorker(std::shared_ptr<Gate> gate)
        : m_gate(std::move(gate))
    {
    }

    Status start() override { return {}; }
    Status prepare(scheduling::ModelId, const std::vector<int>&) override { return {}; }
    void release(scheduling::ModelId) override { }
    Status checkHealth() override { return {}; }
    void abandon() noexcept override { m_gate->open(); }

    scheduling::BatchOutcome run(const scheduling::Batch& batch) override
    {
        m_gate->pass();
        scheduling::BatchOutcome outcome;
        for (const auto& content : batch.contents) {
            if (static_cast<const GatedContent&>(*content).fails)
                return {scheduling::BatchFailure::Job, {ErrorCode::InvalidInput, "It cannot be drawn.", {}}, {}, {}};
            outcome.outputs.push_back(std::make_shared<scheduling::JobOutput>());
        }
        return outcome;
    }

private:
    const std::shared_ptr<Gate> m_gate;
};

inline constexpr scheduling::ModelId kScriptedModel = 1;

/// A pool of gated workers that know kScriptedModel.
class ScriptedPool {
public:
    explicit ScriptedPool(int workers = 1, const scheduling::SchedulerOptions& options = {})
        : m_pool(options)
    {
        for (int i = 0; i < workers; ++i)
            m_pool.addWorker({{"cpu", "gated"}, [gate = m_gate] { return std::make_unique<GatedWorker>(gate); }});
        m_pool.addModel(kScriptedModel);
    }
    ~ScriptedPool() { m_gate->open(); }

    scheduling::WorkerPool& pool() { return m_pool; }
    Gate& gate() { return *m_gate; }

    static scheduling::FrameJob job(bool fails = false)
    {
        auto content = std::make_shared<GatedContent>();
        content->fails = fails;
        scheduling::FrameJob job;
        job.model = kScriptedModel;
        job.content = std::move(content);
        return job;
    }

private:
    const std::shared_ptr<Gate> m_gate = std::make_shared<Gate>();
    scheduling::WorkerPool m_pool;
};

} // namespace lipsync::test
