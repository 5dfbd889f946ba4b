// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "metrics/frame_trace.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lipsync::metrics {

/// Keeps the newest traces. Any thread may push and look; a push never waits and takes some tens of nanoseconds.
class TraceRing {
public:
    /// At least one; 4096 traces are 27 seconds at 150 frames/s and less than 1 MiB.
    explicit TraceRing(std::size_t capacity = 4096);

    /// Lost only when the ring turns a whole round while another thread is inside its push to the same place.
    void push(const FrameTrace& trace);
    /// The kept traces in the order of their pushes. Leaves out those that are being overwritten.
    std::vector<FrameTrace> snapshot() const;

private:
    static constexpr std::size_t kWords = (sizeof(FrameTrace) + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t);
    using Words = std::array<std::uint64_t, kWords>;

    /// `version` is 2 × ticket + 1 while the push with that ticket writes and one more when it is done.
    struct Slot {
        std::atomic<std::uint64_t> version{0};
        std::array<std::atomic<std::uint64_t>, kWords> words{};
    };

    std::vector<Slot> m_slots;
    std::atomic<std::uint64_t> m_nextTicket{0};
};

} // namespace lipsync::metrics
