// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "scheduling/frame_job.h"

#include <map>
#include <optional>
#include <vector>

namespace lipsync::scheduling {

using CostKey = int; ///< workers with the same key take the same time

/// s(b), the time a batch of b frames takes, measured on line for every kind of worker and model. One thread.
class CostModel {
public:
    /// A batch of `size` (padding counts) took so long.
    void record(CostKey key, ModelId model, int size, Duration took);

    /// Expected time: what was measured at this size, else the straight line through the sizes measured. Nothing
    /// before the first measurement.
    std::optional<Duration> expected(CostKey key, ModelId model, int size) const;

    /// expected() and what 99 of 100 batches do not exceed it by, which is taken as twice expected() at most: a machine
    /// that stood still for a moment is nothing to plan with.
    std::optional<Duration> cautious(CostKey key, ModelId model, int size) const;

    /// The shortest that was measured at this size, else expected(): what no batch can be counted on to beat.
    std::optional<Duration> shortest(CostKey key, ModelId model, int size) const;

    /// What has been measured of a kind of worker and model: mean time by batch size.
    std::map<int, Duration> measured(CostKey key, ModelId model) const;

private:
    struct SizeCost {
        double seconds = 0; ///< moving mean
        double shortest = 0; ///< seconds
        int count = 0;
    };
    struct Entry {
        std::map<int, SizeCost> bySize;
        double base = 0, perFrame = 0; ///< the line through them, seconds
        std::vector<double> residuals; ///< ring of took / expected − 1 of the last batches
        std::size_t nextResidual = 0;
        double residual99 = 0; ///< their 99th percentile, at least 0
        int sinceSorted = 0;
    };

    static double expectedSeconds(const Entry& entry, int size);
    static void fitLine(Entry& entry);
    static void addResidual(Entry& entry, double residual);
    const Entry* find(CostKey key, ModelId model) const;

    std::map<std::pair<CostKey, ModelId>, Entry> m_entries;
};

} // namespace lipsync::scheduling
