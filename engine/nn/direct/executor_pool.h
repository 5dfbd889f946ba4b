// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/direct/executor.h"

#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace lipsync::nn::direct {

/// Executors of one network that nobody uses at the moment, by their threads. An executor has tens of megabytes of its
/// own: there are as many as compute at the same time, and not as many as there are workers. Any thread.
class ExecutorPool {
public:
    /// Gives its executor back when it is destroyed; must not outlive the pool.
    class Loan {
    public:
        Loan(ExecutorPool& pool, int threads, std::unique_ptr<DirectExecutor> executor)
            : m_pool(pool)
            , m_threads(threads)
            , m_executor(std::move(executor))
        {
        }
        Loan(const Loan&) = delete;
        Loan& operator=(const Loan&) = delete;
        ~Loan()
        {
            std::lock_guard lock(m_pool.m_mutex);
            m_pool.m_idle[m_threads].push_back(std::move(m_executor));
        }
        DirectExecutor* operator->() { return m_executor.get(); }

    private:
        ExecutorPool& m_pool;
        const int m_threads;
        std::unique_ptr<DirectExecutor> m_executor;
    };

    /// One that nobody uses, or a new one. All of a pool are for the same network and cache.
    Loan take(const std::shared_ptr<const DirectNetwork>& network, const std::shared_ptr<ImageHalfCache>& cache,
              int threads)
    {
        {
            std::lock_guard lock(m_mutex);
            auto& idle = m_idle[threads];
            if (!idle.empty()) {
                auto executor = std::move(idle.back());
                idle.pop_back();
                return {*this, threads, std::move(executor)};
            }
        }
        return {*this, threads, std::make_unique<DirectExecutor>(network, threads, cache)};
    }

private:
    std::mutex m_mutex;
    std::map<int, std::vector<std::unique_ptr<DirectExecutor>>> m_idle;
};

} // namespace lipsync::nn::direct
