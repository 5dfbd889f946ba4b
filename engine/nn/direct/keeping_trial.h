// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>

namespace lipsync::nn::direct {

/// Finds out whether a network's frames are drawn sooner with their image halves kept than with all computed again:
/// where memory is slow, or the half small, they are not. The first frames that come again are drawn either way by
/// turns, and the way whose best time is better stays. One thread at a time.
class KeepingTrial {
public:
    enum class Way { Read, Compute };
    static constexpr int kFrames = 16;

    /// How the next frame is drawn whose half is held.
    Way next() { return m_begun < kFrames && m_begun++ % 2 != 0 ? Way::Compute : Way::Read; }

    /// What drawing it took: with Read all of it, finding the half included; with Compute without that.
    void record(Way way, std::chrono::nanoseconds took)
    {
        auto& best = way == Way::Read ? m_read : m_computed;
        best = std::min(best, took);
        ++m_drawn;
    }

    /// True until the contrary has been shown.
    bool isWorthwhile() const { return m_drawn < kFrames || m_read < m_computed; }

private:
    int m_begun = 0, m_drawn = 0;
    std::chrono::nanoseconds m_read = std::chrono::nanoseconds::max(), m_computed = std::chrono::nanoseconds::max();
};

} // namespace lipsync::nn::direct
