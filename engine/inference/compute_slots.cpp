// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/compute_slots.h"

#include <algorithm>
#include <chrono>

namespace lipsync::inference {

namespace {

constexpr std::chrono::seconds kPatience{5};

} // namespace

ComputeSlots::ComputeSlots(int cores)
    : m_cores(std::max(1, cores))
    , m_free(m_cores)
{
}

ComputeSlots::Turn ComputeSlots::take(int threads)
{
    const int wanted = std::clamp(threads, 1, m_cores);
    {
        std::unique_lock lock(m_mutex);
        const auto ticket = m_nextTicket++;
        m_waiting.insert(ticket);
        m_changed.wait_for(lock, kPatience, [&] { return *m_waiting.begin() == ticket && m_free >= wanted; });
        m_waiting.erase(ticket);
        m_free -= wanted;
    }
    m_changed.notify_all(); // the next one may find cores, too
    return {*this, wanted};
}

void ComputeSlots::giveBack(int cores)
{
    {
        std::lock_guard lock(m_mutex);
        m_free += cores;
    }
    m_changed.notify_all();
}

} // namespace lipsync::inference
