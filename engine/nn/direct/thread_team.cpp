// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/direct/thread_team.h"

#include "base/thread_name.h"

#include <algorithm>
#include <string>

namespace lipsync::nn::direct {

namespace {

/// Looks this often for a change before the thread sleeps: about twenty microseconds, longer than most steps take to
/// become equal, and much shorter than a frame.
constexpr int kLooks = 500;

void pause()
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

void waitWhile(const std::atomic<std::uint32_t>& value, std::uint32_t old)
{
    for (int i = 0; i < kLooks; ++i) {
        if (value.load(std::memory_order_acquire) != old)
            return;
        pause();
    }
    value.wait(old, std::memory_order_acquire);
}

} // namespace

ThreadTeam::ThreadTeam(int threads)
    : m_threads(std::max(1, threads))
    , m_shares(static_cast<std::size_t>(m_threads))
{
    for (int i = 1; i < m_threads; ++i)
        m_helpers.emplace_back([this, i](const std::stop_token& stop) { work(stop, i); });
}

ThreadTeam::~ThreadTeam()
{
    for (auto& helper : m_helpers)
        helper.request_stop();
    m_jobs.fetch_add(1, std::memory_order_release);
    m_jobs.notify_all();
}

void ThreadTeam::run(const std::function<void(int)>& job)
{
    m_job = &job;
    if (m_threads > 1) {
        m_jobs.fetch_add(1, std::memory_order_release);
        m_jobs.notify_all();
    }
    job(0);
    meet();
}

void ThreadTeam::meet()
{
    const auto meeting = m_meetings.load(std::memory_order_relaxed);
    if (m_arrived.fetch_add(1, std::memory_order_acq_rel) + 1 < m_threads)
        return waitWhile(m_meetings, meeting);
    m_arrived.store(0, std::memory_order_relaxed);
    m_meetings.store(meeting + 1, std::memory_order_release);
    m_meetings.notify_all();
}

ThreadTeam::Left ThreadTeam::leftOf(const Left& seen, int index, int count, std::uint32_t meeting) const
{
    if (seen.meeting == meeting)
        return seen;
    const auto whole = share(index, count);
    return {meeting, static_cast<std::uint16_t>(whole.begin), static_cast<std::uint16_t>(whole.end)};
}

std::optional<int> ThreadTeam::claim(int index, int count, int leastTaken)
{
    const auto meeting = m_meetings.load(std::memory_order_relaxed);
    auto& own = m_shares[static_cast<std::size_t>(index)].left;
    for (auto seen = own.load();;) {
        auto left = leftOf(seen, index, count, meeting);
        if (left.begin == left.end)
            break;
        const int next = left.begin++;
        if (own.compare_exchange_weak(seen, left))
            return next;
    }
    for (int other = (index + 1) % m_threads; other != index; other = (other + 1) % m_threads) {
        auto& theirs = m_shares[static_cast<std::size_t>(other)].left;
        for (auto seen = theirs.load();;) {
            auto left = leftOf(seen, other, count, meeting);
            const int taken = (left.end - left.begin) / 2;
            if (taken < leastTaken)
                break;
            auto mine = left;
            mine.begin = left.end = static_cast<std::uint16_t>(left.end - taken);
            if (!theirs.compare_exchange_weak(seen, left))
                continue;
            const int next = mine.begin++;
            own = mine;
            return next;
        }
    }
    return {};
}

void ThreadTeam::work(const std::stop_token& stop, int index)
{
    setThreadName(("frame part " + std::to_string(index)).c_str());
    for (std::uint32_t seen = 0;; ++seen) {
        waitWhile(m_jobs, seen);
        if (stop.stop_requested())
            return;
        (*m_job)(index);
        meet();
    }
}

} // namespace lipsync::nn::direct
