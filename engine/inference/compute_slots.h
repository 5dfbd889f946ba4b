// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>

namespace lipsync::inference {

/// Lets as many workers compute at once as the processor has cores for: more of them would only take memory and cache
/// from each other. First come, first served. Any thread.
class ComputeSlots {
public:
    /// Gives the cores back when it ends.
    class Turn {
    public:
        Turn(ComputeSlots& slots, int cores)
            : m_slots(slots)
            , m_cores(cores)
        {
        }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn() { m_slots.giveBack(m_cores); }

    private:
        ComputeSlots& m_slots;
        const int m_cores;
    };

    explicit ComputeSlots(int cores);

    /// Waits until `threads` cores are free, or all where there are fewer; for a few seconds at most, so that a worker
    /// that hangs holds nobody up.
    Turn take(int threads);

private:
    void giveBack(int cores);

    const int m_cores;
    std::mutex m_mutex; ///< guards everything below
    std::condition_variable m_changed;
    std::set<std::uint64_t> m_waiting; ///< tickets
    std::uint64_t m_nextTicket = 0;
    int m_free;
};

} // namespace lipsync::inference
