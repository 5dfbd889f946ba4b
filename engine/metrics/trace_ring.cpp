// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/trace_ring.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

namespace lipsync::metrics {

static_assert(std::is_trivially_copyable_v<FrameTrace>);

TraceRing::TraceRing(std::size_t capacity)
    : m_slots(std::max<std::size_t>(capacity, 1))
{
}

void TraceRing::push(const FrameTrace& trace)
{
    Words words{};
    std::memcpy(words.data(), &trace, sizeof(trace));
    const std::uint64_t ticket = m_nextTicket.fetch_add(1, std::memory_order_relaxed);
    Slot& slot = m_slots[ticket % m_slots.size()];
    const std::uint64_t writing = 2 * ticket + 1;
    std::uint64_t version = slot.version.load(std::memory_order_relaxed);
    if (version % 2 == 1 || version > writing ||
        !slot.version.compare_exchange_strong(version, writing, std::memory_order_acquire, std::memory_order_relaxed))
        return;
    // Release: whoever reads one of the new words also sees that the version is no longer the old one.
    for (std::size_t i = 0; i < kWords; ++i)
        slot.words[i].store(words[i], std::memory_order_release);
    slot.version.store(writing + 1, std::memory_order_release);
}

std::vector<FrameTrace> TraceRing::snapshot() const
{
    std::vector<std::pair<std::uint64_t, FrameTrace>> found;
    found.reserve(m_slots.size());
    for (const Slot& slot : m_slots) {
        const std::uint64_t version = slot.version.load(std::memory_order_acquire);
        if (version == 0 || version % 2 == 1)
            continue;
        Words words{};
        for (std::size_t i = 0; i < kWords; ++i)
            words[i] = slot.words[i].load(std::memory_order_acquire);
        if (slot.version.load(std::memory_order_relaxed) != version)
            continue;
        found.emplace_back(version, FrameTrace{});
        std::memcpy(static_cast<void*>(&found.back().second), words.data(), sizeof(FrameTrace));
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<FrameTrace> traces;
    traces.reserve(found.size());
    for (const auto& [version, trace] : found)
        traces.push_back(trace);
    return traces;
}

} // namespace lipsync::metrics
