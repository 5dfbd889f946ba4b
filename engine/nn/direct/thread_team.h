// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace lipsync::nn::direct {

/// Threads that compute one thing together and wait for each other between its steps. The caller is one of them. Its
/// threads are its own: no other team's number of threads changes.
class ThreadTeam {
public:
    explicit ThreadTeam(int threads);
    ThreadTeam(const ThreadTeam&) = delete;
    ThreadTeam& operator=(const ThreadTeam&) = delete;
    ~ThreadTeam();

    int threads() const { return m_threads; }

    /// Calls job(0 … threads() − 1) at the same time and returns when all have. Jobs must not throw.
    void run(const std::function<void(int)>& job);

    /// Within a job: returns when every thread of the team has called it, and sees what they wrote.
    void meet();

private:
    void work(const std::stop_token& stop, int index);

    const int m_threads;
    const std::function<void(int)>* m_job = nullptr;
    std::atomic<std::uint32_t> m_jobs{0}; ///< how many were begun
    std::atomic<std::uint32_t> m_meetings{0}; ///< how many are over
    std::atomic<int> m_arrived{0};
    std::vector<std::jthread> m_helpers;
};

} // namespace lipsync::nn::direct
