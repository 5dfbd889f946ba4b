// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <thread>
#include <vector>

namespace lipsync::nn::direct {

/// From, and up to but without.
struct Range {
    int begin = 0, end = 0;
};

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

    /// A thread's share of so many things.
    Range share(int index, int count) const { return {count * index / m_threads, count * (index + 1) / m_threads}; }

    /// Within a job: the next of `count` things for thread `index` to do, each given to one thread; nothing when none is
    /// left for it. First comes its share, in order; then what is left of the share of a thread that is slower, or that
    /// the system stopped: the second half of it, where that is at least `leastTaken`. All threads ask for the same
    /// things between two meetings, 65,535 at most.
    std::optional<int> claim(int index, int count, int leastTaken);

private:
    /// What nobody has begun of a share, in the time after a meeting; in any other time the share is whole.
    struct Left {
        std::uint32_t meeting = std::numeric_limits<std::uint32_t>::max();
        std::uint16_t begin = 0, end = 0;
    };
    struct alignas(64) Share { ///< a cache line each
        std::atomic<Left> left{Left{}};
    };

    void work(const std::stop_token& stop, int index);
    Left leftOf(const Left& seen, int index, int count, std::uint32_t meeting) const;

    const int m_threads;
    const std::function<void(int)>* m_job = nullptr;
    std::atomic<std::uint32_t> m_jobs{0}; ///< how many were begun
    std::atomic<std::uint32_t> m_meetings{0}; ///< how many are over
    std::atomic<int> m_arrived{0};
    std::vector<Share> m_shares;
    std::vector<std::jthread> m_helpers;
};

} // namespace lipsync::nn::direct
