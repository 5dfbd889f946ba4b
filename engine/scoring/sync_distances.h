// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace lipsync::scoring {

/// How well lips and voice belong together.
struct SyncScore {
    double distance = 0; ///< LSE-D: least mean distance over all shifts; lower is better
    double confidence = 0; ///< LSE-C: how much lower it is than the median; higher is better
    int offset = 0; ///< frames by which the sound has to be moved to fit best, as SyncNet counts: reach − best shift
    std::int64_t frames = 0; ///< that were compared
};

/// Mean distances of lips to the voice shifted against them, from their SyncNet points. Holds no more than the last
/// few points. Source: lipsync-models specification, section 6.1.
class SyncDistances {
public:
    /// Shifts of −reach … reach frames are tried: 15 in Wav2Lip's evaluation, 10 in SyncNet's own.
    explicit SyncDistances(int reach);

    /// The points of the next frame, of equal size.
    void add(std::span<const float> lips, std::span<const float> sound);

    /// The score of all frames so far, those at the ends against nothing; nothing when there are none.
    std::optional<SyncScore> score() const;

    /// Mean distances, one a shift from −reach on; beside the first and the last frame lie zeros.
    std::vector<double> meanDistances() const;

private:
    using Point = std::vector<float>;
    double distance(std::span<const float> lips, std::span<const float> sound) const;

    const std::size_t m_reach;
    std::vector<double> m_sums; ///< one a shift
    std::deque<Point> m_lips, m_sounds; ///< of the last `reach` frames
    std::int64_t m_frames = 0;
};

} // namespace lipsync::scoring
