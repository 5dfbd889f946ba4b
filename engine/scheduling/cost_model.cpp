// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheduling/cost_model.h"

#include <algorithm>

namespace lipsync::scheduling {

namespace {

constexpr double kNewestShare = 0.1; ///< of a new measurement in the moving mean, once there are ten
constexpr int kMostWeight = 50; ///< of a size in the fit of the line
constexpr std::size_t kResiduals = 256;
constexpr int kSortEvery = 16; ///< batches between two looks at the percentile
constexpr double kMostResidual = 2; ///< of the 99th percentile
constexpr int kWarmMeasurements = 3; ///< of a size before its deviations say something

} // namespace

const CostModel::Entry* CostModel::find(CostKey key, ModelId model) const
{
    const auto found = m_entries.find({key, model});
    return found == m_entries.end() ? nullptr : &found->second;
}

double CostModel::expectedSeconds(const Entry& entry, int size)
{
    const auto measured = entry.bySize.find(size);
    if (measured != entry.bySize.end())
        return measured->second.seconds;
    return entry.base + entry.perFrame * size;
}

void CostModel::record(CostKey key, ModelId model, int size, Duration took)
{
    auto& entry = m_entries[{key, model}];
    auto& cost = entry.bySize[size];
    const double value = seconds(took);
    if (cost.count >= kWarmMeasurements && cost.seconds > 0)
        addResidual(entry, value / cost.seconds - 1);
    cost.shortest = cost.count == 0 ? value : std::min(cost.shortest, value);
    ++cost.count;
    cost.seconds += (value - cost.seconds) * std::max(kNewestShare, 1.0 / cost.count);
    fitLine(entry);
}

void CostModel::fitLine(Entry& entry)
{
    double weights = 0, sizes = 0, times = 0;
    for (const auto& [size, cost] : entry.bySize) {
        const double weight = std::min(cost.count, kMostWeight);
        weights += weight;
        sizes += weight * size;
        times += weight * cost.seconds;
    }
    const double meanSize = sizes / weights, meanTime = times / weights;
    double spread = 0, slope = 0;
    for (const auto& [size, cost] : entry.bySize) {
        const double weight = std::min(cost.count, kMostWeight);
        spread += weight * (size - meanSize) * (size - meanSize);
        slope += weight * (size - meanSize) * (cost.seconds - meanTime);
    }
    // One size alone: as on a CPU, where twice the frames take twice the time.
    const double proportional = meanTime / meanSize;
    entry.perFrame = spread > 0 ? std::clamp(slope / spread, 0.0, proportional) : proportional;
    entry.base = meanTime - entry.perFrame * meanSize;
}

void CostModel::addResidual(Entry& entry, double residual)
{
    if (entry.residuals.size() < kResiduals)
        entry.residuals.push_back(residual);
    else
        entry.residuals[entry.nextResidual] = residual;
    entry.nextResidual = (entry.nextResidual + 1) % kResiduals;
    if (++entry.sinceSorted < kSortEvery)
        return;
    entry.sinceSorted = 0;
    auto sorted = entry.residuals;
    const auto at = sorted.begin() + static_cast<std::ptrdiff_t>((sorted.size() - 1) * 99 / 100);
    std::nth_element(sorted.begin(), at, sorted.end());
    entry.residual99 = std::clamp(*at, 0.0, kMostResidual);
}

std::optional<Duration> CostModel::expected(CostKey key, ModelId model, int size) const
{
    const auto* entry = find(key, model);
    if (!entry)
        return {};
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(expectedSeconds(*entry, size)));
}

std::optional<Duration> CostModel::cautious(CostKey key, ModelId model, int size) const
{
    const auto* entry = find(key, model);
    if (!entry)
        return {};
    const double value = expectedSeconds(*entry, size) * (1 + entry->residual99);
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
}

std::optional<Duration> CostModel::shortest(CostKey key, ModelId model, int size) const
{
    const auto* entry = find(key, model);
    if (!entry)
        return {};
    const auto measured = entry->bySize.find(size);
    if (measured == entry->bySize.end())
        return expected(key, model, size);
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(measured->second.shortest));
}

std::map<int, Duration> CostModel::measured(CostKey key, ModelId model) const
{
    std::map<int, Duration> result;
    if (const auto* entry = find(key, model)) {
        for (const auto& [size, cost] : entry->bySize)
            result[size] = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(cost.seconds));
    }
    return result;
}

} // namespace lipsync::scheduling
