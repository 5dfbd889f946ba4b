// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/frame_executor.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace lipsync::nn {

/// Executors of one network that nobody uses at the moment, by their threads. An executor has tens of megabytes of its
/// own: there are as many as compute at the same time, and not as many as there are workers. Any thread.
class ExecutorPool {
public:
    using Make = std::function<std::unique_ptr<FrameExecutor>(int threads)>;

    explicit ExecutorPool(Make make)
        : m_make(std::move(make))
    {
    }

    /// Gives its executor back when it is destroyed; must not outlive the pool.
    class Loan {
    public:
        Loan(ExecutorPool& pool, int threads, std::unique_ptr<FrameExecutor> executor)
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
        FrameExecutor* operator->() { return m_executor.get(); }

    private:
        ExecutorPool& m_pool;
        const int m_threads;
        std::unique_ptr<FrameExecutor> m_executor;
    };

    /// One that nobody uses, or a new one. Throws what making one throws.
    Loan take(int threads)
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
        return {*this, threads, m_make(threads)};
    }

private:
    const Make m_make;
    std::mutex m_mutex;
    std::map<int, std::vector<std::unique_ptr<FrameExecutor>>> m_idle;
};

} // namespace lipsync::nn
