// SPDX-License-Identifier: GPL-3.0-or-later
#include "scoring/sync_distances.h"

#include <algorithm>
#include <cmath>

namespace lipsync::scoring {

namespace {

/// Added to every difference, as torch.nn.functional.pairwise_distance does.
constexpr double kDistanceEpsilon = 1e-6;

void remember(std::deque<std::vector<float>>& points, std::span<const float> point, std::size_t most)
{
    points.emplace_back(point.begin(), point.end());
    if (points.size() > most)
        points.pop_front();
}

} // namespace

SyncDistances::SyncDistances(int reach)
    : m_reach(static_cast<std::size_t>(reach))
    , m_sums(2 * m_reach + 1)
{
}

/// An empty side stands for zeros.
double SyncDistances::distance(std::span<const float> lips, std::span<const float> sound) const
{
    double squares = 0;
    for (std::size_t i = 0; i < lips.size(); ++i) {
        const double difference = lips[i] - (sound.empty() ? 0.0 : static_cast<double>(sound[i])) + kDistanceEpsilon;
        squares += difference * difference;
    }
    return std::sqrt(squares);
}

void SyncDistances::add(std::span<const float> lips, std::span<const float> sound)
{
    m_sums[m_reach] += distance(lips, sound);
    for (std::size_t back = 1; back <= m_reach; ++back) {
        const bool known = back <= m_sounds.size();
        m_sums[m_reach - back] +=
            distance(lips, known ? std::span<const float>(m_sounds[m_sounds.size() - back]) : std::span<const float>());
        if (known) // the frame so far back has this sound ahead of it
            m_sums[m_reach + back] += distance(m_lips[m_lips.size() - back], sound);
    }
    remember(m_lips, lips, m_reach);
    remember(m_sounds, sound, m_reach);
    ++m_frames;
}

std::vector<double> SyncDistances::meanDistances() const
{
    auto means = m_sums;
    for (std::size_t back = 1; back <= m_lips.size(); ++back) {
        const double alone = distance(m_lips[m_lips.size() - back], {});
        for (std::size_t ahead = back; ahead <= m_reach; ++ahead) // where there is no sound any more
            means[m_reach + ahead] += alone;
    }
    for (double& value : means)
        value /= static_cast<double>(m_frames);
    return means;
}

std::optional<SyncScore> SyncDistances::score() const
{
    if (m_frames == 0)
        return {};
    const auto means = meanDistances();
    const auto least = std::min_element(means.begin(), means.end());
    auto sorted = means;
    std::sort(sorted.begin(), sorted.end());
    SyncScore score;
    score.distance = *least;
    score.confidence = sorted[(sorted.size() - 1) / 2] - *least; // torch takes the lower of two middles
    score.offset = static_cast<int>(m_reach) - static_cast<int>(least - means.begin());
    score.frames = m_frames;
    return score;
}

} // namespace lipsync::scoring
